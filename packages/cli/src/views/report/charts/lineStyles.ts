import { type Html, html } from "../html.ts";
import { inks } from "./chart.ts";

/** How a line is drawn: by colour and dashes, so that no line is told by its colour alone. */
export interface LineStyle {
  readonly color: (typeof inks.series)[number];
  readonly dash: readonly number[];
}

const dashes: readonly (readonly number[])[] = [[], [7, 4], [2, 4], [10, 3, 2, 3], [5, 2], [1, 3], [12, 4]];

/** The most lines that differ by their colours. */
export const mostColors = inks.series.length;

/** A style for each name; beyond the colours there are other dashes. */
export function lineStyles(names: readonly string[]): ReadonlyMap<string, LineStyle> {
  return new Map(
    [...new Set(names)].map((name, i) => {
      const turn = Math.floor(i / mostColors);
      return [name, { color: inks.series[i % mostColors], dash: dashes[(i + turn) % dashes.length] }];
    }),
  );
}

/** A piece of the line for a legend. */
export function swatch({ color, dash }: LineStyle = { color: inks.series[0], dash: [] }): Html {
  const variable = `var(--series-${inks.series.indexOf(color) + 1})`;
  return html`<svg class="swatch" aria-hidden="true"><line x1="1" x2="27" y1="6" y2="6" stroke="${variable}"${
    dash.length > 0 && html` stroke-dasharray="${dash.join(" ")}"`
  }/></svg>`;
}
