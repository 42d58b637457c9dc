export { CosineAnnealingLR, type CosineAnnealingLRSettings } from "./cosineAnnealingLR.ts";
export {
  ExponentialLR,
  type ExponentialLRSettings,
  LinearLR,
  type LinearLRSettings,
  MultiStepLR,
  type MultiStepLRSettings,
  StepLR,
  type StepLRSettings,
} from "./decay.ts";
export { FlatCosineLR, type FlatCosineLRSettings } from "./flatCosineLR.ts";
export { LambdaLR, type LambdaLROptions, type LrLambda } from "./lambdaLR.ts";
export * from "./notHere.ts";
export { OneCycleLR, type OneCycleLROptions, type OneCycleLRSettings } from "./oneCycleLR.ts";
export {
  ReduceLROnPlateau,
  type ReduceLROnPlateauOptions,
  type ReduceLROnPlateauSettings,
  type ReduceLROnPlateauStateDict,
} from "./reduceLROnPlateau.ts";
export type { ScheduledGroup, ScheduledOptimizer } from "./scheduled.ts";
export { LRScheduler, type LRSchedulerOptions, type SchedulerStateDict } from "./scheduler.ts";
