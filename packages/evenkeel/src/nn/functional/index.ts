export {
  elu,
  type GeluApproximation,
  gelu,
  leakyRelu,
  logSigmoid,
  logSoftmax,
  relu,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
} from "./activation.ts";
export { type BatchNormOptions, batchNorm } from "./batchNorm.ts";
export { type BCEWithLogitsOptions, binaryCrossEntropyWithLogits } from "./binaryCrossEntropy.ts";
export { type CrossEntropyOptions, crossEntropy, type NLLOptions, nllLoss } from "./crossEntropy.ts";
export { type DropoutOptions, dropout } from "./dropout.ts";
export { type EmbeddingFunctionOptions, embedding } from "./embedding.ts";
export { type LayerNormFunctionOptions, layerNorm, type NormalizedShape } from "./layerNorm.ts";
export { linear } from "./linear.ts";
export { huberLoss, l1Loss, mseLoss, smoothL1Loss } from "./loss.ts";
export { oneHot } from "./oneHot.ts";
export type { LossOptions, Reduction } from "./reduction.ts";
