import { scoreText, wholeText } from "../../shell/figures.ts";
import { metricFacts } from "../../shell/metrics.ts";
import { type Html, type HtmlValue, html, section, trusted } from "./html.ts";
import { plainText, signedText } from "./numbers.ts";
import type { Estimate, StudyArm, StudyReportData } from "./types.ts";

/**
 * The arms in the order of the study, the best on the test rows in bold, with intervals below their
 * means. On a phone each row is a card, for which every cell knows its column; browsers take rows
 * that are no longer rows out of the table, so the roles are written down.
 */
export function armsSection(data: StudyReportData): Html | false {
  if (data.rows.length === 0) return false;
  return section("The arms", html`${armsTable(data)}<p class="note">${armsNote(data)}</p>`);
}

function armsTable({ rows, metric, unit }: StudyReportData): Html {
  const { short, inUnits } = metricFacts(metric);
  const columns: readonly { readonly head: string; readonly cell: (arm: StudyArm) => HtmlValue }[] = [
    { head: "learning rate", cell: ({ lr }) => lr },
    {
      head: `test ${inUnits && unit !== undefined ? `${short}, ${unit}` : short}`,
      cell: ({ test }) => withInterval(test, plainText),
    },
    {
      head: "difference",
      cell: ({ difference }) => difference !== null && withInterval(difference, signedText),
    },
    ...(rows.some(({ won }) => won !== null)
      ? [{ head: "seeds won", cell: ({ won }: StudyArm) => won !== null && `${won.seeds} of ${won.of}` }]
      : []),
    { head: "epochs to target", cell: epochsText },
    { head: "spread", cell: ({ spread }) => spread !== null && scoreText(spread) },
    { head: "test minus train", cell: ({ gap }) => plainText(gap.value) },
    { head: "diverged", cell: ({ diverged }) => `${diverged.runs} of ${diverged.of}` },
  ];
  const best = bestOf(rows, metric);
  const body = rows.map((arm) => {
    const { label, parameters } = arm;
    const cells = columns.map(({ head, cell }) => html`<td role="cell" data-head="${head}">${cell(arm)}</td>`);
    return html`<tr role="row"${best.includes(arm) && trusted(' class="ours"')}><th role="rowheader" scope="row">${label}${
      parameters !== undefined && html`<br><span class="note">${wholeText(parameters)} parameters</span>`
    }</th>${cells}</tr>
`;
  });
  const heads = columns.map(({ head }) => html`<th role="columnheader" scope="col">${head}</th>`);
  return html`<table class="arms" role="table">
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Arm</th>${heads}</tr></thead>
<tbody role="rowgroup">
${body}</tbody></table>
`;
}

function armsNote({ reference, targetError }: StudyReportData): string {
  const epochs = ` Epochs to target: the median over seeds until ${targetError}.`;
  return `Means over seeds, with their 95% intervals. Differences: to ${reference}, seed by seed.${epochs} Spread: how far two trainings on the same split lie apart. Bold: the lowest mean on the test rows, which chose nothing; others may be as good within noise.`;
}

function epochsText({ epochsTo: { median, arrived, runs } }: StudyArm): HtmlValue {
  if (runs === 0) return false;
  const arrivals = arrived < runs && html`<small>${arrived} of ${runs} arrive</small>`;
  return html`${median === null ? "–" : Math.ceil(median)}${arrivals}`;
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
