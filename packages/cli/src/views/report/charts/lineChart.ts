import type { TopLevelSpec } from "vega-lite";
import type { PositionFieldDef } from "vega-lite/types_unstable/channeldef.js";
import type { LayerSpec, UnitSpec } from "vega-lite/types_unstable/spec/index.js";
import { tickText } from "../../../shell/figures.ts";
import { axisText, inks, pageWidth, panelWidth, shortened, textWidth } from "./chart.ts";
import type { LineStyle } from "./lineStyles.ts";
import { labelPositions, lineScale, type Scale } from "./scale.ts";

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
  readonly x: Pick<PositionFieldDef<string>, "scale" | "axis">;
  readonly bands: boolean;
  /** Whether to draw a dot at each point, if there are few. */
  readonly dots?: boolean | undefined;
  /**
   * The styles of the lines of a panel, which has a legend beside it. Without them the chart fills
   * the page, with names at the ends of the lines.
   */
  readonly styles?: ReadonlyMap<string, LineStyle> | undefined;
  /** Of the drawing without its axes, in pixels. */
  readonly height?: number | undefined;
  /** The points that the vertical axis is made for. Default: all. */
  readonly scaledBy?: readonly LinePoint[] | undefined;
  /** A dashed vertical line with its name. */
  readonly at?: { readonly value: number; readonly name: string } | undefined;
}

type Layer = LayerSpec<string> | UnitSpec<string>;

const usualHeight = 260;
const padding = { left: 48, top: 28, bottom: 42 } as const;

/**
 * The specification of lines with bands. The points of a line are consecutive, from left to right.
 * What is above the axis is cut off there, and an arrow says how far it goes.
 */
export function lineSpec(points: readonly LinePoint[], options: LineChartOptions): TopLevelSpec {
  const { styles, bands, dots = false, scaledBy = points, height = usualHeight } = options;
  const labels = [...new Set(points.map(({ label }) => label))];
  const names = styles === undefined ? labels.map((label) => shortened(label, 30)) : [];
  const right = styles ? 12 : 16 + Math.max(60, ...names.map((name) => textWidth(name) * 1.05));
  const width = (styles ? panelWidth : pageWidth) - padding.left - right;
  const scale = lineScale(scaledBy.map((point) => (bands ? point : { ...point, low: point.mean, high: point.mean })));

  const x: PositionFieldDef<string> = { field: "at", type: "quantitative", ...options.x };
  const y: PositionFieldDef<string> = {
    type: "quantitative",
    scale: { type: scale.type, domain: scale.domain, nice: false, clamp: dots },
    axis: {
      title: scale.type === "log" ? `${options.title}, logarithmic` : options.title,
      values: scale.ticks,
      labelExpr: axisText(scale.ticks),
    },
  };
  const known = styles ? [...styles.keys()] : labels;
  const colors = styles ? [...styles.values()].map(({ color }) => color) : [...inks.series];
  const dashes = styles && [...styles.values()].map(({ dash }) => [...dash]);
  const nominal = { field: "label", type: "nominal" as const, legend: null };
  const color = { ...nominal, scale: { domain: known, range: colors } };
  const strokeDash = dashes && { ...nominal, scale: { domain: known, range: dashes } };

  const layer: Layer[] = [
    ...(bands ? [bandLayer(x, y, color)] : []),
    ...(options.at === undefined ? [] : atLayers(options.at, x)),
    {
      mark: { type: "line", clip: !dots, point: dots ? { size: 36 } : false },
      encoding: { x, y: { ...y, field: "mean" }, color, ...(strokeDash && { strokeDash }) },
    },
    {
      data: { values: points.filter(({ marked }) => marked) },
      mark: { type: "point", shape: "cross", size: 130, filled: true, opacity: 1 },
      encoding: { x, y: { ...y, field: "mean" }, color },
    },
    ...(styles ? [] : [namesLayer(points, labels, names, { scale, width, height, color })]),
    ...beyondLayers(points, { scale, width, bands }),
  ];
  return {
    width,
    height,
    padding: { ...padding, right },
    data: { values: [...points] },
    layer,
    resolve: { scale: { y: "shared" } },
  };
}

function bandLayer(x: PositionFieldDef<string>, y: PositionFieldDef<string>, color: object): Layer {
  const area = { type: "area", opacity: 0.16, clip: true } as const;
  return { mark: area, encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color } };
}

function atLayers({ value, name }: { readonly value: number; readonly name: string }, x: object): Layer[] {
  const data = { values: [{ at: value }] };
  return [
    { data, mark: { type: "rule", color: inks.quiet, strokeDash: [2, 3] }, encoding: { x } },
    {
      data,
      mark: { type: "text", color: inks.quiet, align: "right", dx: -5, y: 6, fontSize: 11 },
      encoding: { x, text: { value: name } },
    },
  ];
}

/** The names at the ends of the lines. */
function namesLayer(
  points: readonly LinePoint[],
  labels: readonly string[],
  names: readonly string[],
  drawing: { readonly scale: Scale; readonly width: number; readonly height: number; readonly color: object },
): Layer {
  const { scale, width, height, color } = drawing;
  const ends = labels.map((label) => points.findLast((point) => point.label === label)?.mean ?? 0);
  const heights = labelPositions(ends, scale, height, 15);
  return {
    data: { values: labels.map((label, i) => ({ label, name: names[i], y: heights[i] })) },
    mark: { type: "text", align: "left", dx: 9, fontWeight: 600 },
    encoding: {
      x: { value: width },
      y: { field: "y", type: "quantitative", scale: null },
      text: { field: "name" },
      color,
    },
  };
}

/** An arrow and the number of the highest point that is cut off, above the drawing. */
function beyondLayers(
  points: readonly LinePoint[],
  { scale, width, bands }: { readonly scale: Scale; readonly width: number; readonly bands: boolean },
): Layer[] {
  const top = (point: LinePoint) => (bands ? Math.max(point.mean, point.high) : point.mean);
  const highest = Math.max(...points.map(top));
  // Rounding is not beyond the axis.
  if (!(highest > scale.domain[1] + 1e-9 * Math.abs(scale.domain[1]))) return [];
  const text = `↑ to ${tickText(Number(highest.toPrecision(3)))}`;
  const mark = { type: "text", align: "right", baseline: "bottom", fontSize: 12, color: inks.quiet } as const;
  return [
    {
      data: { values: [{}] },
      mark,
      encoding: { x: { value: width }, y: { value: -8 }, text: { value: text } },
    },
  ];
}
