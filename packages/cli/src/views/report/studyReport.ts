import { wholeText } from "../../shell/figures.ts";
import { metricFacts } from "../../shell/metrics.ts";
import { armsTable } from "./armsTable.ts";
import { curvesChart } from "./charts/curvesChart.ts";
import { differencesChart } from "./charts/differencesChart.ts";
import { seriesChart } from "./charts/seriesChart.ts";
import { type Html, html } from "./html.ts";
import { figure, findingsList, page, section, settingsList } from "./page.ts";
import type { Panel, Series, StudyReportData, Verdict } from "./types.ts";

/**
 * The report of a study as a self-contained HTML file: the answer, the claims with their verdicts
 * and rules, the arms, and the charts.
 */
export async function studyReport(data: StudyReportData): Promise<string> {
  const { findings = [], notes, seeds, settings, ran } = data;
  return page(data, [
    header(data),
    claimsSection(data),
    section("The arms", html`${armsTable(data)}<p class="note">${armsNote(data)}</p>`, { together: true }),
    ...(await charts(data)),
    findings.length > 0 && section("What the check of the table found", findingsList(findings)),
    notes.length > 0 && section("How to read these figures", listOf(notes)),
    section("What was run", html`${ran.length > 0 && listOf(ran)}${settingsList({ seeds, ...settings })}`),
  ]);
}

function header({ title, table, target, headline: [answer = "", ...more], seeds }: StudyReportData): Html {
  return html`<header><h1>${title}</h1>
<p class="quiet facts">Predicting <strong>${target}</strong> from ${table.source}: ${wholeText(table.rows)} rows, ${seeds} ${
    seeds === 1 ? "seed" : "seeds"
  }.</p></header>
${answerOf(answer)}
${more.map(
  (sentence) => html`<p>${sentence}</p>
`,
)}`;
}

/** If the text before the colon is short, it is the answer; the rest is the evidence. */
function answerOf(text: string): Html {
  const [, answer, rest] = /^([^:]{10,90}): (.+)$/s.exec(text) ?? [];
  if (answer === undefined) return html`<p class="answer">${text}</p>`;
  return html`<p class="answer">${answer}.</p>
<p>${rest.charAt(0).toUpperCase() + rest.slice(1)}</p>`;
}

/** By words and a sign, not by colour alone. */
const verdicts: Readonly<Record<Verdict, { readonly name: string; readonly words: string }>> = {
  held: { name: "held", words: "✓ held" },
  "not held": { name: "not", words: "✗ not held" },
  undecided: { name: "open", words: "≈ undecided" },
};

function claimsSection({ claims }: StudyReportData): Html | false {
  if (claims.length === 0) return false;
  const rows = claims.map(({ claim, verdict, inPart, sentence, rule }) => {
    const { name, words } = verdicts[verdict];
    return html`<tr><th scope="row">${claim}</th><td class="words verdict ${name}">${words}${inPart === true && " in part"}</td><td class="words">${sentence}<br><span class="note">${rule}</span></td></tr>
`;
  });
  return section(
    "What held on this table",
    html`<div class="wide"><table class="claims">
<thead><tr><th scope="col">Claim</th><th scope="col" class="words">Here</th><th scope="col" class="words">Figures, and the rule they are judged by</th></tr></thead>
<tbody>
${rows}</tbody></table></div>
`,
  );
}

function armsNote({ reference, targetError }: StudyReportData): string {
  const epochs = ` Epochs to target: the median over seeds until ${targetError}.`;
  return `Means over seeds, with their 95% intervals. Differences: to ${reference}, seed by seed.${epochs} Spread: standard deviation over seeds. Bold: the lowest mean on the test rows, which chose nothing; others may be as good within noise.`;
}

async function charts(data: StudyReportData): Promise<Html[]> {
  const { metric, unit, rows, reference, curves = [], learningRates = [], rowCounts = [], seeds } = data;
  const { short, label, better, inUnits } = metricFacts(metric);
  const titleOf = (part: string) => `${part} ${short}${inUnits && unit !== undefined ? `, ${unit}` : ""}`;
  const drawn: Html[] = [];
  const different = rows.flatMap(({ label, difference, differences }) =>
    difference === null || !Number.isFinite(difference.value)
      ? []
      : [{ label, difference, ...(differences && { differences }) }],
  );
  if (different.length > 0) {
    const marks = different.some(({ differences = [] }) => differences.length > 0) ? " Small marks: seeds." : "";
    const drawing = await differencesChart(different, { title: titleOf("test"), to: reference, better });
    const side = better === "lower" ? "left" : "right";
    const caption = `The test ${short} of each arm minus that of ${reference}, seed by seed: ${side} of the dashed line is better. Dots and lines: means and their 95% intervals.${marks} Grey: the interval holds 0. What is far outside is drawn at the edge.`;
    drawn.push(section("Differences", figure(drawing, caption), { together: true }));
  }
  const panels = async <Line extends { readonly label: string }>(
    title: string,
    groups: readonly Panel<Line>[],
    draw: (lines: readonly Line[], all: readonly Line[], names: string) => Promise<Html>,
    caption: string,
  ) => {
    const filled = groups.filter(({ lines }) => lines.length > 0);
    if (filled.length === 0) return;
    const all = filled.flatMap(({ lines }) => lines);
    const drawings: Html[] = [];
    for (const group of filled) {
      const drawing = await draw(group.lines, all, group.lines.map((line) => line.label).join(", "));
      drawings.push(html`<div class="panel">${filled.length > 1 && html`<h3>${group.title}</h3>`}${drawing}</div>`);
    }
    drawn.push(section(title, html`<figure>${drawings}<figcaption>${caption}</figcaption></figure>`));
  };
  const over = seeds > 1 ? ` Lines: means over ${seeds} seeds. Bands: from the lowest seed to the highest.` : "";
  await panels(
    "How the arms learned",
    curves,
    (lines, sharedWith, names) => {
      const description = `Learning curves: validation ${short} after each epoch, for ${names}.`;
      return curvesChart(lines, { title: titleOf("validation"), description, sharedWith });
    },
    `The ${label} on the validation rows after each epoch, at each arm's own learning rate.${over}`,
  );
  const series = (across: string) => (lines: readonly Series[], sharedWith: readonly Series[], names: string) => {
    const description = `Test ${short} against ${across}, for ${names}.`;
    return seriesChart(lines, { title: titleOf("test"), across, description, sharedWith });
  };
  const failed = learningRates.some(({ lines }) => lines.some(hasFailed)) ? " Crosses: some seeds diverged there." : "";
  await panels(
    "Learning rates",
    learningRates,
    series("learning rate"),
    `The ${label} on the test rows at each learning rate. A wide valley forgives a rate that is badly chosen. Bands: 95% intervals over seeds.${failed}`,
  );
  await panels(
    "Rows",
    rowCounts,
    series("training rows"),
    `The ${label} on the test rows against the number of training rows. Bands: 95% intervals over seeds.`,
  );
  return drawn;
}

function hasFailed({ points }: Series): boolean {
  return points.some(({ failed = 0 }) => failed > 0);
}

function listOf(sentences: readonly string[]): Html {
  return html`<ul>
${sentences.map(
  (sentence) => html`<li>${sentence}</li>
`,
)}</ul>
`;
}
