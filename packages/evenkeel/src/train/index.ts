export type { Batch, Loader } from "./batches.ts";
export { type BatchNormGap, batchNormGap } from "./batchNormGap.ts";
export { EarlyStopping, type EarlyStoppingOptions } from "./earlyStopping.ts";
export { type EvaluateOptions, evaluate, type Loss, predict } from "./evaluate.ts";
export type { BatchEvent, EpochEvent, StartEvent, StopEvent, TrainingEvent, ValidationEvent } from "./events.ts";
export { fit } from "./fit.ts";
export type { FitOptions } from "./fitOptions.ts";
export { type FreezeBatchNormOptions, freezeBatchNorm } from "./freezeBatchNorm.ts";
export type { EpochRecord, History, Monitor, Scores, StopReason } from "./history.ts";
export * from "./metrics.ts";
export * as metrics from "./metrics.ts";
export type { Model } from "./modelState.ts";
export { NonFiniteLossError, type NonFinitePlace } from "./nonFinite.ts";
export {
  type ColumnImportance,
  type PermutationImportanceOptions,
  permutationImportance,
} from "./permutationImportance.ts";
export type { Scheduler } from "./schedule.ts";
export type { Metrics } from "./scoreboard.ts";
export type { StepOptimizer } from "./step.ts";
export type { TableCallbacks, TableEpochEvent, TableMetric, TableStartEvent } from "./tableEvents.ts";
export type { ClassWeights } from "./tableLoss.ts";
export {
  lossNames,
  optimizerNames,
  scheduleNames,
  statisticsNames,
  type TablePlan,
  type TrainTableOptions,
} from "./tableOptions.ts";
export type { TableRefit } from "./tableRefit.ts";
export type { PartScores } from "./tableScores.ts";
export type { StatisticsChoice, StatisticsKind } from "./tableStatistics.ts";
export type { Training } from "./training.ts";
export { type TableTraining, trainTable } from "./trainTable.ts";
export { type UpdateBatchNormOptions, updateBatchNorm } from "./updateBatchNorm.ts";
