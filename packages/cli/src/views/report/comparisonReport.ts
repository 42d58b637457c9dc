import type { ComparedLine, RunComparison, ScoreLine } from "../../actions/runs/compareRuns.ts";
import type { Run } from "../../records/runs/readRun.ts";
import type { EpochLine } from "../../records/runs/types.ts";
import { scoreText, wholeText } from "../../shell/figures.ts";
import { headlineMetric, metricFacts } from "../../shell/metrics.ts";
import { inks } from "./charts/chart.ts";
import { curvesChart } from "./charts/curvesChart.ts";
import { type Html, html, section } from "./html.ts";
import { figure, page, wideTable } from "./page.ts";
import { sourceName } from "./sourceName.ts";
import type { Curve } from "./types.ts";

/** A comparison with the finished epochs of its runs, in their order. */
export interface ComparisonReportData {
  readonly comparison: RunComparison;
  readonly epochs: readonly (readonly EpochLine[])[];
  readonly created: Date;
  readonly versions: { readonly evenkeel: string; readonly node: string };
}

/** As many lines as have a colour each. */
const mostLines = inks.series.length;

/**
 * Runs beside each other, as a self-contained HTML file: their scores, learning curves in one
 * drawing, and the settings that differ.
 */
export async function comparisonReport(data: ComparisonReportData): Promise<string> {
  const { comparison } = data;
  const { runs, cautions, scores, settings } = comparison;
  const title = titleOf(runs);
  return page({ ...data, title }, [
    html`<header><h1>${title}</h1>
<p class="quiet facts">${runs.map(({ id }) => id).join(", ")}</p></header>
`,
    cautions.length > 0 &&
      html`<ul>${cautions.map((line) => html`<li>${line}</li>`)}</ul>
`,
    scores.length > 0 && section("Scores", scoresTable(scores, runs), { together: true }),
    await learning(data),
    section(
      "Settings that differ",
      settings.length > 0
        ? settingsTable(settings, runs)
        : html`<p>All settings are the same.</p>
`,
    ),
  ]);
}

function titleOf(runs: readonly Run[]): string {
  const about = new Set(runs.map(({ config }) => `${config.target} from ${sourceName(config.table.source)}`));
  return about.size === 1 ? `${[...about][0]}: ${runs.length} runs` : `${runs.length} runs`;
}

function heads(runs: readonly Run[]): Html[] {
  return runs.map(({ id }) => html`<th scope="col">${id}</th>`);
}

function scoresTable(scores: readonly ScoreLine[], runs: readonly Run[]): Html {
  const rows = scores.map(({ name, values, best }) => {
    const cells = values.map((value, run) => {
      const text = value === undefined ? "" : scoreText(value).replace("-", "−");
      return html`<td>${best.includes(run) ? html`<strong>${text}</strong>` : text}</td>`;
    });
    return html`<tr><th scope="row">${name}</th>${cells}</tr>
`;
  });
  const caption = html`<caption>The best of each line is bold. Validation scores choose; test scores judge what was chosen.</caption>`;
  return tableOf("Scores of the runs", caption, heads(runs), rows);
}

function settingsTable(settings: readonly ComparedLine<unknown>[], runs: readonly Run[]): Html {
  const shown = (value: unknown) =>
    value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
  const rows = settings.map(
    ({
      name,
      values,
    }) => html`<tr><th scope="row">${name}</th>${values.map((value) => html`<td>${shown(value)}</td>`)}</tr>
`,
  );
  return tableOf("Settings that differ", undefined, heads(runs), rows);
}

function tableOf(label: string, caption: Html | undefined, heads: readonly Html[], rows: readonly Html[]): Html {
  return wideTable(
    label,
    html`<table>
${caption}<thead><tr><td></td>${heads}</tr></thead>
<tbody>
${rows}</tbody></table>`,
  );
}

/** The epochs of the first trainings: a refit has no validation rows. */
async function learning({ comparison, epochs }: ComparisonReportData): Promise<Html | undefined> {
  const runs = comparison.runs.slice(0, mostLines);
  const measured = runs.map((_, i) => epochs[i].filter(({ stage }) => stage === undefined));
  const tasks = new Set(runs.map(({ config }) => config.task));
  if (tasks.size > 1 || measured.every((lines) => lines.length === 0)) return undefined;
  const metric = headlineMetric([...tasks][0]);
  const { label, short } = metricFacts(metric);
  const validated = measured.every((lines) => lines.every(({ validation }) => validation !== undefined));
  const part = validated ? "validation" : "train";
  const curves = (of: (line: EpochLine) => number | undefined): Curve[] =>
    measured.map((lines, i) => ({ label: runs[i].id, runs: [lines.map((line) => of(line) ?? Number.NaN)] }));
  const scores = await curvesChart(
    curves((line) => line[part]?.[metric]),
    { title: `${part} ${short}`, description: `The ${label} on the ${part} rows after each epoch` },
  );
  const rates = await curvesChart(
    curves((line) => line.learningRate),
    { title: "learning rate", description: "The learning rate after each epoch" },
  );
  const all = comparison.runs.length;
  const others = all > runs.length ? ` The first ${runs.length} of ${wholeText(all)} runs.` : "";
  return section("How they learned", [
    figure(scores, `The ${label} on the ${part} rows after each epoch.${others}`),
    figure(rates, "The learning rate after each epoch."),
  ]);
}
