import {
  type Column,
  type ColumnSchema,
  checkTable,
  type Finding,
  inferSchema,
  type Schema,
  type Task,
} from "evenkeel/tabular";
import type { ReadNote, TableRead } from "../../tables/index.ts";
import type { MeaningOptions } from "../../tables/meaning.ts";
import { noticed } from "../../tables/noticed.ts";
import { type ColumnSummary, summaryOf } from "../../tables/summary.ts";

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
  const { columns, nulls, found } = schema
    ? { ...schema, found: checkTable(table, schema) }
    : withoutTarget(table, options);
  return {
    source: table.source,
    rows: table.rows,
    ...(target !== undefined && { target }),
    ...(schema && { task: schema.task }),
    columns: table.columns.map((column, i) => ({
      ...columns[i],
      type: column.type,
      ...summaryOf(column, { ...columns[i], nulls }),
    })),
    findings: noticed(table, found),
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

/** What columns mean and what is doubtful about each by itself, whatever is predicted. */
function withoutTarget(
  table: TableRead,
  options: MeaningOptions,
): { readonly columns: readonly ColumnSchema[]; readonly nulls?: Schema["nulls"]; readonly found: readonly Finding[] } {
  const schema = anySchema(table, options);
  // The column that the first schema has for its target, as a feature.
  const other = anySchema(table, options, schema?.target);
  const columns = table.columns.map(({ name, type }, i) => {
    const known = name === schema?.target ? other : schema;
    const plain = { number: "numeric", boolean: "boolean", date: "date", text: "category" } as const;
    return known?.columns[i] ?? { name, kind: plain[type], use: "feature" as const };
  });
  if (schema === undefined) return { columns, found: [] };
  const all = checkTable(table, schema);
  const about = (findings: readonly Finding[], isMeant: (name: string) => boolean) =>
    findings.filter(({ code, column }) => code !== "leak" && column !== undefined && isMeant(column));
  const found = [
    ...all.filter(({ code }) => code === "copies" || code === "total-row"),
    ...about(all, (name) => name !== schema.target),
  ];
  if (other === undefined) return { columns, nulls: schema.nulls, found };
  const isOne = ({ name }: { readonly name: string }) => name === schema.target || name === other.target;
  const two = { rows: table.rows, columns: table.columns.filter(isOne) };
  const ofTwo = checkTable(two, { ...other, columns: other.columns.filter(isOne) });
  const ofTarget = about(ofTwo, (name) => name === schema.target);
  return { columns, nulls: schema.nulls, found: [...ofTarget, ...found] };
}
