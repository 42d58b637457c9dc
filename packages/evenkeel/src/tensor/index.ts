export { type BackwardOptions, type GradOptions, grad } from "./autograd/autograd.ts";
export type { GradHook, Node } from "./autograd/autogradNode.ts";
export { type GradcheckOptions, gradcheck, gradgradcheck } from "./autograd/gradcheck.ts";
export { enableGrad, isGradEnabled, noGrad } from "./autograd/gradMode.ts";
export { cloneState } from "./cloneState.ts";
export * from "./creation/creation.ts";
export type { NestedArray, NestedData, NestedNumbers } from "./creation/nested.ts";
export type { AnyTypedArray } from "./creation/typedArrays.ts";
export {
  bool,
  type Destination,
  double,
  float,
  float32,
  float64,
  int,
  int32,
  long,
} from "./dtypes.ts";
export * from "./elementwise.ts";
export * from "./functions.ts";
export type { Index, IndexList, SliceText } from "./indexing/indexParts.ts";
export { formatTensor, type PrintOptions, setPrintOptions } from "./print.ts";
export type { Storage } from "./storage.ts";
export {
  type CloseOptions,
  type GeneratorOption,
  matmul,
  type Operand,
  type SortOptions,
  Tensor,
  type VarianceOptions,
} from "./tensor.ts";
export type { ValuesAndIndices } from "./valuesAndIndices.ts";
