export { Adam, type AdamOptions, AdamW } from "./adam.ts";
export {
  AveragedModel,
  type AveragedModelOptions,
  type AvgFn,
  getEmaAvgFn,
  getPolynomialDecayAvgFn,
} from "./averagedModel.ts";
export { type ClipGradNormOptions, clipGradNorm, clipGradNorm_, clipGradValue, clipGradValue_ } from "./clip.ts";
export * from "./lrScheduler/index.ts";
export * as lrScheduler from "./lrScheduler/index.ts";
export * from "./notHere.ts";
export { type AnyOptions, Optimizer, type ParamGroup, type ParamGroupInit } from "./optimizer.ts";
export type { ParamState } from "./paramStates.ts";
export { SGD, type SGDOptions } from "./sgd.ts";
export type { OptimizerStateDict } from "./stateDict.ts";
