import { text } from "../../core/index.ts";
import { presentOf, quantilesOf } from "../encoding/scaling/statistics.ts";
import { shorten } from "../schema/columns.ts";
import { type Finding, finding } from "./findings.ts";

type Numbers = Float64Array | Float32Array;

/** Fewer values than this have no usual range. */
const fewestValues = 50;
/** Values by which the quartiles are estimated. */
const sampleSize = 100_000;
/** Interquartile ranges beyond the quartile, of the values and of their logarithms. */
const farOut = 15;
const farOutLogarithm = 4;
/** A column whose commonest value has this share of the rows hardly varies. */
const nearlyAll = 0.99;

/**
 * What is doubtful about the values of a numeric column: a number that stands for a missing one,
 * values far outside the rest, and one value in nearly all rows.
 */
export function checkNumbers(name: string, values: Numbers): Finding[] {
  const extent = extentOf(values);
  if (extent.count < fewestValues) return [];
  const findings: Finding[] = [];
  const named = `column ${shorten(name)}`;
  const sentinel = sentinelOf(values, extent);
  if (sentinel !== undefined) {
    const { value, count, low, high } = sentinel;
    const row = values.indexOf(value);
    const statement = `${named} holds ${value} in ${rowsText(count)}, first in row ${row}, and otherwise ${low} to ${high}: it looks like a missing value`;
    const cure = text`if it is one, say ${{ option: "nulls", value: [String(value)] }}`;
    findings.push(finding("warning", "sentinel", statement, cure, { column: name, row }));
  }
  const rest = sentinel === undefined ? values : values.filter((value) => value !== sentinel.value);
  const quartiles = quartilesOf(rest);
  const outliers = outliersIn(rest, quartiles, sentinel === undefined ? extent : extentOf(rest));
  if (outliers !== undefined) {
    const row = values.indexOf(outliers.farthest);
    const [low, , high] = quartiles;
    const statement = `${named} holds ${outliers.farthest} in row ${row}, and in half of the rows ${short(low)} to ${short(high)}`;
    const others = outliers.count === 1 ? "" : ` (${outliers.count} rows are as far outside)`;
    const cure = "correct it if it is a mistake, or take it as missing";
    findings.push(finding("warning", "far-outside", `${statement}${others}`, cure, { column: name, row }));
  }
  const common = commonOf(values, quartiles, extent);
  if (common !== undefined) {
    const { value, share, farthest } = common;
    const statement = `${named} has the value ${value} in ${percent(share)} of its rows: another value is up to ${farthest.toPrecision(3)} standard deviations away`;
    findings.push(finding("note", "near-constant", statement, "leave it out if it tells nothing", { column: name }));
  }
  return findings;
}

/** How many values are there, the smallest and the largest. */
interface Extent {
  readonly count: number;
  readonly low: number;
  readonly high: number;
}

function extentOf(values: Numbers): Extent {
  let [count, low, high] = [0, Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isNaN(value)) continue;
    count++;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { count, low, high };
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** Never "100%" of what is not all. */
function percent(share: number): string {
  return `${Math.floor(share * 10_000) / 100}%`;
}

function rowsText(count: number): string {
  return count === 1 ? "1 row" : `${count} rows`;
}

interface Sentinel {
  readonly value: number;
  readonly count: number;
  /** The range of all other values. */
  readonly low: number;
  readonly high: number;
}

/**
 * A number of two or more nines, with or without a minus, that is the smallest or the largest value
 * and at least as far from the others as these are from each other.
 */
function sentinelOf(values: Numbers, { low, high }: Extent): Sentinel | undefined {
  for (const value of [low, high]) {
    if (!/^-?9{2,}$/.test(String(value))) continue;
    const others = values.filter((other) => other !== value);
    const rest = extentOf(others);
    const gap = value === low ? rest.low - value : value - rest.high;
    const range = rest.high - rest.low;
    const count = values.length - others.length;
    if (range > 0 && gap >= range) return { value, count, low: rest.low, high: rest.high };
  }
  return undefined;
}

function quartilesOf(values: Numbers): number[] {
  const step = Math.ceil(values.length / sampleSize);
  const sample = step === 1 ? values : values.filter((_, i) => i % step === 0);
  return quantilesOf(presentOf(sample), [0.25, 0.5, 0.75]);
}

/**
 * Values more than 15 interquartile ranges from the quartiles, if they are at most 3 or one in a
 * thousand. The long tail of a positive quantity such as an income is no mistake: its large values
 * must be 4 interquartile ranges away in logarithms, too; those of the values above 0. Among values
 * of both signs, or of which a quarter is 0, they must be twice as far from the quartiles as any
 * other value.
 */
function outliersIn(values: Numbers, [low, , high]: readonly number[], extent: Extent) {
  const range = high - low;
  const bound = farOut * range;
  if (!(range > 0) || Math.max(low - extent.low, extent.high - high) <= bound) return undefined;
  const positive = extent.low >= 0;
  const far = positive ? farLogarithm(low > 0 ? [low, high] : quartilesOf(values.filter((value) => value > 0))) : 0;
  let [count, farthest, most] = [0, 0, 0];
  let [least, within] = [Infinity, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const distance = Math.max(low - value, value - high);
    if (!(distance > bound) || (positive && value > high && Math.log(value) <= far)) {
      if (distance > within) within = distance;
      continue;
    }
    count++;
    if (distance < least) least = distance;
    if (distance > most) [most, farthest] = [distance, value];
  }
  if (count === 0 || count > Math.max(3, extent.count / 1000)) return undefined;
  return (positive && low > 0) || least >= 2 * within ? { count, farthest } : undefined;
}

/** The logarithm up to which a positive value is no mistake. */
function farLogarithm(quartiles: readonly number[]): number {
  const [low, high] = [quartiles[0], quartiles[quartiles.length - 1]].map(Math.log);
  return high + farOutLogarithm * (high - low);
}

/** The value of nearly all rows, and how many standard deviations the others are away at most. */
function commonOf(values: Numbers, [low, value, high]: readonly number[], extent: Extent) {
  if (low !== high || extent.low === extent.high) return undefined;
  let [same, squares, sum] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const difference = values[i] - value;
    if (Number.isNaN(difference)) continue;
    if (difference === 0) same++;
    sum += difference;
    squares += difference * difference;
  }
  const share = same / extent.count;
  if (share < nearlyAll) return undefined;
  const deviation = Math.sqrt(squares / extent.count - (sum / extent.count) ** 2);
  return { value, share, farthest: Math.max(value - extent.low, extent.high - value) / deviation };
}
