export { type BackwardOptions, type GradOptions, grad } from "./autograd.ts";
export type { GradHook, Node } from "./autogradNode.ts";
export * from "./creation.ts";
export * from "./functions.ts";
export { enableGrad, isGradEnabled, noGrad } from "./gradMode.ts";
export type { NestedArray, NestedData } from "./nested.ts";
export { formatTensor, type PrintOptions, setPrintOptions } from "./print.ts";
export { Storage } from "./storage.ts";
export { type GeneratorOption, matmul, type Operand, Tensor, type VarianceOptions } from "./tensor.ts";
