import { wholeText } from "../../shell/figures.ts";
import { armsSection } from "./armsTable.ts";
import { claimsSection } from "./claimsSection.ts";
import { differencesFigure } from "./differences.ts";
import { type Html, html, section } from "./html.ts";
import { findingsList, page, settingsList } from "./page.ts";
import { panelSections } from "./panels.ts";
import type { StudyReportData } from "./types.ts";

/**
 * The report of a study as a self-contained HTML file: the answer, the differences, the claims with
 * their verdicts, the curves, the arms, and how it was done.
 */
export async function studyReport(data: StudyReportData): Promise<string> {
  const { findings = [], notes, seeds, settings, ran, headline } = data;
  return page(data, [
    header(data),
    differencesFigure(data),
    headline.length > 0 &&
      html`<details><summary>The answer in figures</summary>${paragraphs(headline)}</details>
`,
    claimsSection(data),
    ...(await panelSections(data)),
    armsSection(data),
    notes.length > 0 && section("How to read these figures", listOf(notes)),
    findings.length > 0 && section("What the check of the table found", findingsList(findings)),
    section("What was run", html`${ran.length > 0 && listOf(ran)}${settingsList({ seeds, ...settings })}`),
  ]);
}

function header({ title, table, target, answer: [first = "", ...more], power, seeds }: StudyReportData): Html {
  return html`<header><h1>${title}</h1>
<p class="quiet facts">Predicting <strong>${target}</strong> from ${table.source}: ${wholeText(table.rows)} rows, ${seeds} ${
    seeds === 1 ? "seed" : "seeds"
  }.</p>
<div class="answer"><p>${first}</p>
${paragraphs(more)}${
  power !== null &&
  html`<p class="note">${power}</p>
`
}</div></header>
`;
}

function paragraphs(sentences: readonly string[]): Html[] {
  return sentences.map(
    (sentence) => html`<p>${sentence}</p>
`,
  );
}

function listOf(sentences: readonly string[]): Html {
  return html`<ul>
${sentences.map(
  (sentence) => html`<li>${sentence}</li>
`,
)}</ul>
`;
}
