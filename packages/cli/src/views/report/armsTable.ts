import { scoreText, wholeText } from "../../shell/figures.ts";
import { metricFacts } from "../../shell/metrics.ts";
import { signedText } from "./charts/differencesChart.ts";
import { type Html, html, trusted } from "./html.ts";
import type { Estimate, StudyArm, StudyReportData } from "./types.ts";

/**
 * The arms in the order of the study, the best on the test rows in bold, with intervals below their
 * means.
 */
export function armsTable({ rows, metric, unit }: StudyReportData): Html {
  const { short, inUnits } = metricFacts(metric);
  const named = inUnits && unit !== undefined ? `${short}, ${unit}` : short;
  const best = bestOf(rows, metric);
  const heads = [
    "learning rate",
    `test ${named}`,
    "difference",
    "epochs to target",
    "spread",
    "test minus train",
    "diverged",
  ];
  const body = rows.map((arm) => {
    const { label, lr, test, difference, epochsTo, spread, gap, diverged, parameters } = arm;
    const arrived =
      epochsTo.arrived < epochsTo.runs ? html`<small>${epochsTo.arrived} of ${epochsTo.runs} arrive</small>` : "";
    const cells = [
      lr,
      withInterval(test, plainText),
      difference === null ? "" : withInterval(difference, signedText),
      epochsTo.runs === 0 ? "" : html`${epochsTo.median === null ? "–" : Math.ceil(epochsTo.median)}${arrived}`,
      spread === null ? "" : scoreText(spread),
      plainText(gap.value),
      `${diverged.runs} of ${diverged.of}`,
    ];
    return html`<tr${best.includes(arm) && trusted(' class="ours"')}><th scope="row">${label}${parameters !== undefined && html`<br><span class="note">${wholeText(parameters)} parameters</span>`}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`;
  });
  return html`<div class="wide"><table class="arms">
<thead><tr><th scope="col">Arm</th>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${body}</tbody></table></div>
`;
}

/** All arms with the best mean, up to rounding. */
function bestOf(rows: readonly StudyArm[], metric: string): StudyArm[] {
  const sign = metricFacts(metric).better === "lower" ? 1 : -1;
  const finite = rows.filter(({ test }) => Number.isFinite(test.value));
  const best = Math.min(...finite.map(({ test }) => sign * test.value));
  return finite.filter(({ test }) => sign * test.value - best <= 1e-9 * Math.abs(best));
}

function withInterval({ value, interval }: Estimate, write: (value: number) => string): Html {
  const range = interval !== null && html`<small>${write(interval.low)} to ${write(interval.high)}</small>`;
  return html`${write(value)}${range}`;
}

function plainText(value: number): string {
  return scoreText(value).replace("-", "−");
}
