import type { SchemaOptions } from "evenkeel/tabular";

/** What can be said about the meaning of columns, whatever is predicted. */
export type MeaningOptions = Omit<SchemaOptions, "target" | "task" | "features" | "ignore">;
