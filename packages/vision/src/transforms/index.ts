export { CenterCrop, Pad, type PadOptions, RandomCrop, type RandomCropOptions } from "./crop.ts";
export { RandomHorizontalFlip, type RandomOptions, RandomVerticalFlip } from "./flip.ts";
export { Grayscale } from "./grayscale.ts";
export { Normalize } from "./normalize.ts";
export { Resize, type ResizeOptions } from "./resize.ts";
export { asTensor, Compose, Lambda, run, type Step, type Transform, toSteps } from "./step.ts";
export { ToTensor } from "./toTensor.ts";
