export { columnOf, takeRows } from "./columns.ts";
export { inferSchema, type SchemaOptions } from "./inferSchema.ts";
export {
  Preprocessing,
  type PreprocessingJson,
  type PreprocessingOptions,
  type TableInputs,
} from "./preprocessing.ts";
export type { ColumnKind, ColumnSchema, Schema, Task } from "./schema.ts";
export { type Split, type SplitOptions, splitRows } from "./split.ts";
export type { BooleanColumn, Column, DateColumn, NumberColumn, Table, TextColumn } from "./table.ts";
export { tableFromColumns, tableFromRows } from "./tableFrom.ts";
export type { ClassPredictions, NumberPredictions, Predictions } from "./target.ts";
