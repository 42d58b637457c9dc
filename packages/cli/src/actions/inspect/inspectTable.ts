import {
  type Column,
  type ColumnSchema,
  checkTable,
  type Finding,
  inferSchema,
  type Schema,
  type SchemaOptions,
  type Task,
} from "evenkeel/tabular";
import { saidFindings } from "../../shell/dialect.ts";
import type { ReadNote, TableRead } from "../../tables/index.ts";
import { type ColumnSummary, summaryOf } from "../../tables/summary.ts";

/** What can be said about the meaning of columns, without a target. */
type MeaningOptions = Omit<SchemaOptions, "target" | "task" | "features" | "ignore">;

/** What is known of a table. */
export interface TableInspection {
  readonly source: string;
  readonly rows: number;
  readonly target?: string;
  readonly task?: Task;
  readonly columns: readonly (ColumnSummary & ColumnSchema & { readonly type: Column["type"] })[];
  readonly findings: readonly (Finding | ReadNote)[];
}

/** @throws TableReadError if the target is no column of the table, or cannot be predicted */
export function inspectTable(table: TableRead, wanted?: string, options: MeaningOptions = {}): TableInspection {
  const fallback = table.columns.some(({ name }) => name === table.target) ? table.target : undefined;
  const target = wanted ?? fallback;
  const schema = target === undefined ? undefined : inferSchema(table, { target, ...options });
  const kinds = schema?.columns ?? kindsOf(table, options);
  const { nulls } = schema ?? anySchema(table, options) ?? {};
  const found = schema ? checkTable(table, schema) : findingsWithoutTarget(table, options);
  return {
    source: table.source,
    rows: table.rows,
    ...(target !== undefined && { target }),
    ...(schema && { task: schema.task }),
    columns: table.columns.map((column, i) => ({
      ...kinds[i],
      type: column.type,
      ...summaryOf(column, { ...kinds[i], nulls }),
    })),
    findings: [...table.notes, ...saidFindings(found, table.placeOf)],
  };
}

/** A schema with any column as its target: what the others are does not depend on which it is. */
function anySchema(table: TableRead, options: MeaningOptions, not?: string): Schema | undefined {
  for (const { name } of table.columns) {
    if (name === not) continue;
    try {
      return inferSchema(table, { target: name, ...options });
    } catch {
      // A column that cannot be predicted; another can.
    }
  }
  return undefined;
}

function kindsOf(table: TableRead, options: MeaningOptions): readonly ColumnSchema[] {
  const schema = anySchema(table, options);
  const other = anySchema(table, options, schema?.target);
  return table.columns.map(({ name, type }, i) => {
    const known = name === schema?.target ? other : schema;
    const plain = { number: "numeric", boolean: "boolean", date: "date", text: "category" } as const;
    return known?.columns[i] ?? { name, kind: plain[type], use: "feature" };
  });
}

/** What is doubtful about columns by themselves, whatever is predicted. */
function findingsWithoutTarget(table: TableRead, options: MeaningOptions): Finding[] {
  const schema = anySchema(table, options);
  if (schema === undefined) return [];
  const other = anySchema(table, options, schema.target);
  const about = (one: Schema, of: (name: string) => boolean) =>
    checkTable(table, one).filter(({ code, column }) => code !== "leak" && column !== undefined && of(column));
  return [
    ...(other ? about(other, (name) => name === schema.target) : []),
    ...about(schema, (name) => name !== schema.target),
  ];
}
