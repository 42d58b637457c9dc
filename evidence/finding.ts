import { type Estimate, type EstimateOptions, estimateMean } from "evenkeel/study";

/** A claim of the literature, and the trainings here that it is held against. */
export interface Finding {
  /** Of the command, of the page docs/evidence/NAME.md and of its figures. */
  readonly name: string;
  readonly title: string;
  /** Experiments that can run one by one, each for tables of its own. */
  readonly parts: readonly Part[];
  /** Compares the tables with the claim, by a rule. */
  conclude(tables: Tables): Conclusion;
}

/** @param first the first seed; the others follow. @param note tells progress */
export type Part = (first: number, note: (text: string) => void) => Tables | Promise<Tables>;

export type Tables = Readonly<Record<string, Table>>;

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export type Cell = string | number | Estimate;

export interface Conclusion {
  readonly verdict: "as published" | "as planted" | "in part" | "undecided" | "not as published" | "not as planted";
  /** One sentence with its figures. */
  readonly sentence: string;
}

export interface Figures extends Conclusion {
  readonly tables: Tables;
}

/** @returns all figures, rounded to three digits */
export async function figuresOf(finding: Finding, first: number, note: (text: string) => void): Promise<Figures> {
  let tables: Tables = {};
  for (const part of finding.parts) tables = { ...tables, ...(await part(first, note)) };
  const rounded = roundedTables(tables);
  return { ...finding.conclude(rounded), tables: rounded };
}

/** What is stored: a value that is not finite becomes "none". */
export function roundedTables(tables: Tables): Tables {
  const number = (value: number) => Number(value.toPrecision(3));
  const cell = (value: Cell): Cell => {
    if (typeof value === "string") return value;
    if (typeof value === "number") return Number.isFinite(value) ? number(value) : "none";
    if (!Number.isFinite(value.value)) return "none";
    const { interval } = value;
    return {
      ...{ count: value.count, value: number(value.value) },
      interval: interval && { low: number(interval.low), high: number(interval.high) },
    };
  };
  return Object.fromEntries(
    Object.entries(tables).map(([name, { columns, rows }]) => [
      name,
      { columns, rows: rows.map((row) => row.map(cell)) },
    ]),
  );
}

/** The cell of a table, in the row that begins with these cells. @throws Error if there is none */
export function estimateIn({ columns, rows }: Table, start: readonly Cell[], column: string): Estimate {
  const row = rows.find((cells) => start.every((cell, i) => cells[i] === cell));
  const cell = row?.[columns.indexOf(column)];
  if (typeof cell !== "object") throw new Error(`no estimate "${column}" in the row of ${start.join(", ")}`);
  return cell;
}

/** "6.51 (6.22 to 6.8)" */
export function words(cell: Cell): string {
  if (typeof cell !== "object") return String(cell);
  const { value, interval } = cell;
  return interval === null ? String(value) : `${value} (${interval.low} to ${interval.high})`;
}

/**
 * The geometric mean of ratios of pairs, with the interval by Student's t on their logarithms. All
 * values are above 0.
 */
export function estimateRatio(pairs: readonly (readonly [number, number])[], options?: EstimateOptions): Estimate {
  const logarithms = pairs.map(([first, second]) => Math.log(first / second));
  const { count, value, interval } = estimateMean(logarithms, options);
  return {
    ...{ count, value: Math.exp(value) },
    interval: interval && { low: Math.exp(interval.low), high: Math.exp(interval.high) },
  };
}

/** `count` seeds from the first one on. */
export function seedsFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

/** The item with the smallest value. */
export function least<T>(items: readonly T[], of: (item: T) => number): T {
  return items.reduce((best, item) => (of(item) < of(best) ? item : best));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
