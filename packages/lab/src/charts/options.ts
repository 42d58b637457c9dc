import uPlot from "uplot";
import type { Axis, Chart, Line } from "./chart.ts";
import type { Colours } from "./colours.ts";
import { tick } from "./format.ts";
import { linearRange, logRange, logTicks } from "./range.ts";

export const font = "12px system-ui, sans-serif";

/** What uPlot is made for; a chart that differs in nothing else takes new values without being made anew. */
export function structureOf({ x, y, areas, lines }: Chart): string {
  const axes = [x, y].map(({ label, log = false }) => [label, log]);
  const drawn = lines.map(({ label, colour, width, dash, form }) => [label, colour, width, dash, form]);
  return JSON.stringify([axes, areas.map(({ names, colour }) => [names, colour]), drawn]);
}

/** What is asked of while drawing: all of it may change without a new plot. */
export interface Sources {
  readonly chart: () => Chart;
  readonly colours: () => Colours;
  /** Told of the place under the pointer; null when it leaves. */
  readonly onHover: (index: number | null) => void;
}

/** A chart's options for uPlot. Its series are those of `curvesOf`: two for each area, then the lines. */
export function optionsOf({ chart, colours, onHover }: Sources, width: number, height: number): uPlot.Options {
  const { x, y, areas, lines } = chart();
  const edges = areas.flatMap(() => [edge(), edge()]);
  return {
    ...{ width, height, pxAlign: false, padding: [10, 24, 0, 0] },
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false, setScale: false }, points: { size: 7 } },
    scales: {
      x: { ...scaleOf(x, () => chart().x), time: false },
      y: scaleOf(y, () => chart().y),
    },
    axes: [axisOf("x", () => chart().x, colours), axisOf("y", () => chart().y, colours)],
    series: [{}, ...edges, ...lines.map((line) => seriesOf(line, colours))],
    bands: areas.map(({ colour }, i) => ({ series: [2 * i + 2, 2 * i + 1], fill: () => colours()[colour] })),
    hooks: { setLegend: [(plot) => onHover(plot.cursor.idx ?? null)] },
  };
}

function edge(): uPlot.Series {
  return { stroke: "transparent", width: 0, points: { show: false } };
}

function scaleOf({ log = false }: Axis, axis: () => Axis): uPlot.Scale {
  return {
    distr: log ? 3 : 1,
    range: (_, least, most) => {
      const { range } = axis();
      return range === undefined ? (log ? logRange : linearRange)(least, most) : [range[0], range[1]];
    },
  };
}

function axisOf(which: "x" | "y", axis: () => Axis, colours: () => Colours): uPlot.Axis {
  const line = { stroke: () => colours().line, width: 1 };
  return {
    ...{ label: axis().label, font, labelFont: font, labelSize: 20, labelGap: 2, gap: 4 },
    ...(which === "x" ? { size: 26, space: 60 } : { size: widthOf, space: 26 }),
    ...(axis().log && { splits: (_, __, least, most) => logTicks(least, most), filter: (_, splits) => splits }),
    stroke: () => colours().quiet,
    grid: line,
    ticks: { ...line, size: 4 },
    values: (_, splits) => splits.map((value) => (value === null ? null : (axis().format ?? tick)(value))),
  };
}

/** The width of a vertical axis follows its longest tick; a percent sign is as wide as two digits. */
function widthOf(_: uPlot, ticks: readonly (string | null)[] | null): number {
  const lengthOf = (text: string | null) => (text === null ? 0 : text.length + (text.endsWith("%") ? 1 : 0));
  return 14 + 6.5 * Math.max(2, ...(ticks ?? []).map(lengthOf));
}

/** Points grow with the width of their line: 6 pixels across for the usual one. */
export function pointSize(width = 1.5): { readonly size: number; readonly width: number } {
  return { size: 4 * width, width };
}

const stepped = uPlot.paths.stepped?.({ align: 1 });

function seriesOf({ label, colour, width = 1.5, dash, form = "line" }: Line, colours: () => Colours): uPlot.Series {
  const stroke = () => colours()[colour];
  if (form === "points" || form === "discs") {
    const fill = form === "points" ? "transparent" : stroke;
    return { label, stroke, paths: () => null, points: { show: true, ...pointSize(width), stroke, fill } };
  }
  return {
    ...{ label, stroke, width, points: { show: false } },
    ...(dash && { dash: [...dash] }),
    ...(form === "steps" && stepped && { paths: stepped }),
  };
}
