export { type Baseline, baselines } from "./baselines/baselines.ts";
export { scoresOf, type TableScores } from "./baselines/scores.ts";
export { assertTable, checkTable } from "./checks/checks.ts";
export { type Finding, type FindingCode, TableError } from "./checks/findings.ts";
export { type Unfamiliar, unfamiliarValues } from "./checks/unfamiliar.ts";
export type { Scale } from "./encoding/fitEncoding.ts";
export {
  Preprocessing,
  type PreprocessingJson,
  type PreprocessingOptions,
  type TableInputs,
} from "./encoding/preprocessing.ts";
export type { ClassPredictions, NumberPredictions, Predictions, TargetTransform } from "./encoding/target.ts";
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
} from "./model/network.ts";
export { type ModelRecord, TableModel, type TableModelParts } from "./model/tableModel.ts";
export { columnOf, takeRows } from "./schema/columns.ts";
export { type DateReading, datesIn, parseDate } from "./schema/dates.ts";
export { inferSchema, type SchemaOptions } from "./schema/inferSchema.ts";
export { isNullCategory } from "./schema/parse.ts";
export type { ColumnKind, ColumnSchema, DateOrder, Schema, Task, ToldKind } from "./schema/schema.ts";
export { schemaFromJSON } from "./schema/schemaJson.ts";
export { defaultShares, type Split, type SplitOptions, splitRows } from "./table/split.ts";
export type { BooleanColumn, Column, DateColumn, NumberColumn, Table, TextColumn } from "./table/table.ts";
export { tableFromColumns, tableFromRows } from "./table/tableFrom.ts";
