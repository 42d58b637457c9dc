export type { Batch, Loader } from "./batches.ts";
export { type FreezeBatchNormOptions, freezeBatchNorm } from "./batchNorm/freeze.ts";
export { type BatchNormGap, batchNormGap } from "./batchNorm/gap.ts";
export { type UpdateBatchNormOptions, updateBatchNorm } from "./batchNorm/update.ts";
export { type EvaluateOptions, evaluate, type Loss, predict } from "./evaluate/evaluate.ts";
export * from "./evaluate/metrics.ts";
export {
  type ColumnImportance,
  type PermutationImportanceOptions,
  permutationImportance,
} from "./evaluate/permutationImportance.ts";
export type { Metrics } from "./evaluate/scoreboard.ts";
export { EarlyStopping, type EarlyStoppingOptions } from "./fit/earlyStopping.ts";
export type { BatchEvent, EpochEvent, StartEvent, StopEvent, TrainingEvent, ValidationEvent } from "./fit/events.ts";
export { fit } from "./fit/fit.ts";
export type { FitOptions } from "./fit/fitOptions.ts";
export type { EpochRecord, History, Monitor, Scores, StopReason } from "./fit/history.ts";
export { NonFiniteLossError, type NonFinitePlace } from "./fit/nonFinite.ts";
export type { StepOptimizer } from "./fit/programs.ts";
export type { Scheduler } from "./fit/schedule.ts";
export type { Training } from "./fit/training.ts";
export type { Model } from "./modelState.ts";
export { failedRank, OtherRankError } from "./ranks/agreed.ts";
export { agreeOn, sameOnAllRanks } from "./ranks/agreeOn.ts";
export type { RowStore } from "./shards/rowStore.ts";
export type { TrainShardsOptions } from "./shards/shardOptions.ts";
export { type ShardedRows, trainShards } from "./shards/trainShards.ts";
export {
  type CrossValidateOptions,
  type CrossValidation,
  crossValidate,
  type FoldEvent,
  type FoldScores,
} from "./table/crossValidate.ts";
export type { TableDecision } from "./table/decision.ts";
export type { TableEpochEvent, TableMetric, TableStartEvent } from "./table/events.ts";
export type { LengthFold } from "./table/folds.ts";
export type { ClassWeights } from "./table/loss.ts";
export { trainTableOptions } from "./table/options.ts";
export type { TrainTableOptions } from "./table/options.types.ts";
export type { TablePlan } from "./table/plan.ts";
export type { TableRefit } from "./table/refit.ts";
export { endsWithEpochs } from "./table/schedule.ts";
export type { PartScores } from "./table/scores.ts";
export type { StatisticsChoice, StatisticsKind } from "./table/statistics.ts";
export { type TableTraining, trainTable } from "./table/trainTable.ts";
export { type TreeIterationEvent, type TreesStartEvent, trainTreesOptions } from "./trees/options.ts";
export type { TrainTreesOptions } from "./trees/options.types.ts";
export { type TreeRefit, type TreeTraining, trainTrees } from "./trees/trainTrees.ts";
