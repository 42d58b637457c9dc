import type { Column } from "evenkeel/tabular";
import type { Database } from "../database.ts";
import type { Allowed } from "../limits.ts";
import { Pace } from "../pace.ts";
import type { ReadNote } from "../readError.ts";
import { columnBuilder } from "./columnBuilder.ts";
import {
  commonReading,
  convertedNote,
  type Kept,
  leftOutNote,
  nothingToRead,
  type Reading,
  readingOf,
} from "./columnTypes.ts";
import { namesOf } from "./names.ts";
import type { Part } from "./part.ts";
import { Sample } from "./sample.ts";

export interface CollectOptions extends Pick<Allowed, "maxRecord"> {
  /** The columns that are wanted, all others are not even read. */
  readonly columns?: readonly string[] | undefined;
  /** The first rows only. */
  readonly limit?: number | undefined;
  /** So many rows drawn from all, in their order. */
  readonly sample?: number | undefined;
  readonly seed?: number | undefined;
  /**
   * Columns whose texts are wanted as they stand, however many they are. Others may be left out for
   * their many texts, or come as numbers that are written in several ways.
   */
  readonly carry?: readonly string[] | "all" | undefined;
  /**
   * Told five times a second, and at the end, how many rows have been read, and which part of all
   * that is where it is known.
   */
  readonly onProgress?: ((rows: number, part?: number) => void) | undefined;
}

export interface Collected {
  readonly rows: number;
  readonly columns: readonly Column[];
  readonly notes: readonly ReadNote[];
}

/** What is read of a column, from all parts alike. */
export interface ColumnPlan {
  readonly name: string;
  readonly as: Kept;
  /** Doubles below this are exactly the numbers that the columns hold. */
  readonly exactBelow: number;
}

/**
 * Reads all parts, one after the other, batch by batch into growing columns. A column with numbers
 * that doubles do not hold is one of texts.
 *
 * @param onPart is told which part is read, so that an error can name it
 */
export async function collect(
  database: Database,
  parts: readonly Part[],
  options: CollectOptions,
  onPart: (index: number) => void,
): Promise<Collected> {
  const inexact = new Set<string>();
  for (;;) {
    const { found, collected } = await collectOnce(database, parts, options, onPart, inexact);
    if (found.length === 0) return collected;
    for (const name of found) inexact.add(name);
  }
}

/** @param texts columns of numbers that are read as texts */
async function collectOnce(
  database: Database,
  parts: readonly Part[],
  options: CollectOptions,
  onPart: (index: number) => void,
  texts: ReadonlySet<string>,
): Promise<{ readonly found: readonly string[]; readonly collected: Collected }> {
  const { limit = Number.POSITIVE_INFINITY, onProgress, carry = [], maxRecord } = options;
  const { plans, notes } = planOf(parts, options.columns, texts);
  const isCarried = (name: string) => carry === "all" || carry.includes(name);
  const builders = plans.map(({ name, as, exactBelow }) =>
    columnBuilder(name, as, exactBelow, { carried: isCarried(name), maxRecord }),
  );
  const sample = options.sample === undefined ? undefined : new Sample(options.sample, options.seed ?? 0);
  let read = 0;
  const pace = new Pace();
  for (const [index, part] of parts.entries()) {
    if (read >= limit) break;
    onPart(index);
    const query = `SELECT ${plans.map((plan, i) => `${expression(part, plan)} AS x${i}`).join(", ")} FROM ${part.from}`;
    for await (const batch of database.batches(query, limit - read)) {
      const vectors = builders.map((_, column) => batch.column(column));
      const append = (start: number, end: number) => {
        for (const [column, builder] of builders.entries()) builder.append(vectors[column], start, end);
      };
      const replace = (position: number, row: number) => {
        for (const [column, builder] of builders.entries()) builder.replace(position, vectors[column], row);
      };
      if (sample) sample.take(batch.rows, { append, replace });
      else append(0, batch.rows);
      read += batch.rows;
      if (pace.isDue()) onProgress?.(read);
    }
  }
  onProgress?.(read);
  const order = sample?.order();
  const finished = builders.map((builder) => builder.finish(order));
  return {
    found: plans.filter((_, i) => finished[i].inexact).map(({ name }) => name),
    collected: {
      rows: order?.length ?? read,
      columns: finished.flatMap(({ column }) => column ?? []),
      notes: [...parts.flatMap((part) => part.notes), ...notes, ...finished.flatMap((one) => one.notes)],
    },
  };
}

/** Which columns are read and as what, the same for all parts. */
export function planOf(
  parts: readonly Part[],
  wanted: readonly string[] | undefined,
  texts: ReadonlySet<string>,
): { plans: ColumnPlan[]; notes: ReadNote[] } {
  const notes: ReadNote[] = [];
  const plans: ColumnPlan[] = [];
  for (const name of namesOf(parts, wanted)) {
    const readings = parts.map((part) => readingIn(part, name));
    const ignored = readings.find((reading) => reading.as === "ignored");
    if (ignored?.as === "ignored") {
      notes.push(leftOutNote(name, ignored.why));
      continue;
    }
    const kept = readings.filter((reading) => reading.as !== "ignored");
    const note = kept.find((reading) => reading.note !== undefined)?.note;
    if (note !== undefined) notes.push(convertedNote(name, note));
    const common = kept.map(({ as }) => as).reduce(commonReading);
    const exactBelow = Math.min(...kept.map(({ exactBelow = Number.POSITIVE_INFINITY }) => exactBelow));
    plans.push({ name, as: texts.has(name) ? "text" : common, exactBelow });
  }
  if (plans.length === 0) throw nothingToRead(parts[0].name, notes);
  return { plans, notes };
}

function readingIn(part: Part, name: string): Reading {
  const { sql, type, digits } = part.columns.find((column) => column.name === name)!;
  const reading = readingOf(sql, type);
  return digits === undefined || reading.as === "ignored" ? reading : { ...reading, text: digits, exactBelow: 2 ** 53 };
}

/** What DuckDB computes for a column. */
export function expression(part: Part, { name, as }: ColumnPlan): string {
  const reading = readingIn(part, name);
  if (reading.as === "ignored") throw new Error(`column ${name} is not read`);
  if (reading.as === as) return reading.sql;
  if (as === "number") return `CAST(${reading.sql} AS DOUBLE)`;
  return reading.text ?? `CAST(${part.columns.find((column) => column.name === name)!.sql} AS VARCHAR)`;
}
