import { refuse } from "../../core/index.ts";
import { partsThatVary, yearsOf } from "../encoding/calendar.ts";
import { type DatePart, dateParts } from "../encoding/encoding.ts";
import { presentOf } from "../encoding/scaling/statistics.ts";
import { shorten } from "../schema/columns.ts";
import type { ColumnValues } from "../schema/read.ts";
import type { ColumnSummary, TableSummary } from "./columnSummary.ts";
import { joinMoments, type Moments, momentsOf, noMoments } from "./moments.ts";

/** Different texts that are counted in a column. */
export const mostCounted = 100_000;

/** Count, mean and m2 of the numbers of a block. */
type BlockMoments = readonly [count: number, mean: number, m2: number];

interface NumberState {
  readonly kind: "number";
  /** In the order of the blocks. */
  readonly blocks: readonly BlockMoments[];
  readonly missing: number;
  readonly least: number;
  readonly most: number;
  readonly distinct: readonly number[];
  readonly parts: readonly DatePart[];
  /** A time, to find parts that vary between ranks only. */
  readonly time: number | null;
}

interface TextState {
  readonly kind: "text";
  readonly counts: readonly (readonly [text: string, count: number])[];
  readonly missing: number;
}

/** What one rank has counted, as plain JSON. */
export type SummaryState = readonly (readonly [name: string, state: NumberState | TextState])[];

/**
 * Counts and sums up rows that pass by once. Means and deviations are summed by blocks of rows, which
 * are joined in their order: the same blocks give the same bytes, however many ranks divided them.
 */
export class RowSummary {
  readonly #numbers = new Map<string, Numbers>();
  readonly #texts = new Map<string, Texts>();

  /**
   * Adds some values of a column.
   * @param block a number that does not fall from one call to the next
   * @param scaled what means and deviations are taken of, if not the values
   * @throws RangeError if a column has more different texts than are counted
   */
  add(name: string, column: ColumnValues, block: number, scaled?: Float64Array): void {
    if ("codes" in column) {
      const texts = at(this.#texts, name, () => new Texts(name));
      texts.add(column.codes, column.dictionary);
    } else {
      const numbers = at(this.#numbers, name, () => new Numbers());
      numbers.add(column, block, scaled);
    }
  }

  state(): SummaryState {
    return [...this.#numbers, ...this.#texts].map(([name, one]) => [name, one.state()] as const);
  }
}

function at<T>(all: Map<string, T>, name: string, make: () => T): T {
  const known = all.get(name) ?? make();
  all.set(name, known);
  return known;
}

class Numbers {
  readonly #blocks: [block: number, moments: Moments][] = [];
  #missing = 0;
  #least = 0;
  #most = 0;
  readonly #distinct = new Set<number>();
  readonly #parts = new Set<DatePart>();
  #time: number | undefined;

  add(
    { kind, values }: Extract<ColumnValues, { readonly values: unknown }>,
    block: number,
    scaled?: Float64Array,
  ): void {
    const isDate = kind === "date";
    const present = presentOf(isDate ? yearsOf(values as Float64Array) : values);
    this.#missing += values.length - present.length;
    if (isDate) this.#addTimes(presentOf(values));
    if (present.length === 0) return;
    if (this.#distinct.size === 0) this.#least = this.#most = present[0];
    for (let i = 0; i < present.length; i++) {
      const value = present[i];
      if (value < this.#least) this.#least = value;
      if (value > this.#most) this.#most = value;
      if (this.#distinct.size < 3) this.#distinct.add(value + 0);
    }
    const moments = momentsOf(scaled ?? present);
    const last = this.#blocks.at(-1);
    if (last?.[0] === block) last[1] = joinMoments(last[1], moments);
    else this.#blocks.push([block, moments]);
  }

  #addTimes(times: Float64Array): void {
    if (times.length === 0) return;
    this.#time ??= times[0];
    // A part varies if any time differs in it from the first of all.
    if (this.#parts.size < dateParts.length) {
      const all = new Float64Array(times.length + 1);
      all[0] = this.#time;
      all.set(times, 1);
      for (const part of partsThatVary(all, true)) this.#parts.add(part);
    }
  }

  state(): NumberState {
    return {
      kind: "number",
      blocks: this.#blocks.map(([, { count, mean, m2 }]) => [count, mean, m2]),
      missing: this.#missing,
      least: this.#least + 0,
      most: this.#most + 0,
      distinct: [...this.#distinct],
      parts: [...this.#parts],
      time: this.#time ?? null,
    };
  }
}

class Texts {
  readonly #name: string;
  readonly #counts = new Map<string, number>();
  #missing = 0;

  constructor(name: string) {
    this.#name = name;
  }

  add(codes: Int32Array, dictionary: readonly string[]): void {
    const counts = new Int32Array(dictionary.length);
    for (let i = 0; i < codes.length; i++) {
      if (codes[i] < 0) this.#missing++;
      else counts[codes[i]]++;
    }
    for (const [code, text] of dictionary.entries()) {
      if (counts[code] > 0) this.#counts.set(text, (this.#counts.get(text) ?? 0) + counts[code]);
    }
    checkCounted(this.#name, this.#counts.size);
  }

  state(): TextState {
    return { kind: "text", counts: [...this.#counts], missing: this.#missing };
  }
}

function checkCounted(name: string, size: number): void {
  if (size <= mostCounted) return;
  const statement = `column ${shorten(name)} has more than ${mostCounted} different texts, which are not counted`;
  throw refuse("not-supported", "", statement, "ignore the column, or write its texts as numbers", { column: name });
}

/** The summary of all rows, from what each rank has counted, in the order of the ranks. */
export function summaryOf(states: readonly SummaryState[]): TableSummary {
  const joined = new Map<string, (NumberState | TextState)[]>();
  for (const state of states) for (const [name, one] of state) at(joined, name, () => []).push(one);
  return new Map(
    [...joined].map(([name, all]): [string, ColumnSummary] => {
      const numbers = all.filter((one) => one.kind === "number");
      const texts = all.filter((one) => one.kind === "text");
      return [name, numbers.length > 0 ? ofNumbers(numbers) : ofTexts(name, texts)];
    }),
  );
}

function ofNumbers(all: readonly NumberState[]): ColumnSummary {
  const moments = all
    .flatMap(({ blocks }) => blocks)
    .reduce((sum, [count, mean, m2]) => joinMoments(sum, { count, mean, m2 }), noMoments);
  const holding = all.filter(({ distinct }) => distinct.length > 0);
  const distinct = new Set(holding.flatMap((one) => one.distinct));
  const times = all.flatMap(({ time }) => time ?? []);
  const found = new Set([...all.flatMap(({ parts }) => parts), ...partsThatVary(Float64Array.from(times), true)]);
  return {
    kind: "number",
    present: moments.count,
    missing: all.reduce((sum, { missing }) => sum + missing, 0),
    mean: moments.mean,
    deviation: moments.count === 0 ? 0 : Math.sqrt(moments.m2 / moments.count),
    least: holding.length === 0 ? 0 : Math.min(...holding.map(({ least }) => least)),
    most: holding.length === 0 ? 0 : Math.max(...holding.map(({ most }) => most)),
    distinct: [...distinct].slice(0, 3),
    ...(times.length > 0 && { parts: dateParts.filter((part) => found.has(part)) }),
  };
}

function ofTexts(name: string, all: readonly TextState[]): ColumnSummary {
  const counts = new Map<string, number>();
  for (const one of all) for (const [text, count] of one.counts) counts.set(text, (counts.get(text) ?? 0) + count);
  checkCounted(name, counts.size);
  return { kind: "text", counts, missing: all.reduce((sum, { missing }) => sum + missing, 0) };
}
