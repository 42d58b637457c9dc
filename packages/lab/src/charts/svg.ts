import { type Html, html } from "../../../cli/src/views/report/html.ts";
import { type Area, type Axis, type Chart, curvesOf, type Line } from "./chart.ts";
import { tick } from "./format.ts";
import { linearRange, linearTicks, logRange, logTicks, type Range } from "./range.ts";

/** A chart as SVG, for a file that runs no script. Its colours are the variables of style.css. */
export function chartSvg(chart: Chart, { width, height, id }: SvgOptions): Html {
  const { title, x, y, areas, lines } = chart;
  const curves = curvesOf(chart);
  const across = scaleOf(
    x,
    curves.flatMap((curve) => curve.x),
  );
  const up = scaleOf(
    y,
    curves.flatMap((curve) => curve.y),
  );
  const yTicks = ticksOf(y, up.range, height / 45);
  const left = 34 + 6.6 * Math.max(2, ...yTicks.map(({ text }) => text.length));
  const frame = { left, right: width - 18, top: 8, bottom: height - 40 };
  const xTicks = ticksOf(x, across.range, (frame.right - frame.left) / 80);
  const place: Place = {
    x: (value) => frame.left + across.share(value) * (frame.right - frame.left),
    y: (value) => frame.bottom - up.share(value) * (frame.bottom - frame.top),
    isDrawn: (one, other) => across.isDrawn(one) && up.isDrawn(other),
  };
  const middle = { x: (frame.left + frame.right) / 2, y: (frame.top + frame.bottom) / 2 };
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
<clipPath id="${id}"><rect x="${near(frame.left - 4)}" y="${frame.top - 4}" width="${near(frame.right - frame.left + 8)}" height="${frame.bottom - frame.top + 8}"/></clipPath>
<g class="grid">${xTicks.map(({ at }) => gridLine(place.x(at), frame.top, place.x(at), frame.bottom))}${yTicks.map(({ at }) => gridLine(frame.left, place.y(at), frame.right, place.y(at)))}</g>
<g class="ticks">${xTicks.map(({ at, text }) => html`<text x="${near(place.x(at))}" y="${frame.bottom + 16}" text-anchor="middle">${text}</text>`)}${yTicks.map(({ at, text }) => html`<text x="${near(frame.left - 6)}" y="${near(place.y(at) + 4)}" text-anchor="end">${text}</text>`)}
<text x="${near(middle.x)}" y="${height - 6}" text-anchor="middle">${x.label}</text><text transform="translate(12 ${near(middle.y)}) rotate(-90)" text-anchor="middle">${y.label}</text></g>
<g clip-path="url(#${id})">${areas.map((area) => areaShape(area, place))}${lines.map((line) => lineShape(line, place))}</g>
</svg>`;
}

interface SvgOptions {
  readonly width: number;
  readonly height: number;
  /** Of the clipping path: no two charts of a file have the same. */
  readonly id: string;
}

/** Where values lie in the drawing. */
interface Place {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly isDrawn: (x: number, y: number) => boolean;
}

function scaleOf({ range, log = false }: Axis, values: readonly number[]) {
  const isDrawn = (value: number) => Number.isFinite(value) && (!log || value > 0);
  const known = values.filter(isDrawn);
  const least = known.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = known.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const hasNone = known.length === 0;
  const found: Range = range
    ? [range[0], range[1]]
    : (log ? logRange : linearRange)(hasNone ? null : least, hasNone ? null : most);
  const [from, to] = log ? found.map(Math.log10) : found;
  const share = (value: number) => ((log ? Math.log10(value) : value) - from) / (to - from || 1);
  return { range: found, isDrawn, share };
}

function ticksOf({ log = false, format = tick }: Axis, [least, most]: Range, about: number) {
  const all = log ? logTicks(least, most) : linearTicks(least, most, about);
  // Powers of ten come as close as they do.
  const every = Math.max(1, Math.ceil(all.length / Math.max(2, about + 2)));
  return all.filter((_, i) => i % every === 0).map((at) => ({ at, text: format(at) }));
}

function gridLine(x1: number, y1: number, x2: number, y2: number): Html {
  return html`<line x1="${near(x1)}" y1="${near(y1)}" x2="${near(x2)}" y2="${near(y2)}"/>`;
}

function areaShape({ colour, x, low, high }: Area, place: Place): Html {
  const runs = runsOf(x, (i) => place.isDrawn(x[i], low[i]) && place.isDrawn(x[i], high[i]));
  const shapes = runs.map((run) => {
    const edge = (values: readonly number[], order: readonly number[]) => order.map((i) => at(place, x[i], values[i]));
    return `M${[...edge(high, run), ...edge(low, run.toReversed())].join("L")}Z`;
  });
  return html`<path d="${shapes.join("")}" fill="var(--${colour})" stroke="none"/>`;
}

function lineShape({ colour, width = 1.5, dash, form = "line", x, y }: Line, place: Place): Html {
  const drawn = (i: number) => place.isDrawn(x[i], y[i]);
  if (form === "points" || form === "discs") {
    const dots = x.flatMap((value, i) => {
      if (!drawn(i)) return [];
      return html`<circle cx="${near(place.x(value))}" cy="${near(place.y(y[i]))}" r="${(3 * width) / 2}"/>`;
    });
    const colours = form === "points" ? html` fill="none" stroke="var(--${colour})"` : html` fill="var(--${colour})"`;
    return html`<g${colours} stroke-width="${width}">${dots}</g>`;
  }
  const paths = runsOf(x, drawn).map((run) => {
    const points = run.flatMap((i, nth) => {
      const here = at(place, x[i], y[i]);
      return form === "steps" && nth > 0 ? [at(place, x[i], y[run[nth - 1]]), here] : [here];
    });
    return `M${points.join("L")}`;
  });
  return html`<path d="${paths.join("")}" fill="none" stroke="var(--${colour})" stroke-width="${width}"${dash && html` stroke-dasharray="${dash.join(" ")}"`}/>`;
}

/** Positions that follow each other and can be drawn. */
function runsOf(x: readonly number[], isDrawn: (i: number) => boolean): number[][] {
  const runs: number[][] = [];
  for (const i of x.keys()) {
    if (!isDrawn(i)) continue;
    if (i > 0 && isDrawn(i - 1)) runs[runs.length - 1].push(i);
    else runs.push([i]);
  }
  return runs;
}

function at(place: Place, x: number, y: number): string {
  return `${near(place.x(x))} ${near(place.y(y))}`;
}

/** Tenths of a pixel; what lies far outside is cut off near by, as renderers have limits of their own. */
function near(value: number): number {
  return Math.round(10 * Math.min(1e5, Math.max(-1e5, value))) / 10;
}
