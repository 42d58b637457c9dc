import type { DuckDBVector } from "@duckdb/node-api";
import { Generator } from "evenkeel/random";
import type { Column } from "evenkeel/tabular";
import { listed, nearest } from "../../shell/nearest.ts";
import type { Database } from "../database.ts";
import { type ReadNote, type TableReadError, unreadable } from "../readError.ts";
import { type ColumnBuilder, columnBuilder } from "./columnBuilder.ts";
import { commonReading, type Reading, readingOf } from "./columnTypes.ts";
import type { Part } from "./part.ts";

export interface CollectOptions {
  /** The columns that are wanted, all others are not even read. */
  readonly columns?: readonly string[] | undefined;
  /** The first rows only. */
  readonly limit?: number | undefined;
  /** So many rows drawn from all, in their order. */
  readonly sample?: number | undefined;
  readonly seed?: number | undefined;
  readonly onProgress?: ((rows: number) => void) | undefined;
}

interface Collected {
  readonly rows: number;
  readonly columns: readonly Column[];
  readonly notes: readonly ReadNote[];
}

type Kept = Exclude<Reading["as"], "ignored">;

/** What is read of a column, from all parts alike. */
interface Plan {
  readonly name: string;
  readonly as: Kept;
}

/**
 * Reads all parts, one after the other, batch by batch into growing columns.
 *
 * @param onPart is told which part is read, so that an error can name it
 */
export async function collect(
  database: Database,
  parts: readonly Part[],
  options: CollectOptions,
  onPart: (index: number) => void,
): Promise<Collected> {
  const { limit = Number.POSITIVE_INFINITY, onProgress } = options;
  const { plans, notes } = planOf(parts, options.columns);
  const builders = plans.map(({ name, as }) => columnBuilder(name, as));
  const sample = options.sample === undefined ? undefined : new Sample(options.sample, options.seed ?? 0);
  let read = 0;
  let told = 0;
  for (const [index, part] of parts.entries()) {
    if (read >= limit) break;
    onPart(index);
    const query = `SELECT ${plans.map((plan, i) => `${expression(part, plan)} AS x${i}`).join(", ")} FROM ${part.from}`;
    for await (const batch of database.batches(query, limit - read)) {
      const vectors = builders.map((_, column) => batch.column(column));
      if (sample) sample.take(builders, vectors, batch.rows);
      else for (const [column, builder] of builders.entries()) builder.append(vectors[column], 0, batch.rows);
      read += batch.rows;
      if (onProgress && read - told >= 50_000) {
        onProgress(read);
        told = read;
      }
    }
  }
  if (onProgress && read > told) onProgress(read);
  const order = sample?.order();
  const finished = builders.map((builder) => builder.finish(order));
  return {
    rows: order?.length ?? read,
    columns: finished.flatMap(({ column }) => column ?? []),
    notes: [...parts.flatMap((part) => part.notes), ...notes, ...finished.flatMap((one) => one.notes)],
  };
}

/** Which columns are read and as what, the same for all parts. */
function planOf(parts: readonly Part[], wanted?: readonly string[]): { plans: Plan[]; notes: ReadNote[] } {
  const [first, ...others] = parts;
  const all = first.columns.map(({ name }) => name);
  for (const name of wanted ?? []) if (!all.includes(name)) throw noColumn(first, name, all);
  for (const part of others) sameColumns(first, part, wanted);
  const notes: ReadNote[] = [];
  const plans: Plan[] = [];
  for (const name of all.filter((column) => wanted?.includes(column) ?? true)) {
    const readings = parts.map((part) => readingIn(part, name));
    const ignored = readings.find((reading) => reading.as === "ignored");
    if (ignored?.as === "ignored") {
      const message = `column "${name}" is left out: it holds ${ignored.why}`;
      notes.push({ severity: "warning", code: "ignored-type", column: name, message });
      continue;
    }
    const note = readings.find((reading) => reading.as !== "ignored" && reading.note !== undefined);
    if (note?.as !== "ignored" && note?.note !== undefined) {
      notes.push({ severity: "note", code: "converted", column: name, message: `column "${name}" holds ${note.note}` });
    }
    const as = readings.map((reading) => reading.as).reduce((a, b) => commonReading(a, b) ?? "text") as Kept;
    plans.push({ name, as });
  }
  if (plans.length === 0) {
    const what = notes.map(({ message }) => message).join("; ");
    throw unreadable("wrong-value", `${first.name} has no column that can be read${what ? `: ${what}` : ""}`);
  }
  return { plans, notes };
}

function readingIn(part: Part, name: string): Reading {
  const { sql, type } = part.columns.find((column) => column.name === name)!;
  return readingOf(sql, type);
}

function expression(part: Part, { name, as }: Plan): string {
  const reading = readingIn(part, name);
  if (reading.as === "ignored") throw new Error(`column ${name} is not read`);
  if (reading.as === as) return reading.sql;
  if (as === "number") return `CAST(${reading.sql} AS DOUBLE)`;
  return `CAST(${part.columns.find((column) => column.name === name)!.sql} AS VARCHAR)`;
}

function noColumn(part: Part, name: string, all: readonly string[]): TableReadError {
  const near = nearest(name, all);
  return unreadable(
    "wrong-value",
    `${part.name} has no column "${name}"${near ? `; did you mean "${near}"?` : ""} It has ${listed(all)}.`,
  );
}

/** Files of one pattern have the same columns, in any order. */
function sameColumns(first: Part, part: Part, wanted?: readonly string[]): void {
  const names = (one: Part) => one.columns.map(({ name }) => name).filter((name) => wanted?.includes(name) ?? true);
  const [here, there] = [names(first), names(part)];
  const lacking = here.find((name) => !there.includes(name));
  if (lacking !== undefined)
    throw unreadable("wrong-value", `${part.name} has no column "${lacking}", which ${first.name} has`);
  const extra = there.find((name) => !here.includes(name));
  if (extra !== undefined)
    throw unreadable("wrong-value", `${part.name} has a column "${extra}", which ${first.name} has not`);
}

/**
 * Rows drawn without putting back, each as likely as any other, while their number is not known
 * (Vitter's algorithm R).
 */
class Sample {
  private readonly size: number;
  private readonly generator: Generator;
  /** The row that each position holds. */
  private readonly rows: number[] = [];
  private seen = 0;

  constructor(size: number, seed: number) {
    this.size = size;
    this.generator = new Generator(seed);
  }

  take(builders: readonly ColumnBuilder[], vectors: readonly DuckDBVector[], count: number): void {
    const free = Math.min(this.size - this.rows.length, count);
    if (free > 0) {
      for (const [column, builder] of builders.entries()) builder.append(vectors[column], 0, free);
      for (let row = 0; row < free; row++) this.rows.push(this.seen++);
    }
    for (let row = Math.max(free, 0); row < count; row++) {
      const position = this.generator.random53() % (this.seen + 1);
      if (position < this.size) {
        this.rows[position] = this.seen;
        for (const [column, builder] of builders.entries()) builder.replace(position, vectors[column], row);
      }
      this.seen++;
    }
  }

  /** Positions in the order of the rows they hold. */
  order(): Int32Array {
    return Int32Array.from(this.rows.keys()).sort((a, b) => this.rows[a] - this.rows[b]);
  }
}
