import { aligned, type Chart, curvesOf } from "./chart.ts";
import { short } from "./format.ts";

/** The values behind a chart, as text. */
export interface ValuesTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A table of more rows is no longer read; the rows between are left out. */
export const mostRows = 40;
/** A curve of so few points, such as one that was asked for, has all of them in the table. */
const fewPoints = 2;

/** The table of a chart: a row for each place, the first and the last among them. */
export function valuesOf(chart: Chart): ValuesTable {
  const curves = curvesOf(chart);
  const [places, ...all] = aligned(curves);
  const [x, y] = [chart.x, chart.y].map(({ format }) => format ?? short);
  const few = new Set(curves.flatMap(({ x }) => (x.length <= fewPoints ? x : [])));
  const asked = places.flatMap((place, i) => (few.has(place) ? [i] : []));
  const shown = [...new Set([...spread(places.length), ...asked])].sort((a, b) => a - b);
  const rows = shown.map((i) => [
    x(places[i]),
    ...all.map((values) => (values[i] === undefined ? "" : values[i] === null ? "no number" : y(values[i]))),
  ]);
  return { columns: [chart.x.label, ...curves.map(({ label }) => label)], rows };
}

/** Positions of at most {@link mostRows} of so many, evenly, with both ends. */
function spread(count: number): number[] {
  if (count <= mostRows) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: mostRows }, (_, i) => Math.round((i * (count - 1)) / (mostRows - 1)));
}
