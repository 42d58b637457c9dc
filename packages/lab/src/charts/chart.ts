import type { ColourName } from "./colours.ts";

/** An axis of a chart. */
export interface Axis {
  /** What is measured, with its unit. */
  readonly label: string;
  /** Equal distances are equal ratios; values that are not positive are left out. */
  readonly log?: boolean;
  /** The ends of the axis; those of the values if left out. */
  readonly range?: readonly [least: number, most: number];
  /** How a value is written; a tick of it if left out. */
  readonly format?: (value: number) => string;
}

/** A line of a chart; its points are its own. */
export interface Line {
  readonly label: string;
  readonly colour: ColourName;
  /** In CSS pixels; 1.5 if left out. */
  readonly width?: number;
  /** Lengths of dashes and gaps; solid if left out. */
  readonly dash?: readonly number[];
  /** A ring or a disc at each value without a line, or steps that hold each value up to the next. */
  readonly form?: "line" | "points" | "discs" | "steps";
  /** Ascending. */
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** The area between two curves. */
export interface Area {
  readonly label: string;
  /** The names of the two curves in the table of values. */
  readonly names: readonly [low: string, high: string];
  readonly colour: ColourName;
  readonly x: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** What is drawn, as plain data. */
export interface Chart {
  /** What the picture is of; the name of the chart. */
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly areas: readonly Area[];
  readonly lines: readonly Line[];
}

/** A curve of a chart: a line, or one of the two edges of an area. */
export interface Curve {
  readonly label: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** All curves of a chart: low and high edge of each area, then the lines. */
export function curvesOf({ areas, lines }: Pick<Chart, "areas" | "lines">): Curve[] {
  const edges = areas.flatMap(({ names, x, low, high }) => [
    { label: names[0], x, y: low },
    { label: names[1], x, y: high },
  ]);
  return [...edges, ...lines];
}

/** Values of curves at the same places: null where a curve has none, or one that cannot be drawn. */
export type Aligned = [x: number[], ...ys: (number | null | undefined)[][]];

/**
 * Brings all curves to the places of all of them. A curve that has no value at a place of another is
 * undefined there, which lines cross; a value that cannot be drawn is null, where lines end. Curves
 * that share one array of places may have several values at a place, as points do.
 */
export function aligned(curves: readonly Curve[], log = false): Aligned {
  const shared = curves[0]?.x;
  if (curves.every(({ x }) => x === shared)) {
    return [[...(shared ?? [])], ...curves.map(({ y }) => y.map((value) => drawable(value, log)))];
  }
  const places = new Set<number>();
  for (const { x } of curves) for (const place of x) places.add(place);
  const all = [...places].sort((a, b) => a - b);
  return [
    all,
    ...curves.map(({ x, y }) => {
      if (x.length === all.length) return y.map((value) => drawable(value, log));
      const at = new Map(x.map((place, i) => [place, y[i]]));
      return all.map((place) => {
        const value = at.get(place);
        return value === undefined ? undefined : drawable(value, log);
      });
    }),
  ];
}

function drawable(value: number, log: boolean): number | null {
  return Number.isFinite(value) && (!log || value > 0) ? value : null;
}
