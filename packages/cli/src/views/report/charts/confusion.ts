import { wholeText } from "../../../shell/figures.ts";
import { type Html, html, trusted } from "../html.ts";
import { wideTable } from "../page.ts";
import type { ReportPredictions } from "../types.ts";
import { shortened } from "./chart.ts";

type Classes = Extract<ReportPredictions, { kind: "classes" }>;

/** The most classes with their own row; the rarest are counted together. */
export const mostClasses = 10;

interface Confusion {
  readonly names: readonly string[];
  /** Rows of the true class, by predicted class. */
  readonly counts: readonly (readonly number[])[];
}

/**
 * Counts rows by true and predicted class, each of the commonest classes separately and the others
 * together.
 */
export function confusionOf({ classes, truth, predicted }: Classes): Confusion {
  const rows = new Array<number>(classes.length).fill(0);
  for (let i = 0; i < truth.length; i++) rows[truth[i]]++;
  const order = classes.map((_, i) => i);
  const kept =
    classes.length <= mostClasses ? order : order.sort((a, b) => rows[b] - rows[a]).slice(0, mostClasses - 1);
  const place = new Map(kept.map((of, i) => [of, i]));
  const names = kept.map((of) => classes[of]);
  if (kept.length < classes.length) names.push(`the other ${classes.length - kept.length}`);
  const counts = names.map(() => names.map(() => 0));
  const last = names.length - 1;
  for (let i = 0; i < truth.length; i++) counts[place.get(truth[i]) ?? last][place.get(predicted[i]) ?? last]++;
  return { names, counts };
}

/**
 * The confusion matrix as a table: shaded by the share of the true class, with recall and precision
 * at the edges.
 */
export function confusionTable(predictions: Classes): Html {
  const { names, counts } = confusionOf(predictions);
  const total = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columns = names.map((_, j) => counts.reduce((sum, row) => sum + row[j], 0));
  const body = names.map((name, i) => {
    const cells = counts[i].map((count, j) => {
      const share = total[i] === 0 ? 0 : count / total[i];
      return html`<td${i === j && trusted(' class="hit"')} style="--share:${share.toFixed(3)}">${wholeText(count)}</td>`;
    });
    return html`<tr><th scope="row">${shortened(name, 40)}</th>${cells}<td class="sum">${percent(counts[i][i], total[i])} of ${wholeText(total[i])}</td></tr>
`;
  });
  const precision = names.map((_, j) => html`<td class="sum">${percent(counts[j][j], columns[j])}</td>`);
  return wideTable(
    "Confusion matrix",
    html`<table class="matrix">
<caption>Rows: the true class. Columns: the predicted one.</caption>
<thead><tr><td></td>${names.map((name) => html`<th scope="col">${shortened(name, 20)}</th>`)}<th scope="col">found</th></tr></thead>
<tbody>
${body}<tr><th scope="row">right when predicted</th>${precision}<td class="sum"></td></tr>
</tbody></table>`,
  );
}

function percent(part: number, whole: number): string {
  return whole === 0 ? "–" : `${Math.round((100 * part) / whole)}%`;
}
