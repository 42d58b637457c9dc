export {
  celu,
  elu,
  type GeluApproximation,
  gelu,
  glu,
  leakyRelu,
  logSigmoid,
  logSoftmax,
  mish,
  relu,
  selu,
  sigmoid,
  silu,
  softmax,
  softmin,
  softplus,
  softsign,
  tanh,
} from "./activation.ts";
export { alphaDropout, featureAlphaDropout } from "./alphaDropout.ts";
export { type BatchNormOptions, batchNorm } from "./batchNorm.ts";
export {
  type BCEOptions,
  type BCEWithLogitsOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
} from "./binaryCrossEntropy.ts";
export { dropout1d, dropout2d, dropout3d } from "./channelDropout.ts";
export {
  type ConvOptions,
  type ConvPadding,
  type ConvTransposeOptions,
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
} from "./conv.ts";
export { type CosineSimilarityOptions, cosineSimilarity } from "./cosineSimilarity.ts";
export { type CrossEntropyOptions, crossEntropy, type NLLOptions, nllLoss } from "./crossEntropy.ts";
export { type DropoutOptions, dropout } from "./dropout.ts";
export { type EmbeddingFunctionOptions, embedding } from "./embedding.ts";
export { type FoldOptions, fold, unfold } from "./fold.ts";
export { type GroupNormFunctionOptions, groupNorm } from "./groupNorm.ts";
export { type InstanceNormFunctionOptions, instanceNorm } from "./instanceNorm.ts";
export { type KLDivOptions, klDiv } from "./klDivergence.ts";
export { type LayerNormFunctionOptions, layerNorm, type NormalizedShape } from "./layerNorm.ts";
export { linear } from "./linear.ts";
export { type LocalResponseNormOptions, localResponseNorm } from "./localResponseNorm.ts";
export { huberLoss, l1Loss, mseLoss, smoothL1Loss } from "./loss.ts";
export { oneHot } from "./oneHot.ts";
export { type PadMode, type PadOptions, pad } from "./pad.ts";
export { type HardtanhOptions, hardsigmoid, hardswish, hardtanh, prelu, relu6, threshold } from "./piecewise.ts";
export {
  type AdaptiveMaxPoolOptions,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  type OutputSize,
} from "./pool/adaptivePool.ts";
export { type AvgPool1dOptions, type AvgPoolOptions, avgPool1d, avgPool2d, avgPool3d } from "./pool/avgPool.ts";
export { type LPPoolOptions, lpPool1d, lpPool2d } from "./pool/lpPool.ts";
export { type MaxPoolOptions, maxPool1d, maxPool2d, maxPool3d, type Pooled } from "./pool/maxPool.ts";
export { type MaxUnpoolOptions, maxUnpool1d, maxUnpool2d, maxUnpool3d } from "./pool/maxUnpool.ts";
export type { LossOptions, Reduction } from "./reduction.ts";
export { type InterpolateOptions, type InterpolationMode, interpolate } from "./resize/interpolate.ts";
export { channelShuffle, pixelShuffle, pixelUnshuffle } from "./resize/shuffle.ts";
export { type RMSNormFunctionOptions, rmsNorm } from "./rmsNorm.ts";
export { type RReLUFunctionOptions, rrelu } from "./rrelu.ts";
export { hardshrink, softshrink, tanhshrink } from "./shrink.ts";
export type { Sizes } from "./sizes.ts";
