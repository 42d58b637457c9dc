import { tickText } from "../../../shell/figures.ts";
import { type Html, html } from "../html.ts";
import { heightOf, logarithmic, paddedScale, roundTicks, type Scale } from "./scale.ts";

/**
 * A figure with its interval as a bar on a horizontal axis. Places are percentages of the width, so
 * that one drawing fits a wide screen, a phone and paper, with texts in the size of the page's.
 */

/** A figure, its interval, and the values of single seeds. */
export interface Mark {
  readonly value: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly seeds?: readonly number[];
}

/** Where things are, in percent from the left. */
export interface IntervalBar {
  /** Null where the figure is beyond the axis. */
  readonly dot: number | null;
  readonly line: readonly [number, number] | null;
  readonly seeds: readonly number[];
  /** What is beyond the ends of the axis. */
  readonly left: string | null;
  readonly right: string | null;
}

/** A horizontal axis, logarithmic for ratios. */
export type BarAxis = Scale;

/** The strip of effects that are too small to be of interest, and the line of no effect. */
export interface BarGround {
  readonly none: number;
  readonly worth?: number;
}

const fewestTicks = 3;
const mostTicks = 7;

/**
 * An axis on which these values, and the ground, can be seen. Ratios, which have no effect at 1, are
 * as far from it as their logarithms.
 */
export function barAxis(values: readonly number[], ground: BarGround): BarAxis {
  const all = [...values, ground.none, ground.worth ?? ground.none].filter(Number.isFinite);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const isRatio = ground.none === 1 && low > 0;
  const axis = isRatio ? logarithmic(low, high) : paddedScale(low, high, fewestTicks + 1);
  const { domain, ticks } = axis;
  if (ticks.length > mostTicks) return { ...axis, ticks: ticks.filter((tick) => Number.isInteger(Math.log10(tick))) };
  const finer = [4, 6, 9].map((about) => roundTicks(domain, about)).find(({ length }) => length >= fewestTicks);
  return ticks.length >= fewestTicks ? axis : { ...axis, ticks: finer ?? ticks };
}

/** @param write turns the number of what is beyond the axis into a text */
export function intervalBar(mark: Mark, axis: BarAxis, write: (value: number) => string): IntervalBar {
  const { value, interval, seeds = [] } = mark;
  const [least, most] = axis.domain;
  const isSeen = (at: number) => at >= least && at <= most;
  const beyond = (ends: { value: boolean; interval: boolean }, end: number | undefined, seed: number) => {
    if (ends.value) return write(value);
    if (ends.interval && end !== undefined) return `to ${write(end)}`;
    return seeds.length > 0 && !isSeen(seed) ? `seed ${write(seed)}` : null;
  };
  const [lowest, highest] = [Math.min(...seeds, most), Math.max(...seeds, least)];
  const overlaps = interval !== null && interval.high >= least && interval.low <= most;
  return {
    dot: isSeen(value) ? placeOn(axis, value) : null,
    line: overlaps ? [placeOn(axis, interval.low), placeOn(axis, interval.high)] : null,
    seeds: seeds.filter(isSeen).map((seed) => placeOn(axis, seed)),
    left: beyond({ value: value < least, interval: (interval?.low ?? value) < least }, interval?.low, lowest),
    right: beyond({ value: value > most, interval: (interval?.high ?? value) > most }, interval?.high, highest),
  };
}

/** In percent from the left, to a hundredth; values beyond the axis are at its ends. */
function placeOn(axis: BarAxis, value: number): number {
  return Number((100 - heightOf(value, axis, 100)).toFixed(2));
}

/**
 * Draws a bar for a page that says its figures in words beside it.
 * @param tone the class of its colour
 */
export function drawBar(bar: IntervalBar, axis: BarAxis, { none, worth }: BarGround, tone: string): Html {
  const at = placeOn(axis, none);
  const to = placeOn(axis, worth ?? none);
  const { dot, line, seeds, left, right } = bar;
  return html`<svg class="interval ${tone}" aria-hidden="true">${
    worth !== undefined &&
    html`<rect x="${Math.min(at, to)}%" width="${Number(Math.abs(at - to).toFixed(2))}%" height="100%"/>`
  }<line class="none" x1="${at}%" x2="${at}%" y2="100%"/>${
    seeds.length > 0 && html`<g>${seeds.map((seed) => html`<line x1="${seed}%" x2="${seed}%" y1="30%" y2="70%"/>`)}</g>`
  }${line !== null && html`<line class="line" x1="${line[0]}%" x2="${line[1]}%" y1="50%" y2="50%"/>`}${
    dot !== null && html`<circle cx="${dot}%" cy="50%" r="4.5"/>`
  }${left !== null && arrow("0", "M0-5L-9 0L0 5z", -13, left)}${
    right !== null && arrow("100%", "M0-5L9 0L0 5z", 13, right)
  }</svg>`;
}

/** An arrow beyond an end of the axis, and what is there; the page leaves room for it. */
function arrow(x: string, path: string, dx: number, text: string): Html {
  return html`<svg x="${x}" y="50%"><path d="${path}"/><text x="${dx}" y="4"${dx < 0 && html` text-anchor="end"`}>${text}</text></svg>`;
}

/** The numbers of an axis, to stand below its bars. */
export function drawAxis(axis: BarAxis): Html {
  const texts = axis.ticks.map((tick) => {
    const at = placeOn(axis, tick);
    const anchor = at < 5 ? "start" : at > 95 ? "end" : "middle";
    return html`<line x1="${at}%" x2="${at}%" y2="4"/><text x="${at}%" y="15" text-anchor="${anchor}">${tickText(tick)}</text>`;
  });
  return html`<svg class="axis" aria-hidden="true"><line x2="100%"/>${texts}</svg>`;
}
