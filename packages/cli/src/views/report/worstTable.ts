import { scoreText } from "../../shell/figures.ts";
import { shortened } from "./charts/chart.ts";
import { type Html, html } from "./html.ts";
import { judgedPart, partWords } from "./judgedPart.ts";
import { wideTable } from "./page.ts";
import type { TrainingReportData } from "./types.ts";

/** The rows with the largest errors, beside what is known of them. */
export function worstTable({ worst, split, predictions, unit }: TrainingReportData): Html | undefined {
  if (worst === undefined || worst.rows.length === 0) return undefined;
  const isClasses = predictions.kind === "classes";
  const error = isClasses ? "probability of the true class" : `error${unit === undefined ? "" : `, ${unit}`}`;
  const heads = ["Row", "true", "predicted", error, ...worst.columns.map((name) => shortened(name, 24))];
  const rows = worst.rows.map(
    ({ place, truth, predicted, error, values }) => html`<tr><th scope="row">${place}</th>${[
      shortened(truth, 30),
      shortened(predicted, 30),
      (isClasses || error < 0 ? "" : "+") + scoreText(error).replace("-", "−"),
      ...values.map((value) => shortened(value, 30)),
    ].map((text) => html`<td>${text}</td>`)}</tr>
`,
  );
  const caption = isClasses
    ? `The ${partWords[judgedPart(split)]} rows whose true class seemed least probable. A class that a person would doubt as well may be wrong in the table.`
    : `The ${partWords[judgedPart(split)]} rows with the largest errors. A value that stands out, there or in the target, may be wrong in the table.`;
  return wideTable(
    "Rows with the largest errors",
    html`<table>
<caption>${caption}</caption>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${rows}</tbody></table>`,
  );
}
