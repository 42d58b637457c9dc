import { metricFacts } from "../metrics.ts";
import { armsTable } from "./armsTable.ts";
import { curvesChart } from "./curvesChart.ts";
import { differencesChart } from "./differencesChart.ts";
import { type Html, html } from "./html.ts";
import { figure, findingsList, page, section, settingsList, wholeText } from "./page.ts";
import { seriesChart } from "./seriesChart.ts";
import type { Series, StudyReportData, Verdict } from "./types.ts";

/**
 * The report of a study as one HTML file, which needs nothing else: the answer, the claims with their verdicts and the rules that gave
 * them, the arms, and the charts behind them.
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

function header({ title, table, target, headline: [answer, ...more], seeds }: StudyReportData): Html {
  return html`<header><h1>${title}</h1>
<p class="quiet facts">Predicting <strong>${target}</strong> from ${table.source}: ${wholeText(table.rows)} rows, ${seeds} ${
    seeds === 1 ? "seed" : "seeds"
  }.</p></header>
<p class="answer">${answer}</p>
${more.map(
  (sentence) => html`<p>${sentence}</p>
`,
)}`;
}

/** In words and by a sign, not by colour alone. */
const verdicts: Readonly<Record<Verdict, { readonly name: string; readonly words: string }>> = {
  held: { name: "held", words: "✓ held" },
  "not held": { name: "not", words: "✗ did not hold" },
  undecided: { name: "open", words: "≈ not told from noise" },
};

function claimsSection({ claims }: StudyReportData): Html | false {
  if (claims.length === 0) return false;
  const rows = claims.map(({ claim, verdict, sentence, rule }) => {
    const { name, words } = verdicts[verdict];
    return html`<tr><th scope="row">${claim}</th><td class="words verdict ${name}">${words}</td><td class="words">${sentence}<br><span class="note">${rule}</span></td></tr>
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
  const epochs =
    targetError === null ? "" : " Epochs: the median over seeds until the validation error is at most that.";
  return `Means over seeds, with their 95% intervals. Differences: to ${reference}, seed by seed.${epochs} Spread: standard deviation over seeds. Bold: the best on the test rows, which chose nothing.`;
}

async function charts(data: StudyReportData): Promise<Html[]> {
  const { metric, unit, rows, reference, curves, learningRates = [], rowCounts = [], seeds } = data;
  const { short, label, better } = metricFacts(metric);
  const titleOf = (name: string, prefix = "") => {
    const facts = metricFacts(name);
    return prefix + (facts.inUnits && unit !== undefined ? `${facts.short}, ${unit}` : facts.short);
  };
  const drawn: Html[] = [];
  const add = (title: string, drawing: Html, caption: string) =>
    drawn.push(section(title, figure(drawing, caption), { together: true }));

  const different = rows.flatMap(({ label, difference, differences }) =>
    difference === null || !Number.isFinite(difference.value) ? [] : [{ label, difference, differences }],
  );
  if (different.length > 0) {
    const marks = different.some(({ differences = [] }) => differences.length > 0) ? " Small marks: seeds." : "";
    add(
      "Differences",
      await differencesChart(different, { title: titleOf(metric, "test "), to: reference, better }),
      `The test ${short} of each arm minus that of ${reference}, seed by seed: ${better === "lower" ? "left" : "right"} of the dashed line is better. Dots and lines: means and their 95% intervals.${marks} Grey: the interval holds 0.`,
    );
  }
  if (curves !== undefined && curves.lines.length > 0) {
    const facts = metricFacts(curves.metric);
    add(
      "How the arms learned",
      await curvesChart(curves.lines, {
        title: titleOf(curves.metric),
        description: `Learning curves by arm: ${facts.label} after each epoch, for ${curves.lines.map((line) => line.label).join(", ")}.`,
      }),
      `The ${facts.label} after each epoch.${seeds > 1 ? ` Lines: means over ${seeds} seeds. Bands: from the lowest seed to the highest.` : ""}`,
    );
  }
  const series = async (title: string, lines: readonly Series[], across: string, caption: string) => {
    if (lines.length === 0) return;
    const drawing = await seriesChart(lines, {
      title: titleOf(metric, "test "),
      across,
      description: `Test ${short} against ${across}, for ${lines.map((line) => line.label).join(", ")}.`,
    });
    const failed = lines.some(({ points }) => points.some((point) => (point.failed ?? 0) > 0));
    add(
      title,
      drawing,
      `${caption} Bands: 95% intervals over seeds.${failed ? " Crosses: some seeds diverged there." : ""}`,
    );
  };
  await series(
    "Learning rates",
    learningRates,
    "learning rate",
    `The ${label} on the test rows at each learning rate. A wide valley forgives a rate that is badly chosen.`,
  );
  await series(
    "Rows",
    rowCounts,
    "training rows",
    `The ${label} on the test rows when only so many rows are trained on.`,
  );
  return drawn;
}

function listOf(sentences: readonly string[]): Html {
  return html`<ul>
${sentences.map(
  (sentence) => html`<li>${sentence}</li>
`,
)}</ul>
`;
}
