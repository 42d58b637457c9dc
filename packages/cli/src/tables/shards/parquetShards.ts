import type { Column } from "evenkeel/tabular";
import { type ColumnPlan, expression, planOf } from "../columns/collect.ts";
import { columnBuilder } from "../columns/columnBuilder.ts";
import { readingOf } from "../columns/columnTypes.ts";
import type { Part } from "../columns/part.ts";
import type { Database } from "../database.ts";
import { explain } from "../explain.ts";
import { fileLiteral, literal } from "../formats/sql.ts";
import type { Allowed } from "../limits.ts";
import type { LocatedFile } from "../locate.ts";
import { TableReadError, unreadable } from "../readError.ts";
import type { Shard, ShardBatch, ShardColumns } from "./shard.ts";

/** Numbers rows; no file may have a column of this name. */
const rowNumber = "file_row_number";

type Vector = Parameters<ReturnType<typeof columnBuilder>["append"]>[0];

/** Parquet files with the same columns: DuckDB reads row groups, and skips those that are not wanted. */
export class ParquetShards {
  readonly files: readonly Shard[];
  readonly notes: ReturnType<typeof planOf>["notes"];
  readonly names: readonly string[];
  readonly #plans: ReadonlyMap<string, ColumnPlan>;
  readonly #allowed: Allowed;
  readonly #database: Database;

  private constructor(
    database: Database,
    located: readonly LocatedFile[],
    parts: readonly Part[],
    rows: readonly number[],
    allowed: Allowed,
  ) {
    checkTypes(parts);
    const { plans, notes } = planOf(parts, undefined, new Set());
    this.notes = notes;
    this.names = plans.map(({ name }) => name);
    this.#plans = new Map(plans.map((plan) => [plan.name, plan]));
    this.#allowed = allowed;
    this.#database = database;
    this.files = located.map(({ name, path }, i) => ({
      ...{ name, path, rows: rows[i] },
      batches: (from, to, columns) => this.#batches({ part: parts[i], path }, { from, to, columns }),
    }));
  }

  static async open(
    database: Database,
    located: readonly LocatedFile[],
    parts: readonly Part[],
    allowed: Allowed,
  ): Promise<ParquetShards> {
    const rows: number[] = [];
    for (const { path } of located) {
      const sql = `SELECT num_rows::DOUBLE AS rows FROM parquet_file_metadata(${fileLiteral(path)})`;
      const [found] = await database.rows<{ readonly rows: number }>(sql);
      rows.push(found.rows);
    }
    return new ParquetShards(database, located, parts, rows, allowed);
  }

  /**
   * Bytes that DuckDB takes for the largest row group: it holds those of all columns that are read, each in
   * a buffer whose size is a power of two.
   */
  async rowGroupBytes(columns: readonly string[]): Promise<number> {
    let most = 0;
    const only = `path_in_schema IN (${columns.map(literal).join(", ")})`;
    for (const { path } of this.files) {
      const sizes = "sum(pow(2, ceil(log2(greatest(total_compressed_size, 1))))) AS bytes";
      const groups = `SELECT ${sizes} FROM parquet_metadata(${fileLiteral(path)}) WHERE ${only} GROUP BY row_group_id`;
      const [found] = await this.#database.rows<{ readonly bytes: number | null }>(
        `SELECT max(bytes)::DOUBLE AS bytes FROM (${groups})`,
      );
      most = Math.max(most, found.bytes ?? 0);
    }
    return most;
  }

  columns(names: readonly string[]): ShardColumns {
    return new BuiltColumns(
      names.map((name) => this.#plan(name)),
      this.#allowed,
    );
  }

  #plan(name: string): ColumnPlan {
    const plan = this.#plans.get(name);
    if (plan === undefined) throw new Error(`no column ${name}`);
    return plan;
  }

  async *#batches(
    { part, path }: { readonly part: Part; readonly path: string },
    { from, to, columns }: { readonly from: number; readonly to: number; readonly columns: readonly string[] },
  ): AsyncGenerator<ShardBatch> {
    if (from >= to) return;
    const selected = columns.map((name, i) => `${expression(part, this.#plan(name))} AS x${i}`).join(", ");
    const file = `read_parquet(${fileLiteral(path)}, hive_partitioning=false, ${rowNumber}=true)`;
    const query = `SELECT ${selected} FROM ${file} WHERE ${rowNumber} >= ${from} AND ${rowNumber} < ${to}`;
    const placeOf = (row: number) => `row ${row} of ${part.name}`;
    let first = from;
    try {
      for await (const batch of this.#database.batches(query, to - from)) {
        const vectors = columns.map((_, i) => batch.column(i));
        yield {
          ...{ rows: batch.rows, first, placeOf },
          append: (built, start, end) => (built as BuiltColumns).append(vectors, start, end),
          replace: (built, position, row) => (built as BuiltColumns).replace(vectors, position, row),
        };
        first += batch.rows;
      }
    } catch (error) {
      if (error instanceof TableReadError || !(error instanceof Error) || error.constructor !== Error) throw error;
      throw explain(error, part.name);
    }
  }
}

class BuiltColumns implements ShardColumns {
  readonly #plans: readonly ColumnPlan[];
  readonly #builders: readonly ReturnType<typeof columnBuilder>[];

  constructor(plans: readonly ColumnPlan[], { maxRecord }: Allowed) {
    this.#plans = plans;
    this.#builders = plans.map(({ name, as, exactBelow }) =>
      columnBuilder(name, as, exactBelow, { carried: true, maxRecord }),
    );
  }

  append(vectors: readonly Vector[], start: number, end: number): void {
    for (const [i, builder] of this.#builders.entries()) builder.append(vectors[i], start, end);
  }

  replace(vectors: readonly Vector[], position: number, row: number): void {
    for (const [i, builder] of this.#builders.entries()) builder.replace(position, vectors[i], row);
  }

  finish(order?: Int32Array): Column[] {
    return this.#builders.map((builder, i) => {
      const { column, inexact } = builder.finish(order);
      if (inexact === true) throw inexactNumbers(this.#plans[i].name);
      return column!;
    });
  }
}

function inexactNumbers(name: string): TableReadError {
  const statement = `column "${name}" has whole numbers beyond 2^53, which no double holds`;
  return unreadable("not-supported", statement, "leave it out with --ignore, or write it as text");
}

/** @throws TableReadError naming the file and the column whose type is another than in the first file */
function checkTypes(parts: readonly Part[]): void {
  const [first, ...others] = parts;
  const kindOf = (type: string) => {
    const { as } = readingOf("x", type);
    return as === "float" ? "number" : as;
  };
  for (const part of parts) {
    if (part.columns.some(({ name }) => name === rowNumber)) {
      throw unreadable(
        "not-supported",
        `${part.name} has a column "${rowNumber}", a name that shards need`,
        "rename it",
      );
    }
  }
  for (const part of others) {
    for (const { name, type } of part.columns) {
      const there = first.columns.find((column) => column.name === name);
      if (there === undefined || kindOf(there.type) === kindOf(type)) continue;
      const statement = `${part.name} has the column "${name}" as ${type}, and ${first.name} as ${there.type}`;
      throw unreadable("conflict", statement, "write all shards with the same types");
    }
  }
}
