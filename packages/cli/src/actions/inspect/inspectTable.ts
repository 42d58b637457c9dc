import {
  type Column,
  type ColumnSchema,
  checkTable,
  type Finding,
  inferSchema,
  type Schema,
  type Task,
} from "evenkeel/tabular";
import { saidFindings } from "../../shell/dialect.ts";
import type { ReadNote, TableRead } from "../../tables/index.ts";
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
export function inspectTable(table: TableRead, wanted?: string): TableInspection {
  const fallback = table.columns.some(({ name }) => name === table.target) ? table.target : undefined;
  const target = wanted ?? fallback;
  const schema = target === undefined ? undefined : inferSchema(table, { target });
  const kinds = schema?.columns ?? kindsOf(table);
  const found = schema ? checkTable(table, schema) : findingsWithoutTarget(table);
  return {
    source: table.source,
    rows: table.rows,
    ...(target !== undefined && { target }),
    ...(schema && { task: schema.task }),
    columns: table.columns.map((column, i) => ({ ...kinds[i], type: column.type, ...summaryOf(column, kinds[i]) })),
    findings: [...table.notes, ...saidFindings(found, table.lineOf)],
  };
}

/** A schema with any column as its target: what the others are does not depend on which it is. */
function anySchema(table: TableRead, not?: string): Schema | undefined {
  for (const { name } of table.columns) {
    if (name === not) continue;
    try {
      return inferSchema(table, { target: name });
    } catch {
      // A column that cannot be predicted; another can.
    }
  }
  return undefined;
}

function kindsOf(table: TableRead): readonly ColumnSchema[] {
  const schema = anySchema(table);
  const other = anySchema(table, schema?.target);
  return table.columns.map(({ name, type }, i) => {
    const known = name === schema?.target ? other : schema;
    const plain = { number: "numeric", boolean: "boolean", date: "date", text: "category" } as const;
    return known?.columns[i] ?? { name, kind: plain[type], use: "feature" };
  });
}

/** What is doubtful about columns by themselves, whatever is predicted. */
function findingsWithoutTarget(table: TableRead): Finding[] {
  const schema = anySchema(table);
  if (schema === undefined) return [];
  const other = anySchema(table, schema.target);
  const about = (one: Schema, of: (name: string) => boolean) =>
    checkTable(table, one).filter(({ code, column }) => code !== "leak" && column !== undefined && of(column));
  return [
    ...(other ? about(other, (name) => name === schema.target) : []),
    ...about(schema, (name) => name !== schema.target),
  ];
}
