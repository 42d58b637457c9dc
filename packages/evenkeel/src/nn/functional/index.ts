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
} from "./activation/activation.ts";
export {
  type HardtanhOptions,
  hardsigmoid,
  hardswish,
  hardtanh,
  prelu,
  relu6,
  threshold,
} from "./activation/piecewise.ts";
export { type RReLUFunctionOptions, rrelu } from "./activation/rrelu.ts";
export { hardshrink, softshrink, tanhshrink } from "./activation/shrink.ts";
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
} from "./conv/conv.ts";
export { type FoldOptions, fold, unfold } from "./conv/fold.ts";
export { type PadMode, type PadOptions, pad } from "./conv/pad.ts";
export { type CosineSimilarityOptions, cosineSimilarity } from "./cosineSimilarity.ts";
export { alphaDropout, featureAlphaDropout } from "./dropout/alphaDropout.ts";
export { dropout1d, dropout2d, dropout3d } from "./dropout/channelDropout.ts";
export { type DropoutOptions, dropout } from "./dropout/dropout.ts";
export { type EmbeddingFunctionOptions, embedding } from "./embedding.ts";
export { linear } from "./linear.ts";
export {
  type BCEOptions,
  type BCEWithLogitsOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
} from "./loss/binaryCrossEntropy.ts";
export { type CrossEntropyOptions, crossEntropy, type NLLOptions, nllLoss } from "./loss/crossEntropy.ts";
export { type KLDivOptions, klDiv } from "./loss/klDivergence.ts";
export { huberLoss, l1Loss, mseLoss, smoothL1Loss } from "./loss/loss.ts";
export type { LossOptions, Reduction } from "./loss/reduction.ts";
export { type BatchNormOptions, batchNorm } from "./norm/batchNorm.ts";
export { type GroupNormFunctionOptions, groupNorm } from "./norm/groupNorm.ts";
export { type InstanceNormFunctionOptions, instanceNorm } from "./norm/instanceNorm.ts";
export { type LayerNormFunctionOptions, layerNorm, type NormalizedShape } from "./norm/layerNorm.ts";
export { type LocalResponseNormOptions, localResponseNorm } from "./norm/localResponseNorm.ts";
export { type RMSNormFunctionOptions, rmsNorm } from "./norm/rmsNorm.ts";
export { oneHot } from "./oneHot.ts";
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
export { type InterpolateOptions, type InterpolationMode, interpolate } from "./resize/interpolate.ts";
export { channelShuffle, pixelShuffle, pixelUnshuffle } from "./resize/shuffle.ts";
export type { Sizes } from "./sizes.ts";
