export * from "./channelsLast/convolutionLast.ts";
export {
  batchNormEvalLast,
  batchNormLast,
  batchNormReluLast,
  batchNormReluMaxPoolLast,
  batchNormReluMeanLast,
} from "./channelsLast/norm.ts";
export * from "./channelsLast/normBackward.ts";
export * from "./channelsLast/pool.ts";
export * from "./channelsLast/turn.ts";
export * from "./conv/convolution.ts";
export * from "./conv/pad.ts";
export * from "./conv/unfold.ts";
export * from "./elementwise/activation.ts";
export * from "./elementwise/compare.ts";
export * from "./elementwise/elementwise.ts";
export * from "./elementwise/functions.ts";
export * from "./elementwise/hard.ts";
export * from "./embedding/embedding.ts";
export * from "./embedding/oneHot.ts";
export * from "./ensemble/ensembleMatmul.ts";
export * from "./ensemble/ensembleMean.ts";
export * from "./groupNorm/groupNorm.ts";
export * from "./layerNorm/layerNorm.ts";
export * from "./layerNorm/rmsNorm.ts";
export * from "./localResponseNorm/localResponseNorm.ts";
export * from "./loss/crossEntropy.ts";
export * from "./loss/loss.ts";
export * from "./matmul/linearChain.ts";
export * from "./matmul/linearFused.ts";
export * from "./matmul/matmul.ts";
export * from "./movement/creation.ts";
export * from "./movement/movement.ts";
export * from "./normalize/moments.ts";
export * from "./normalize/normalize.ts";
export * from "./optimizer/optimizer.ts";
export * from "./ordering/ordering.ts";
export * from "./pool/avgPool.ts";
export * from "./pool/lpPool.ts";
export * from "./pool/maxPool.ts";
export type { WindowAttrs } from "./pool/window.ts";
export * from "./random/random.ts";
export * from "./reduce/reduce.ts";
export * from "./reduce/sumTo.ts";
export * from "./resize/resize.ts";
export type { ResizeAttrs, ResizeMode } from "./resize/taps.ts";
export * from "./softmax/softmax.ts";
export * from "./state/state.ts";
