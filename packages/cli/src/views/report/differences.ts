import { metricFacts } from "../../shell/metrics.ts";
import { type BarAxis, barAxis, drawAxis, drawBar, type IntervalBar, intervalBar } from "./charts/intervalBar.ts";
import { type Html, html } from "./html.ts";
import { signedText } from "./numbers.ts";
import type { Estimate, KeptArm, StudyReportData } from "./types.ts";

/** An arm beside the reference. */
interface DifferenceRow {
  readonly name: string;
  readonly side: "better" | "worse" | "open";
  readonly difference: string;
  readonly interval: string;
  /** Null for the reference. */
  readonly bar: IntervalBar | null;
}

/** The picture of the differences as data. */
export interface Differences {
  readonly axis: BarAxis;
  /** Whether something is beyond the ends of the axis. */
  readonly beyond: { readonly left: boolean; readonly right: boolean };
  readonly groups: readonly { readonly title: string; readonly rows: readonly DifferenceRow[] }[];
}

/** Undefined where no arm has a difference. */
export function differencesOf({ kept, metric }: Pick<StudyReportData, "kept" | "metric">): Differences | undefined {
  const shown = kept.filter(({ difference }) => difference === null || Number.isFinite(difference.value));
  const apart = shown.flatMap(({ difference }) => difference ?? []);
  if (apart.length === 0) return undefined;
  const seeds = shown.flatMap(({ differences }) => differences);
  const axis = barAxis(extentOf(apart, seeds), { none: 0 });
  const { better } = metricFacts(metric);
  const groups = [...new Set(shown.map(({ group }) => group))].map((title) => ({
    title,
    rows: shown.filter(({ group }) => group === title).map((arm) => rowOf(arm, axis, better)),
  }));
  const bars = groups.flatMap(({ rows }) => rows.flatMap(({ bar }) => bar ?? []));
  const beyond = { left: bars.some(({ left }) => left !== null), right: bars.some(({ right }) => right !== null) };
  return { axis, beyond, groups };
}

function rowOf(arm: KeptArm, axis: BarAxis, better: "lower" | "higher"): DifferenceRow {
  const { name, difference, differences } = arm;
  if (difference === null) return { name, side: "open", difference: "reference", interval: "", bar: null };
  const { value, interval } = difference;
  return {
    name,
    side: sideOf(interval, better),
    difference: signedText(value),
    interval: interval === null ? "" : `${signedText(interval.low)} to ${signedText(interval.high)}`,
    bar: intervalBar({ value, interval, seeds: differences }, axis, signedText),
  };
}

/**
 * The ends of the axis: one arm with an extreme difference must not compress all others into a
 * line. Where it would, the axis ends at 6 times the median reach of the intervals.
 */
function extentOf(differences: readonly Estimate[], seeds: readonly number[]): number[] {
  const ends = differences.flatMap(({ value, interval }) => (interval ? [interval.low, interval.high] : [value]));
  const reach = differences
    .map(({ value, interval }) => Math.max(Math.abs(interval?.low ?? value), Math.abs(interval?.high ?? value)))
    .sort((a, b) => a - b);
  const middle = reach[Math.floor((reach.length - 1) / 2)];
  const isCut = reach[reach.length - 1] > 12 * middle;
  const most = isCut ? 6 * middle : reach[reach.length - 1];
  return [
    ...ends.map((value) => Math.min(most, Math.max(-most, value))),
    ...seeds.filter((x) => Math.abs(x) <= (isCut ? most : 1.5 * most)),
  ];
}

function sideOf(interval: Estimate["interval"], better: "lower" | "higher"): DifferenceRow["side"] {
  if (interval === null || !(interval.low > 0 || interval.high < 0)) return "open";
  return interval.high < 0 === (better === "lower") ? "better" : "worse";
}

/** A row for each arm, under the headings of their groups, and the axis below them. */
export function differencesFigure(data: StudyReportData): Html | undefined {
  const differences = differencesOf(data);
  if (differences === undefined) return undefined;
  const { axis, beyond, groups } = differences;
  const { metric, unit, reference, kept } = data;
  const { short, better, inUnits } = metricFacts(metric);
  const side = better === "lower" ? "left" : "right";
  const title = `Test ${short} minus that of ${reference}${inUnits && unit !== undefined ? `, ${unit}` : ""}`;
  const lists = groups.map(
    ({ title, rows }) => html`<p class="group">${title}</p>
<ul class="rows">
${rows.map(rowHtml(axis))}</ul>
`,
  );
  const marks = kept.some(({ differences }) => differences.length > 0) ? " Small marks: seeds." : "";
  return html`<figure class="differences${beyond.left && " left"}${beyond.right && " right"}">${lists}<div class="row foot"><p>${title}</p>${drawAxis(axis)}</div>
<figcaption>Each arm beside the reference, seed by seed: ${side} of the dashed line is better. Dots and lines: means and their 95% intervals; grey where the interval holds 0.${marks} An arrow: beyond the axis, with the number that is there.</figcaption></figure>
`;
}

function rowHtml(axis: BarAxis): (row: DifferenceRow) => Html {
  return ({
    name,
    side,
    difference,
    interval,
    bar,
  }) => html`<li class="row"><span class="name">${name}</span>${bar === null ? drawBar(none, axis, { none: 0 }, "open") : drawBar(bar, axis, { none: 0 }, side)}<span class="value ${side}">${difference} <small>${interval}</small></span></li>
`;
}

const none: IntervalBar = { dot: null, line: null, seeds: [], left: null, right: null };
