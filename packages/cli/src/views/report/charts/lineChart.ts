import type { PositionFieldDef } from "vega-lite/types_unstable/channeldef.js";
import type { LayerSpec, UnitSpec } from "vega-lite/types_unstable/spec/index.js";
import type { Html } from "../html.ts";
import { axisText, chart, inks, pageWidth, shortened, textWidth } from "./chart.ts";
import { labelPositions, logarithmic, paddedScale, type Scale } from "./scale.ts";

/** A point of a line, with its band. */
export interface LinePoint {
  readonly label: string;
  readonly at: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Marked with a cross. */
  readonly marked?: boolean;
}

interface LineChartOptions {
  /** The title of the vertical axis. */
  readonly title: string;
  /** A description of the picture. */
  readonly description: string;
  readonly x: Pick<PositionFieldDef<string>, "scale" | "axis">;
  readonly bands: boolean;
  /** Whether to draw a dot at each point, if there are few. */
  readonly dots?: boolean | undefined;
  /** The points of all charts that share a scale. Default: those of this chart. */
  readonly sharedWith?: readonly LinePoint[] | undefined;
  /** A dashed horizontal line with its name. */
  readonly at?: { readonly value: number; readonly name: string } | undefined;
}

const height = 260;
const padding = { left: 48, top: 28, bottom: 42 } as const;

/**
 * Lines with bands, and their names at their ends. The points of a line are consecutive, from left
 * to right.
 */
export async function lineChart(points: readonly LinePoint[], options: LineChartOptions): Promise<Html> {
  const labels = [...new Set(points.map(({ label }) => label))];
  const names = new Map(labels.map((label) => [label, shortened(label, 30)]));
  const right = 16 + Math.max(60, ...[...names.values()].map((name) => textWidth(name) * 1.05));
  const width = pageWidth - padding.left - right;
  const scale = scaleOf(options.sharedWith ?? points);

  const x: PositionFieldDef<string> = { field: "at", type: "quantitative", ...options.x };
  const y: PositionFieldDef<string> = {
    type: "quantitative",
    scale: { type: scale.type, domain: scale.domain, nice: false, clamp: true },
    axis: {
      title: scale.type === "log" ? `${options.title}, logarithmic` : options.title,
      values: scale.ticks,
      labelExpr: axisText(scale.ticks),
    },
  };
  const color = {
    field: "label",
    type: "nominal" as const,
    scale: { domain: labels, range: [...inks.series] },
    legend: null,
  };
  const ends = labels.map((label) => points.findLast((point) => point.label === label)?.mean ?? 0);
  const heights = labelPositions(ends, scale, height, 15);

  const layer: (LayerSpec<string> | UnitSpec<string>)[] = [
    {
      mark: { type: "line", clip: !options.dots, point: options.dots ? { size: 36 } : false },
      encoding: { x, y: { ...y, field: "mean" }, color },
    },
    {
      data: { values: points.filter(({ marked }) => marked) },
      mark: { type: "point", shape: "cross", size: 130, filled: true, opacity: 1 },
      encoding: { x, y: { ...y, field: "mean" }, color },
    },
    {
      data: { values: labels.map((label, i) => ({ label, name: names.get(label), y: heights[i] })) },
      mark: { type: "text", align: "left", dx: 9, fontWeight: 600 },
      encoding: {
        x: { value: width },
        y: { field: "y", type: "quantitative", scale: null },
        text: { field: "name" },
        color,
      },
    },
  ];
  if (options.at !== undefined) {
    const data = { values: [{ at: options.at.value }] };
    layer.unshift(
      { data, mark: { type: "rule", color: inks.quiet, strokeDash: [2, 3] }, encoding: { x } },
      {
        data,
        mark: { type: "text", color: inks.quiet, align: "right", dx: -5, y: 6, fontSize: 11 },
        encoding: { x, text: { value: options.at.name } },
      },
    );
  }
  if (options.bands) {
    const area = { type: "area", opacity: 0.16, clip: true } as const;
    layer.unshift({ mark: area, encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color } });
  }
  return chart(
    {
      width,
      height,
      padding: { ...padding, right },
      data: { values: [...points] },
      layer,
      resolve: { scale: { y: "shared" } },
    },
    options.description,
  );
}

/**
 * Logarithmic if a linear scale would compress most values near the bottom. Bands that reach far
 * out, for seeds that diverged, are clipped instead of flattening the lines.
 */
function scaleOf(points: readonly LinePoint[]): Scale {
  if (points.length === 0) return paddedScale(0, 1);
  const means = points.map(({ mean }) => mean).sort((a, b) => a - b);
  const middle = means[Math.floor(means.length / 2)];
  const reach = 4 * Math.abs(middle);
  const low = Math.min(...points.map((point) => Math.max(point.low, point.mean - reach)));
  const top = means[means.length - 1];
  if (low > 0 && top > 6 * middle) return logarithmic(low, top);
  return paddedScale(low, Math.max(...points.map(({ high }) => Math.min(high, top + reach / 2))));
}
