export { type Checkpoint, type EarlyStoppingState, loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";
export type { FileDType } from "./fileDtypes.ts";
export { readSafetensorsHeader, type SafetensorsHeader, type TensorInfo } from "./header.ts";
export { type LoadedTensors, loadSafetensors, type SaveOptions, saveSafetensors } from "./safetensors.ts";
