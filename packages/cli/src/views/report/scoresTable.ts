import { scoreText, wholeText } from "../../shell/figures.ts";
import { compareScores, metricFacts } from "../../shell/metrics.ts";
import { type Html, html, trusted } from "./html.ts";
import { judgedPart, partWords, worthOf } from "./judgedPart.ts";
import { wideTable } from "./page.ts";
import type { PartScores, ScoresByName, TrainingReportData } from "./types.ts";

/**
 * The scores of the model and of the baselines on the test rows, the best first, with a bar for
 * the first metric.
 */
export function baselinesTable({
  scores,
  baselines,
  metric,
  unit,
  split,
  trainScored,
  ofTrees,
  sampledRows,
}: TrainingReportData): Html {
  const part = judgedPart(split);
  const ours = { name: ofTrees ? "these trees" : "this network", ours: true, values: scores[part] ?? {} };
  const others = Object.entries(baselines).map(([name, of]) => ({ name, ours: false, values: of[part] ?? {} }));
  const lines = [ours, ...others].sort((a, b) => compareScores(metric, a.values[metric], b.values[metric]));
  const metrics = [metric, ...Object.keys(ours.values).filter((name) => name !== metric)];
  const longest = Math.max(...lines.map(({ values }) => finite(values[metric])));
  const bar = (value: number | undefined) => {
    const share = longest > 0 ? Math.max(0, finite(value)) / longest : 0;
    return html`<span class="bar" style="width:${(100 * share).toFixed(1)}%"></span>`;
  };
  const rows = lines.map(
    ({
      name,
      ours,
      values,
    }) => html`<tr${ours && trusted(' class="ours"')}><th scope="row">${name}</th><td class="bars">${bar(values[metric])}</td>${cells(metrics, values)}</tr>
`,
  );
  const caption = `On ${scoredRows({ split, trainScored }, part, "the ")} ${partWords[part]} rows, ${worthOf[part]}${sampleWords(sampledRows, split.train)}`;
  return wideTable(
    "Scores of the models",
    html`<table>
<caption>${caption}</caption>
<thead><tr><th scope="col">Model</th><td></td>${heads(metrics, unit)}</tr></thead>
<tbody>
${rows}</tbody></table>`,
  );
}

function sampleWords(sampled: number | undefined, all: number): string {
  if (sampled === undefined) return "";
  return `. The baselines had a sample of ${wholeText(sampled)} training rows, this network all ${wholeText(all)}`;
}

/** "600,000" after an article, or how many of the training rows are scored. */
export function scoredRows(
  { split, trainScored }: Pick<TrainingReportData, "split" | "trainScored">,
  part: keyof TrainingReportData["split"],
  article = "",
): string {
  const scored = part === "train" ? trainScored : split[part];
  return scored === split[part]
    ? `${article}${wholeText(scored)}`
    : `${wholeText(scored)} of the ${wholeText(split[part])}`;
}

/** Scores by part of the rows, with both kinds of running statistics if there are both. */
export function partsTable({ scores, batchNorm, split, trainScored, unit, refit, ofTrees }: TrainingReportData): Html {
  const metrics = Object.keys(scores[judgedPart(split)] ?? {});
  const kinds: [string, PartScores, boolean][] =
    batchNorm === undefined
      ? [["", scores, false]]
      : (["asTrained", "recomputed"] as const).map((kind) => [
          kind === "asTrained" ? "statistics as trained" : "statistics recomputed",
          batchNorm[kind],
          batchNorm.kept === kind,
        ]);
  const rows = kinds.flatMap(([kind, values, kept]) =>
    (["train", "validation", "test"] as const)
      .filter((part) => values[part] !== undefined)
      .map((part) => {
        const shown = part === "validation" && refit !== undefined ? "validation before the refit" : part;
        const name = kind === "" ? shown : `${shown}, ${kind}${kept ? " (kept)" : ""}`;
        return html`<tr><th scope="row">${name}</th><td>${wholeText(part === "train" ? trainScored : split[part])}</td>${cells(metrics, values[part])}</tr>
`;
      }),
  );
  return wideTable(
    "Scores by part of the rows",
    html`<table>
<thead><tr><th scope="col">${ofTrees ? "These trees on their" : "This network on its"}</th><th scope="col">rows</th>${heads(metrics, unit)}</tr></thead>
<tbody>
${rows}</tbody></table>`,
  );
}

function heads(metrics: readonly string[], unit: string | undefined): Html[] {
  return metrics.map((name) => {
    const { short, label, inUnits } = metricFacts(name);
    return html`<th scope="col"><abbr title="${label}">${short}</abbr>${inUnits && unit !== undefined && `, ${unit}`}</th>`;
  });
}

function cells(metrics: readonly string[], values: ScoresByName = {}): Html[] {
  return metrics.map(
    (name) => html`<td>${Object.hasOwn(values, name) ? scoreText(values[name]).replace("-", "−") : ""}</td>`,
  );
}

function finite(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) ? value : 0;
}
