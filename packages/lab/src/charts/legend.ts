import type { Chart } from "./chart.ts";
import type { ColourName } from "./colours.ts";

/** A mark beside its meaning: a filled one for an area, a stroke for a line, a ring or a disc for points. */
export interface LegendItem {
  readonly label: string;
  readonly colour: ColourName;
  readonly mark: "area" | "line" | "points" | "discs";
  readonly width: number;
  readonly dash: readonly number[];
}

/** The meaning of all that a chart draws; what is drawn alike and called alike is there once. */
export function legendOf({ areas, lines }: Pick<Chart, "areas" | "lines">): LegendItem[] {
  const items: LegendItem[] = [
    ...areas.map(({ label, colour }) => ({ label, colour, mark: "area" as const, width: 0, dash: [] })),
    ...lines.map(({ label, colour, width = 1.5, dash = [], form }) => {
      const mark = form === "points" || form === "discs" ? form : ("line" as const);
      return { label, colour, mark, width, dash };
    }),
  ];
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

/** Puts items of these widths into rows of a width: for each its row and its left end. */
export function wrapped(widths: readonly number[], available: number): { row: number; left: number }[] {
  let [row, left] = [0, 0];
  return widths.map((width) => {
    if (left > 0 && left + width > available) [row, left] = [row + 1, 0];
    const place = { row, left };
    left += width;
    return place;
  });
}
