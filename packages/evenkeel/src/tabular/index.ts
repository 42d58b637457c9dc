export type { Baseline, BaselineStep } from "./baselines/baseline.ts";
export { baselines, fittingBaselines } from "./baselines/baselines.ts";
export { BoostedTrees, type TreesSize } from "./boosting/boostedTrees.ts";
export type { BoostingStep } from "./boosting/boosting.ts";
export { boostingOptions, type ResolvedBoosting, resolveBoosting } from "./boosting/boostingOptions.ts";
export type { BoostingOptions } from "./boosting/boostingOptions.types.ts";
export { type FittedTrees, fitTrees, fittingTrees } from "./boosting/fitTrees.ts";
export { TreeModel, type TreeModelParts } from "./boosting/treeModel.ts";
export { TreePreprocessing, type TreePreprocessingJson } from "./boosting/treePreprocessing.ts";
export { assertTable, type CheckTableOptions, checkTable } from "./checks/checks.ts";
export { type Finding, type FindingCode, TableError } from "./checks/findings.ts";
export { isTotalWord } from "./checks/rowChecks.ts";
export { type Outside, type Unfamiliar, unfamiliarValues } from "./checks/unfamiliar.ts";
export { unfamiliarToTrees } from "./checks/unfamiliarToTrees.ts";
export type { ClassPredictions, NumberPredictions, PredictionIntervals, Predictions } from "./encoding/decode.ts";
export { type EncodedRows, FittedPreprocessing, type PreprocessingJson } from "./encoding/fittedPreprocessing.ts";
export {
  computeBins,
  PiecewiseLinearEncoding,
  type PiecewiseLinearEncodingOptions,
} from "./encoding/piecewise/piecewiseLinearEncoding.ts";
export { Preprocessing, type TableInputs } from "./encoding/preprocessing.ts";
export { preprocessingOptions } from "./encoding/preprocessingOptions.ts";
export type { PreprocessingOptions } from "./encoding/preprocessingOptions.types.ts";
export type { Scale, Scaling } from "./encoding/scaling/scaling.ts";
export type { TargetTransform } from "./encoding/target/target.ts";
export { combineMembers } from "./model/combineMembers.ts";
export type { FrozenNetwork, NetworkSource } from "./model/frozenNetwork.ts";
export { type AnyTableModel, loadModel } from "./model/kinds/loadModel.ts";
export type { ModelRecord } from "./model/kinds/modelRecord.ts";
export { TabularNet } from "./model/network.ts";
export { networkOf } from "./model/networkOf.ts";
export {
  type Activation,
  activations,
  type EmbeddingRule,
  embeddingRules,
  type InputSources,
  type NetworkSize,
  type Norm,
  networkOptions,
  norms,
  type ResolvedNetwork,
  resolveNetwork,
} from "./model/networkOptions.ts";
export type { NetworkOptions } from "./model/networkOptions.types.ts";
export { type LoadModelOptions, TableModel, type TableModelParts } from "./model/tableModel.ts";
export { columnOf, takeRows } from "./schema/columns.ts";
export { inferSchema, schemaOptionsOf } from "./schema/inferSchema.ts";
export { type ColumnValues, readColumn } from "./schema/read.ts";
export {
  type ColumnKind,
  type ColumnReading,
  type ColumnSchema,
  type DateOrder,
  readingOf,
  type Schema,
  type Task,
  type ToldKind,
} from "./schema/schema.ts";
export { schemaFromJSON } from "./schema/schemaJson.ts";
export { schemaOptions } from "./schema/schemaOptions.ts";
export type { SchemaOptions } from "./schema/schemaOptions.types.ts";
export type { DateFormat } from "./schema/values/dateFormat.ts";
export { type DateReading, datesIn, parseDate } from "./schema/values/dates.ts";
export { nullSpellings } from "./schema/values/nulls.ts";
export type { NumberFormat } from "./schema/values/numberFormat.ts";
export {
  type BootstrapOptions,
  bootstrapScores,
  type ScoreDifference,
  type ScoreInterval,
  type ScoreIntervals,
} from "./scores/bootstrap.ts";
export { type CalibrationBin, calibrationCurve } from "./scores/calibration.ts";
export { conformalWidth } from "./scores/conformal.ts";
export { type ScoreName, scoresOf, type TableScores } from "./scores/scores.ts";
export { bestThreshold, type ThresholdRule } from "./scores/threshold.ts";
export { trainingRowsScored } from "./scores/trainingRows.ts";
export { countDifferent, type DifferentRows, withoutGroup } from "./table/blocks.ts";
export { type JoinedTables, joinTables } from "./table/joinTables.ts";
export {
  type RareClasses,
  rareClassChoices,
  type SettledClasses,
  settleRareClasses,
  withSettledClasses,
} from "./table/rareClasses.ts";
export { defaultShares, rowsWithTarget, type Split, splitRows } from "./table/split.ts";
export { splitOptions } from "./table/splitOptions.ts";
export type { SplitOptions } from "./table/splitOptions.types.ts";
export type { BooleanColumn, Column, DateColumn, NumberColumn, Table, TextColumn } from "./table/table.ts";
export { tableFromColumns, tableFromRows } from "./table/tableFrom.ts";
