export {
  celu,
  elu,
  type GeluApproximation,
  gelu,
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
export { type BatchNormOptions, batchNorm } from "./batchNorm.ts";
export {
  type BCEOptions,
  type BCEWithLogitsOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
} from "./binaryCrossEntropy.ts";
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
export { type KLDivOptions, klDiv } from "./klDivergence.ts";
export { type LayerNormFunctionOptions, layerNorm, type NormalizedShape } from "./layerNorm.ts";
export { linear } from "./linear.ts";
export { huberLoss, l1Loss, mseLoss, smoothL1Loss } from "./loss.ts";
export { oneHot } from "./oneHot.ts";
export { type PadMode, type PadOptions, pad } from "./pad.ts";
export {
  type HardtanhOptions,
  hardsigmoid,
  hardswish,
  hardtanh,
  prelu,
  relu6,
  threshold,
} from "./piecewise.ts";
export type { LossOptions, Reduction } from "./reduction.ts";
export type { Sizes } from "./sizes.ts";
