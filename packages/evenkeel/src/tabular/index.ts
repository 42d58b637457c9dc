export { type Baseline, baselines } from "./baselines.ts";
export { assertTable, checkTable } from "./checks.ts";
export { columnOf, takeRows } from "./columns.ts";
export { type DateReading, datesIn, parseDate } from "./dates.ts";
export { type Finding, type FindingCode, TableError } from "./findings.ts";
export type { Scale } from "./fitEncoding.ts";
export { inferSchema, type SchemaOptions } from "./inferSchema.ts";
export {
  type Activation,
  activations,
  type NetworkOptions,
  type NetworkSize,
  type Norm,
  norms,
  type ResolvedNetwork,
  resolveNetwork,
  TabularNet,
} from "./network.ts";
export { isNullCategory } from "./parse.ts";
export {
  Preprocessing,
  type PreprocessingJson,
  type PreprocessingOptions,
  type TableInputs,
} from "./preprocessing.ts";
export type { ColumnKind, ColumnSchema, DateOrder, Schema, Task, ToldKind } from "./schema.ts";
export { schemaFromJSON } from "./schemaJson.ts";
export { scoresOf, type TableScores } from "./scores.ts";
export { defaultShares, type Split, type SplitOptions, splitRows } from "./split.ts";
export type { BooleanColumn, Column, DateColumn, NumberColumn, Table, TextColumn } from "./table.ts";
export { tableFromColumns, tableFromRows } from "./tableFrom.ts";
export { type ModelRecord, TableModel, type TableModelParts } from "./tableModel.ts";
export type { ClassPredictions, NumberPredictions, Predictions, TargetTransform } from "./target.ts";
export { type Unfamiliar, unfamiliarValues } from "./unfamiliar.ts";
