export { type CheckBatchNormOptions, checkBatchNorm } from "./batchNormCheck/checkBatchNorm.ts";
export {
  type BatchNormFinding,
  BatchNormReport,
  type BatchNormRule,
  type OrderSource,
} from "./batchNormCheck/finding.ts";
export * as functional from "./functional/index.ts";
export * as init from "./init.ts";
export * from "./layers/activation/activation.ts";
export * from "./layers/activation/piecewise.ts";
export * from "./layers/activation/rrelu.ts";
export * from "./layers/activation/shrink.ts";
export * from "./layers/activation/softmax.ts";
export * from "./layers/byOptions.ts";
export type { ConvLayerOptions, PaddingMode } from "./layers/conv/conv.ts";
export type { ConvSettings } from "./layers/conv/convBase.ts";
export * from "./layers/conv/convByOptions.ts";
export type { ConvTransposeCallOptions, ConvTransposeLayerOptions } from "./layers/conv/convTranspose.ts";
export * from "./layers/conv/fold.ts";
export * from "./layers/conv/pad.ts";
export * from "./layers/cosineSimilarity.ts";
export * from "./layers/dropout.ts";
export * from "./layers/embedding.ts";
export type { ElementwiseAffineOptions, ScalingInit } from "./layers/ensemble/elementwiseAffine.ts";
export * from "./layers/ensemble/ensembleView.ts";
export type { LinearEnsembleOptions } from "./layers/ensemble/linearEnsemble.ts";
export * from "./layers/flatten.ts";
export * from "./layers/lazyLayers.ts";
export { Identity, type LinearOptions } from "./layers/linear.ts";
export * from "./layers/loss.ts";
export type { BatchNorm1dOptions, BatchNorm2dOptions, BatchNorm3dOptions } from "./layers/norm/batchNorm.ts";
export type { GroupNormOptions } from "./layers/norm/groupNorm.ts";
export type { InstanceNormOptions } from "./layers/norm/instanceNorm.ts";
export type { LayerNormOptions } from "./layers/norm/layerNorm.ts";
export * from "./layers/norm/localResponseNorm.ts";
export type { RMSNormOptions } from "./layers/norm/rmsNorm.ts";
export type { SyncBatchNormOptions } from "./layers/norm/syncBatchNorm.ts";
export * from "./layers/pool/adaptivePool.ts";
export * from "./layers/pool/avgPool.ts";
export * from "./layers/pool/lpPool.ts";
export * from "./layers/pool/maxPool.ts";
export * from "./layers/pool/maxUnpool.ts";
export * from "./layers/resize/shuffle.ts";
export * from "./layers/resize/upsample.ts";
export { UninitializedBuffer, type UninitializedOptions, UninitializedParameter } from "./lazy/uninitialized.ts";
export { clone } from "./module/clone.ts";
export { ModuleDict, ModuleList, type NamedModules, Sequential } from "./module/containers.ts";
export type { ForwardHook, ForwardPreHook, FullBackwardHook, RemoveHook } from "./module/hooks.ts";
export { type AnyModule, type HookInputsOf, type InputsOf, Module, type OutputOf } from "./module/module.ts";
export type { MemberOptions, TraversalOptions } from "./module/moduleTree.ts";
export { Buffer, type BufferOptions, Parameter, type ParameterOptions } from "./module/parameter.ts";
export type { LoadOptions, LoadResult, StateDict } from "./module/stateDict.ts";
export * from "./notHere.ts";
export * as parallel from "./parallel/index.ts";
export { ModelSummary, type SummaryOptions, summary } from "./print/summary.ts";
export type { BatchShape, SummaryRow, SummaryTotals } from "./print/summaryTable.ts";
export * as utils from "./utils/index.ts";
