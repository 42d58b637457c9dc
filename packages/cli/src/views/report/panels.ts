import { scoreText } from "../../shell/figures.ts";
import { metricFacts } from "../../shell/metrics.ts";
import { curvesChart, summarize } from "./charts/curvesChart.ts";
import { type LineStyle, lineStyles, mostColors, swatch } from "./charts/lineStyles.ts";
import { pointsOf, seriesChart } from "./charts/seriesChart.ts";
import { type Html, html, section } from "./html.ts";
import type { Panel, Series, StudyReportData } from "./types.ts";

/** Learning curves, learning rates and rows: a drawing for each panel, with axes of its own. */
export async function panelSections(data: StudyReportData): Promise<Html[]> {
  const { metric, unit, curves = [], learningRates = [], rowCounts = [], seeds } = data;
  const { short, label, inUnits } = metricFacts(metric);
  const titleOf = (part: string) => `${part} ${short}${inUnits && unit !== undefined ? `, ${unit}` : ""}`;
  const series = (across: string) => ({
    draw: (lines: readonly Series[], styles: ReadonlyMap<string, LineStyle>) =>
      seriesChart(lines, { title: titleOf("test"), across, styles, description: `Test ${short} by ${across}` }),
    last: (line: Series) => pointsOf(line).at(-1)?.mean,
  });
  const means = seeds > 1 ? `, mean over ${seeds} seeds` : "";
  const failed = learningRates.some(({ lines }) => lines.some(hasFailed)) ? " Crosses: some seeds diverged there." : "";
  return [
    await panelSection("How the arms learned", curves, {
      draw: (lines, styles) => {
        const description = `Validation ${short} after each epoch`;
        return curvesChart(lines, { title: titleOf("validation"), description, styles });
      },
      last: (line) => summarize(line).at(-1)?.mean,
      caption: `The ${label} on the validation rows after each epoch, at each arm's own learning rate${means}. Beside the names: where each ends.`,
    }),
    await panelSection("Learning rates", learningRates, {
      ...series("learning rate"),
      caption: `The ${label} on the test rows at each learning rate${means}. A wide valley forgives a rate that is badly chosen. Beside the names: at the highest rate.${failed}`,
    }),
    await panelSection("Rows", rowCounts, {
      ...series("training rows"),
      caption: `The ${label} on the test rows by the number of training rows${means}. Beside the names: with all of them.`,
    }),
  ].flatMap((one) => one ?? []);
}

interface PanelOptions<Line> {
  readonly draw: (lines: readonly Line[], styles: ReadonlyMap<string, LineStyle>) => Promise<Html>;
  /** Where a line ends: the legend is in the order of the ends. */
  readonly last: (line: Line) => number | undefined;
  readonly caption: string;
}

async function panelSection<Line extends { readonly label: string }>(
  title: string,
  panels: readonly Panel<Line>[],
  { draw, last, caption }: PanelOptions<Line>,
): Promise<Html | undefined> {
  const filled = panels.filter(({ lines }) => lines.length > 0);
  if (filled.length === 0) return undefined;
  const names = [...new Set(filled.flatMap(({ lines }) => lines.map(({ label }) => label)))];
  const drawings: Html[] = [];
  for (const { title, lines } of filled) {
    // The same name has the same line in all panels, where there are colours for all names.
    const styles = lineStyles(names.length <= mostColors ? names : lines.map(({ label }) => label));
    const ends = lines.map((line) => ({ label: line.label, end: last(line) ?? Number.NaN }));
    ends.sort((a, b) => (a.end < b.end ? 1 : a.end > b.end ? -1 : 0));
    const legend = ends.map(
      ({ label, end }) => html`<li>${swatch(styles.get(label))} ${label} <b>${scoreText(end)}</b></li>
`,
    );
    drawings.push(html`<figure class="panel"><figcaption>${filled.length > 1 && html`<h3>${title}</h3>`}<ul class="legend">
${legend}</ul></figcaption>${await draw(lines, styles)}</figure>
`);
  }
  return section(
    title,
    html`<p class="note">${caption}</p>
<div class="panels">
${drawings}</div>
`,
  );
}

function hasFailed({ points }: Series): boolean {
  return points.some(({ failed = 0 }) => failed > 0);
}
