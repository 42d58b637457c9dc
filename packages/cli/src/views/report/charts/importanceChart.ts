import type { PositionFieldDef } from "vega-lite/types_unstable/channeldef.js";
import { metricFacts } from "../../../shell/metrics.ts";
import type { Html } from "../html.ts";
import { signedText } from "../numbers.ts";
import type { Importance } from "../types.ts";
import { axisText, chart, inks, nameAxis, pageWidth } from "./chart.ts";
import { paddedScale } from "./scale.ts";

/** The most columns with a bar: the most important ones. */
export const mostColumns = 20;

const step = 25;

/**
 * The columns by how much worse the score becomes when they are shuffled, and the spread over the
 * repetitions.
 */
export async function importanceChart(
  columns: readonly Importance[],
  { metric, unit }: { readonly metric: string; readonly unit?: string | undefined },
): Promise<Html> {
  const shown = columns
    .map(({ column, drops }) => {
      const mean = drops.reduce((sum, drop) => sum + drop, 0) / drops.length;
      const [low, high] = [Math.min(...drops), Math.max(...drops)];
      // A bar to the left of 0 ends there, with the text beside it.
      return { column, mean, low, high, end: Math.max(0, high), text: signedText(mean) };
    })
    .sort((a, b) => b.mean - a.mean)
    .slice(0, mostColumns);
  const names = nameAxis(shown.map(({ column }) => column));
  const bars = shown.map((bar, row) => ({ ...bar, row: names.keys[row] }));
  const { short, inUnits, better } = metricFacts(metric);
  const inUnit = inUnits && unit !== undefined ? `, ${unit}` : "";
  const { domain, ticks } = paddedScale(
    Math.min(0, ...bars.map(({ low }) => low)),
    Math.max(0, ...bars.map(({ high }) => high)),
  );
  const right = 70;
  const y = names.y;
  const x: PositionFieldDef<string> = { type: "quantitative", scale: { domain, nice: false } };
  const title = `${short} ${better === "lower" ? "rises" : "falls"} by${inUnit}`;
  return chart(
    {
      width: pageWidth - names.width - right,
      height: step * bars.length,
      padding: { left: names.width, right, top: 4, bottom: 42 },
      data: { values: bars },
      layer: [
        {
          mark: { type: "bar", color: inks.series[0], height: 13, opacity: 0.85 },
          encoding: { y, x: { ...x, field: "mean", axis: { title, values: ticks, labelExpr: axisText(ticks) } } },
        },
        {
          mark: { type: "rule", color: inks.text, strokeWidth: 1.25 },
          encoding: { y, x: { ...x, field: "low" }, x2: { field: "high" } },
        },
        {
          mark: { type: "text", align: "left", dx: 7 },
          encoding: { y, x: { ...x, field: "end" }, text: { field: "text" } },
        },
      ],
    },
    `Permutation importance: ${bars
      .slice(0, 5)
      .map(({ column, text }) => `${column} ${text}`)
      .join(", ")}.`,
  );
}
