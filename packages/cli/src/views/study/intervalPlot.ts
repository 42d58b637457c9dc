import type { Estimate } from "evenkeel/study";
import { scoreText } from "../../shell/figures.ts";
import type { Signs } from "../signs.ts";

/** An axis of differences that several rows share; 0 lies on it. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly columns: number;
}

/**
 * The axis for these differences. One far outlier does not press the others into a dot: the axis
 * ends at eight times the middle one, and what lies beyond is drawn with an arrow.
 */
export function axisOf(estimates: readonly Estimate[], columns: number): Axis {
  const ends = estimates
    .flatMap(({ value, interval }) => (interval === null ? [value] : [interval.low, value, interval.high]))
    .filter(Number.isFinite);
  const reaches = estimates
    .flatMap(({ interval }) => (interval === null ? [] : [Math.max(Math.abs(interval.low), Math.abs(interval.high))]))
    .filter((reach) => Number.isFinite(reach) && reach > 0)
    .sort((a, b) => a - b);
  const most = 8 * (reaches[Math.floor((reaches.length - 1) / 2)] ?? 0) || Number.POSITIVE_INFINITY;
  const low = Math.max(-most, Math.min(0, ...ends));
  const high = Math.min(most, Math.max(0, ...ends));
  return low === high ? { low: -1, high: 1, columns } : { low, high, columns };
}

function columnOf({ low, high, columns }: Axis, value: number): number {
  return Math.round(((value - low) / (high - low)) * (columns - 1));
}

/** The ends of the axis and 0, above their places. */
export function axisLabels(axis: Axis): string {
  const { low, high, columns } = axis;
  const rounded = (value: number) => scoreText(Number(value.toPrecision(2)));
  const left = low < 0 ? rounded(low) : "0";
  const right = high > 0 ? `+${rounded(high)}` : "0";
  if (left.length + right.length + 1 > columns) return right.padStart(columns);
  const zero = columnOf(axis, 0);
  const between = zero > left.length && zero < columns - right.length - 1;
  const start = between ? `${left.padEnd(zero)}0` : left;
  return `${start}${right.padStart(columns - start.length)}`;
}

/** "   ├──●──┤ ┊ ": a mean and its interval, beside the line of no difference. */
export function plotRow(estimate: Estimate | null, axis: Axis, signs: Signs): string {
  const { columns } = axis;
  const cells = Array.from({ length: columns }, () => " ");
  const zero = columnOf(axis, 0);
  cells[zero] = signs.zero;
  if (estimate === null) return cells.join("");
  const { value, interval } = estimate;
  if (!Number.isFinite(value)) return cells.join("");
  const within = (column: number) => column >= 0 && column < columns;
  if (interval !== null) {
    const [from, to] = [columnOf(axis, interval.low), columnOf(axis, interval.high)];
    for (let i = Math.max(0, from); i <= Math.min(columns - 1, to); i++) {
      cells[i] = i === zero ? signs.crossing : signs.line;
    }
    if (within(from)) cells[from] = signs.leftEnd;
    if (within(to)) cells[to] = signs.rightEnd;
    if (from < 0) cells[0] = signs.leftward;
    if (to >= columns) cells[columns - 1] = signs.rightward;
  }
  const at = columnOf(axis, value);
  if (within(at)) cells[at] = signs.dot;
  else cells[at < 0 ? 0 : columns - 1] = at < 0 ? signs.leftward : signs.rightward;
  return cells.join("");
}
