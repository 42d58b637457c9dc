export { type CheckBatchNormOptions, checkBatchNorm } from "./batchNormCheck/checkBatchNorm.ts";
export {
  type BatchNormFinding,
  BatchNormReport,
  type BatchNormRule,
  type OrderSource,
} from "./batchNormCheck/finding.ts";
export { clone } from "./clone.ts";
export { ModuleDict, ModuleList, type NamedModules, Sequential } from "./containers.ts";
export * as F from "./functional/index.ts";
export * as functional from "./functional/index.ts";
export type { ForwardHook, ForwardPreHook, FullBackwardHook, RemoveHook } from "./hooks.ts";
export * as init from "./init.ts";
export * from "./layers/activation.ts";
export type { BatchNorm1dOptions, BatchNorm2dOptions, BatchNorm3dOptions } from "./layers/batchNorm.ts";
export * from "./layers/byOptions.ts";
export type { ConvLayerOptions, PaddingMode } from "./layers/conv.ts";
export type { ConvSettings } from "./layers/convBase.ts";
export * from "./layers/convByOptions.ts";
export type { ConvTransposeCallOptions, ConvTransposeLayerOptions } from "./layers/convTranspose.ts";
export * from "./layers/cosineSimilarity.ts";
export * from "./layers/dropout.ts";
export * from "./layers/embedding.ts";
export * from "./layers/flatten.ts";
export * from "./layers/fold.ts";
export type { GroupNormOptions } from "./layers/groupNorm.ts";
export type { InstanceNormOptions } from "./layers/instanceNorm.ts";
export type { LayerNormOptions } from "./layers/layerNorm.ts";
export * from "./layers/lazyLayers.ts";
export { Identity, type LinearOptions } from "./layers/linear.ts";
export * from "./layers/localResponseNorm.ts";
export * from "./layers/loss.ts";
export * from "./layers/pad.ts";
export * from "./layers/piecewise.ts";
export * from "./layers/pool/adaptivePool.ts";
export * from "./layers/pool/avgPool.ts";
export * from "./layers/pool/lpPool.ts";
export * from "./layers/pool/maxPool.ts";
export * from "./layers/pool/maxUnpool.ts";
export * from "./layers/resize/shuffle.ts";
export * from "./layers/resize/upsample.ts";
export type { RMSNormOptions } from "./layers/rmsNorm.ts";
export * from "./layers/rrelu.ts";
export * from "./layers/shrink.ts";
export * from "./layers/softmax.ts";
export { type AnyModule, type HookInputsOf, type InputsOf, Module, type OutputOf } from "./module.ts";
export type { MemberOptions, WalkOptions } from "./moduleTree.ts";
export * from "./notHere.ts";
export { Buffer, type BufferOptions, Parameter, type ParameterOptions } from "./parameter.ts";
export type { LoadOptions, LoadResult, StateDict } from "./stateDict.ts";
export { ModelSummary, type SummaryOptions, summary } from "./summary.ts";
export type { BatchShape, SummaryRow, SummaryTotals } from "./summaryTable.ts";
export { UninitializedBuffer, type UninitializedOptions, UninitializedParameter } from "./uninitialized.ts";
export * as utils from "./utils/index.ts";
