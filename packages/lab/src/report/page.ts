import type { Finding, Task } from "evenkeel/tabular";
import { documentText, type Html, type HtmlValue, html, section } from "../../../cli/src/views/report/html.ts";
import { style } from "../../../cli/src/views/report/style.ts";
import type { CellGrid } from "../charts/cells.ts";
import type { Chart } from "../charts/chart.ts";
import type { Colours } from "../charts/colours.ts";
import { shadeOf } from "../charts/shade.ts";
import type { Programs } from "../code/programs.ts";
import type { Setup, Side } from "../state/setup.ts";
import { answerFigures, answerHeads } from "../study/answerFigures.ts";
import type { StudyAnswer } from "../study/ask.ts";
import { findingText } from "../tables/findingText.ts";
import type { LintFinding } from "../training/lint.ts";
import { figureOf } from "./figure.ts";
import { settings } from "./settings.ts";

/** A row of the scores: where one of the two networks stands. */
export interface SideScores {
  readonly name: string;
  /** Steps that were trained, and whether the loss then was no number any more. */
  readonly step: number;
  readonly diverged: boolean;
  /** As they are written; empty where there is none. */
  readonly evalMode: string;
  readonly trainMode: string;
  readonly recomputed: string;
  readonly loss: string;
}

/** Charts under a heading. */
export interface ChartGroup {
  readonly title: string;
  readonly note: string;
  readonly charts: readonly Chart[];
  /** What is no chart but a table of shaded cells, with what its rows are. */
  readonly grids?: readonly { readonly title: string; readonly rows: string; readonly grid: CellGrid }[];
}

/** All that the report of a training says. */
export interface LabReport {
  readonly table: string;
  readonly target: string;
  readonly task: Task;
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  /** Where both networks stand, in words. */
  readonly standing: string;
  readonly scores: readonly SideScores[];
  readonly groups: readonly ChartGroup[];
  readonly findings: readonly Finding[];
  readonly noticed: readonly string[];
  readonly lint: readonly { readonly name: string; readonly findings: readonly LintFinding[] }[];
  /** What recomputed statistics did, in words. */
  readonly recomputed: readonly string[];
  /** What the study said, if it was asked; of this set-up, or of one before it. */
  readonly asked?: { readonly seeds: number; readonly answer: StudyAnswer; readonly isOfThis: boolean };
  readonly setup: Setup;
  /** The address of the page with this set-up, or the part behind # where the address is of this machine. */
  readonly link: string;
  readonly programs: readonly { readonly side: Side; readonly name: string; readonly programs: Programs }[];
  readonly palettes: Readonly<Record<"light" | "dark", Colours>>;
  readonly created: Date;
  readonly version: string;
}

/** The report as one HTML file, which loads nothing and runs nothing. */
export function reportHtml(report: LabReport): string {
  const { table, target, created, version, standing } = report;
  const title = `Two networks on ${table}: ${target}`;
  let charts = 0;
  const nextId = () => `chart-${++charts}`;
  return documentText(
    { title, generator: `evenkeel lab ${version}`, style: `${style}${ownStyle(report.palettes)}` },
    html`<main>
<header><h1>${title}</h1>
<p class="quiet facts">${facts(report)}</p></header>
<div class="answer"><p>${standing}</p>${report.recomputed.map((sentence) => html`<p>${sentence}</p>`)}</div>
${scoresTable(report)}
${report.groups.map((group) => groupSection(group, nextId))}
${report.asked && section(`Asked ${report.asked.seeds} seeds`, answerParts(report.asked))}
${section("What was found", foundLists(report))}
${section("Set-up", settings(report.setup))}
${section("Do it again", againParts(report))}
</main>
<footer class="quiet">Made by the lab of evenkeel ${version}, ${dateText(created)}. This file needs no network and runs no script.</footer>`,
  );
}

function facts({ task, target, rows }: LabReport): Html {
  const kind = { regression: "a number", binary: "one of two classes", multiclass: "one of several classes" }[task];
  const whole = (count: number) => count.toLocaleString("en-US");
  return html`Both networks predict <strong>${target}</strong>, ${kind}. They start from the same seed and get the same batches: ${whole(rows.train)} rows to train on, ${whole(rows.validation)} held out for the errors, ${whole(rows.test)} left aside.`;
}

function scoresTable({ scores, task, target }: LabReport): Html {
  const unit = task === "regression" ? `off by, ${target}` : "wrong classes";
  const rows = scores.map(
    ({ name, step, diverged, evalMode, trainMode, recomputed, loss }) => html`<tr><th scope="row">${name}</th>
<td>${step.toLocaleString("en-US")}${diverged && " (diverged)"}</td><td>${evalMode}</td><td>${trainMode}</td><td>${recomputed}</td><td>${loss}</td></tr>
`,
  );
  return html`<div class="wide" role="region" aria-label="Errors of both networks" tabindex="0"><table>
<caption>Held-out error (${unit}) and training loss at the last step</caption>
<thead><tr><th scope="col">Network</th><th scope="col">steps</th><th scope="col">eval mode</th><th scope="col">train mode</th><th scope="col">eval mode, recomputed statistics</th><th scope="col">training loss</th></tr></thead>
<tbody>
${rows}</tbody></table></div>`;
}

function groupSection({ title, note, charts, grids = [] }: ChartGroup, nextId: () => string): HtmlValue {
  if (charts.length + grids.length === 0) return false;
  return section(title, [
    html`<p class="note">${note}</p>`,
    charts.map((chart) => figureOf(chart, nextId())),
    grids.map(({ title, rows, grid }) => gridTable(title, rows, grid)),
  ]);
}

function gridTable(title: string, rowsAre: string, { label, columns, rows }: CellGrid): Html {
  const body = rows.map((row) => {
    const cells = row.cells.map(
      ({ text, share, isCrossed }) => html`<td style="background:${shadeOf(share)}">${isCrossed ? "×" : text}</td>`,
    );
    return html`<tr><th scope="row">${row.label}</th>${cells}</tr>
`;
  });
  return html`<div class="wide" role="region" aria-label="${title}" tabindex="0"><table class="cells">
<caption>${title}; columns: ${label}</caption>
<thead><tr><th scope="col">${rowsAre}</th>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${body}</tbody></table></div>
`;
}

function answerParts({ answer, isOfThis }: NonNullable<LabReport["asked"]>): HtmlValue {
  const { complete, power, headline, claims, ran } = answer;
  const [heads, rows] = [answerHeads(answer), answerFigures(answer)];
  return [
    html`<p class="note">The library’s study of both networks: several seeds and learning rates, each network judged at its best rate.</p>`,
    !isOfThis && html`<p>This answer is about the set-up before the last change, not about the one below.</p>`,
    !complete && html`<p>The study was stopped: this is what the networks trained until then say.</p>`,
    answer.answer.map((sentence) => html`<p><strong>${sentence}</strong></p>`),
    power !== null && html`<p>${power}</p>`,
    html`<div class="wide" role="region" aria-label="The networks on test rows" tabindex="0"><table>
<caption>The networks on test rows</caption>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ([
    label,
    ...figures
  ]) => html`<tr><th scope="row">${label}</th>${figures.map((figure) => html`<td>${figure}</td>`)}</tr>
`,
)}</tbody></table></div>`,
    [...headline, ...claims, ...ran].map((sentence) => html`<p>${sentence}</p>`),
  ];
}

function foundLists({ findings, noticed, lint }: LabReport): HtmlValue {
  const ofTable = [
    ...findings.map((finding) => item(finding.severity, findingText(finding))),
    ...noticed.map((note) => item("note", note)),
  ];
  const ofNetworks = lint.flatMap(({ name, findings }) =>
    findings.map(({ rule, severity, module, reason, cure }) =>
      item(severity, `${name}, ${module}, ${rule}: ${reason}; ${cure}`),
    ),
  );
  return [
    html`<h3>The check of the table</h3>`,
    listOf(ofTable),
    html`<h3>The linter of the networks</h3>`,
    listOf(ofNetworks),
  ];
}

function item(severity: string, text: string): Html {
  return html`<li><span class="severity ${severity}">${severity}</span>: ${text}</li>
`;
}

function listOf(items: readonly Html[]): Html {
  return items.length === 0
    ? html`<p>Nothing to complain of.</p>`
    : html`<ul>
${items}</ul>`;
}

function againParts({ link, setup, programs }: LabReport): HtmlValue {
  const isAddress = /^https?:/.test(link);
  const ofOwn = setup.table === "own" && " The table is not in it: it has to be opened there.";
  return [
    html`<p>The link holds every setting.${ofOwn} ${isAddress ? html`<a href="${link}">${link}</a>` : html`Behind the address of the lab: <code>${link}</code>`}</p>`,
    programs.length > 0 &&
      html`<p>The same training as a program; it reads the table that “Copy as code” on the page saves.</p>`,
    programs.map(
      ({
        side,
        name,
        programs: { evenkeel, torch },
      }) => html`<details><summary>${name} (${side}), evenkeel</summary><pre>${evenkeel}</pre></details>
<details><summary>${name} (${side}), PyTorch</summary><pre>${torch}</pre></details>
`,
    ),
  ];
}

function dateText(date: Date): string {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long" }).format(date);
}

/** The colours of the page for its charts, and what the command's reports have no style for. */
function ownStyle({ light, dark }: LabReport["palettes"]): string {
  const variables = (colours: Colours) =>
    Object.entries(colours)
      .map(([name, value]) => `--${name}: ${value};`)
      .join(" ");
  // "--text" and "--good" are the report's too, in other shades: those of the charts hold for the charts.
  return `
figure, .cells { ${variables(light)} }
@media screen and (prefers-color-scheme: dark) { figure, .cells { ${variables(dark)} } }
svg.chart { width: 100%; min-width: 32rem; } .chart .grid line { stroke: var(--line); } .chart .ticks text { fill: var(--quiet); font-size: 12px; }
figure .legend { display: flex; flex-wrap: wrap; gap: 0.1rem 1rem; margin: 0.2rem 0; } figure .legend li { color: var(--text); align-items: center; }
figcaption.name { font-weight: 700; color: var(--text); margin: 0; } figure + figure { margin-top: 1.6rem; }
.cells td, .cells th { padding-left: 0.35rem; padding-right: 0.35rem; font-size: 0.8rem; } .cells td { text-align: center; }
.cells { width: auto; min-width: min(100%, 24rem); }
.values { max-height: 20rem; overflow: auto; }
a { color: inherit; overflow-wrap: anywhere; } code { overflow-wrap: anywhere; }
`;
}
