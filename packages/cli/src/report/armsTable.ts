import { metricFacts, scoreText } from "../metrics.ts";
import { signedText } from "./differencesChart.ts";
import { type Html, html, trusted } from "./html.ts";
import type { Estimate, StudyArm, StudyReportData } from "./types.ts";

/** The arms in the order of the study, the best one on the test rows in bold; intervals stand under their means. */
export function armsTable({ rows, metric, unit }: StudyReportData): Html {
  const { short, inUnits } = metricFacts(metric);
  const named = inUnits && unit !== undefined ? `${short}, ${unit}` : short;
  const timed = rows.some(({ msPerEpoch }) => msPerEpoch !== null);
  const best = bestOf(rows, metric);
  const heads = [
    "learning rate",
    `test ${named}`,
    "difference",
    "epochs to target",
    "spread",
    "test minus train",
    "diverged",
    ...(timed ? ["ms per epoch"] : []),
  ];
  const body = rows.map((arm) => {
    const { label, lr, test, difference, epochsTo, spread, gap, diverged, msPerEpoch } = arm;
    const arrived =
      epochsTo.arrived < epochsTo.runs ? html`<small>${epochsTo.arrived} of ${epochsTo.runs} arrive</small>` : "";
    const cells = [
      lr,
      withInterval(test, plainText),
      difference === null ? "" : withInterval(difference, signedText),
      html`${epochsTo.median === null ? "–" : Math.ceil(epochsTo.median)}${arrived}`,
      spread === null ? "" : scoreText(spread),
      plainText(gap.value),
      `${diverged.runs} of ${diverged.of}`,
      ...(timed ? [msPerEpoch === null ? "" : scoreText(msPerEpoch)] : []),
    ];
    return html`<tr${arm === best && trusted(' class="ours"')}><th scope="row">${label}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`;
  });
  return html`<div class="wide"><table class="arms">
<thead><tr><th scope="col">Arm</th>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${body}</tbody></table></div>
`;
}

function bestOf(rows: readonly StudyArm[], metric: string): StudyArm | undefined {
  const sign = metricFacts(metric).better === "lower" ? 1 : -1;
  const finite = rows.filter(({ test }) => Number.isFinite(test.value));
  return [...finite].sort((a, b) => sign * (a.test.value - b.test.value)).at(0);
}

function withInterval({ value, interval }: Estimate, write: (value: number) => string): Html {
  const range = interval !== null && html`<small>${write(interval.low)} to ${write(interval.high)}</small>`;
  return html`${write(value)}${range}`;
}

function plainText(value: number): string {
  return scoreText(value).replace("-", "−");
}
