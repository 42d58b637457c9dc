import type { PositionFieldDef } from "vega-lite/types_unstable/channeldef.js";
import { scoreText } from "../../../shell/figures.ts";
import type { Html } from "../html.ts";
import type { Estimate, StudyArm } from "../types.ts";
import { axisText, chart, inks, nameAxis, pageWidth } from "./chart.ts";
import { paddedScale } from "./scale.ts";

type Difference = Pick<StudyArm, "label" | "differences"> & { readonly difference: Estimate };

const step = 34;

/**
 * Differences of arms to a reference: a dot with its interval, a small mark for each seed, and the
 * figures beside it.
 */
export async function differencesChart(
  rows: readonly Difference[],
  { title, to, better }: { readonly title: string; readonly to: string; readonly better: "lower" | "higher" },
): Promise<Html> {
  // The names of arms differ at the end: "robust scale, no normalization, dropout 0.25", "…, as
  // trained".
  const names = nameAxis(
    rows.map(({ label }) => label),
    48,
  );
  const values = rows.map(({ difference: { value, interval } }, row) => ({
    row: names.keys[row],
    mean: value,
    low: interval?.low ?? value,
    high: interval?.high ?? value,
    side: sideOf(interval, better),
    text: estimateText(value, interval),
  }));
  const seeds = rows.flatMap(({ differences = [] }, row) =>
    differences.map((value) => ({ row: names.keys[row], value })),
  );
  const { domain, ticks } = paddedScale(...extentOf(values), 6);
  const right = 170;
  const width = pageWidth - names.width - right;
  const y = names.y;
  const x: PositionFieldDef<string> = { type: "quantitative", scale: { domain, nice: false, clamp: true } };
  const color = {
    field: "side",
    type: "nominal" as const,
    scale: { domain: ["better", "worse", "open"], range: [inks.series[2], inks.series[1], inks.quiet] },
    legend: null,
  };
  return chart(
    {
      width,
      height: step * rows.length,
      padding: { left: names.width, right, top: 6, bottom: 42 },
      data: { values },
      layer: [
        {
          data: { values: [{ zero: 0 }] },
          mark: { type: "rule", color: inks.quiet, strokeDash: [4, 3] },
          encoding: { x: { ...x, field: "zero" } },
        },
        {
          data: { values: seeds },
          mark: { type: "tick", color: inks.quiet, opacity: 0.7, thickness: 1.25, size: 11 },
          encoding: {
            y,
            x: {
              ...x,
              field: "value",
              axis: { title: `${title} minus that of ${to}`, values: ticks, labelExpr: axisText(ticks), grid: false },
            },
          },
        },
        {
          mark: { type: "rule", strokeWidth: 2.5 },
          encoding: { y, x: { ...x, field: "low" }, x2: { field: "high" }, color },
        },
        { mark: { type: "circle", size: 75, opacity: 1 }, encoding: { y, x: { ...x, field: "mean" }, color } },
        {
          mark: { type: "text", align: "left", dx: 14 },
          encoding: { y, x: { value: width }, text: { field: "text" }, color },
        },
      ],
    },
    `Differences to ${to}, mean and interval: ${values.map(({ text }, row) => `${rows[row].label} ${text}`).join("; ")}.`,
  );
}

/**
 * The ends of the axis: one arm with an extreme difference must not compress all others into a
 * line.
 */
function extentOf(intervals: readonly { readonly low: number; readonly high: number }[]): [number, number] {
  const reach = intervals.map(({ low, high }) => Math.max(Math.abs(low), Math.abs(high))).sort((a, b) => a - b);
  const most = 5 * reach[Math.floor((reach.length - 1) / 2)];
  const within = (value: number) => Math.min(most, Math.max(-most, value));
  return [
    Math.min(0, ...intervals.map(({ low }) => within(low))),
    Math.max(0, ...intervals.map(({ high }) => within(high))),
  ];
}

function sideOf(interval: Estimate["interval"], better: "lower" | "higher"): string {
  if (interval === null || !(interval.low > 0 || interval.high < 0)) return "open";
  return interval.high < 0 === (better === "lower") ? "better" : "worse";
}

function estimateText(value: number, interval: Estimate["interval"]): string {
  const range = interval === null ? "" : `  (${signedText(interval.low)} to ${signedText(interval.high)})`;
  return signedText(value) + range;
}

/** "+1.25", "−0.08": with a typographic minus sign. */
export function signedText(value: number): string {
  const text = scoreText(Math.abs(value));
  if (Number(text.replaceAll(",", "")) === 0) return "0";
  return value < 0 ? `−${text}` : `+${text}`;
}
