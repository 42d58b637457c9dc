import { aboutSeconds, scoreText, wholeText } from "../../shell/figures.ts";
import { metricFacts } from "../../shell/metrics.ts";
import { intervalText } from "../scoreWords.ts";
import { disagreement, fairStandings, type Subject, standings, verdict } from "../verdict.ts";
import { calibrationChart } from "./charts/calibrationChart.ts";
import { confusionTable, mostClasses } from "./charts/confusion.ts";
import { curvesChart } from "./charts/curvesChart.ts";
import { importanceChart, mostColumns } from "./charts/importanceChart.ts";
import { mostDots, predictedChart, residualsChart } from "./charts/predictionCharts.ts";
import { ratesChart } from "./charts/ratesChart.ts";
import { type Html, html, section } from "./html.ts";
import { judgedPart, partWords } from "./judgedPart.ts";
import { figure, findingsList, page, settingsList } from "./page.ts";
import { baselinesTable, partsTable, scoredRows } from "./scoresTable.ts";
import type { TrainingReportData } from "./types.ts";
import { worstTable } from "./worstTable.ts";

/**
 * The report of a training as a self-contained HTML file, also for print: how good the model is
 * beside the baselines, its learning curves, its errors, the importance of the columns, the
 * findings about the table, and how to predict with it.
 */
export async function trainingReport(data: TrainingReportData): Promise<string> {
  return page(data, [
    header(data),
    headline(data),
    baselinesTable(data),
    data.curves && section("How it learned", await learning(data.curves, data), { together: true }),
    section(...(await predictions(data)), { together: true }),
    await calibration(data),
    worst(data),
    await importance(data),
    section("Scores by part of the rows", partsTable(data), { together: true }),
    section("What was found", findingsList(data.findings)),
    section(data.ofTrees ? "The trees" : "The network", html`<pre>${data.network}</pre>`),
    section("Settings", settingsList({ seed: data.seed, ...data.settings })),
    data.usage.length > 0 &&
      section(
        "How to predict with it",
        data.usage.map(({ title, code }) => html`<h3>${title}</h3><pre>${code}</pre>`),
        { together: true },
      ),
  ]);
}

function header({ title, table, target, task, split, seconds, refit, ofTrees }: TrainingReportData): Html {
  const kind = { regression: "a number", binary: "one of two classes", multiclass: "one of several classes" }[task];
  const uses = { train: "to train on", validation: "to choose by", test: "to test" };
  const parts = (["train", "validation", "test"] as const)
    .filter((part) => split[part] > 0)
    .map((part) => `${wholeText(split[part])} ${uses[part]}`);
  return html`<header><h1>${title}</h1>
<p class="quiet facts">Predicts <strong>${target}</strong>, ${kind}, from ${table.source}: ${wholeText(table.rows)} rows, ${parts.join(", ")}. Trained in ${aboutSeconds(seconds)}.${refit !== undefined && ` The ${ofTrees ? "trees that were kept were then grown" : "network that was kept was then trained"} in the same way on the ${wholeText(refit.rows)} training and validation rows together (refit).`}</p></header>
`;
}

/** The main score in words, beside the best baseline by every metric. */
function headline(data: TrainingReportData): Html {
  const { scores, baselines, intervals, decision, metric, unit, split, ofTrees } = data;
  const { label, better, inUnits } = metricFacts(metric);
  const part = judgedPart(split);
  const value = scores[part]?.[metric] ?? Number.NaN;
  const asPercent = /accuracy/i.test(metric);
  const big = asPercent ? scoreText(100 * value) : scoreText(value);
  const small = asPercent ? "%" : inUnits ? unit : undefined;
  const known = Object.entries(baselines).flatMap(([name, of]) => {
    const theirs = of[part]?.[metric];
    return theirs === undefined || Number.isNaN(theirs) ? [] : [{ name, theirs }];
  });
  known.sort((a, b) => (better === "lower" ? a.theirs - b.theirs : b.theirs - a.theirs));
  const best = known.at(0);
  const theirs = Object.fromEntries(Object.entries(baselines).map(([name, of]) => [name, of[part]]));
  const tested = part === "test" ? intervals : undefined;
  const subject = ofTrees ? "trees" : "network";
  const hasThreshold = decision?.hasThreshold ?? false;
  const found = fairStandings(standings(scores[part] ?? {}, theirs, tested), hasThreshold);
  const unclear =
    disagreement(found, partWords[part], subject) ??
    (hasThreshold || found.at(0)?.outcome === "open" ? verdict(found, partWords[part], subject) : undefined);
  const interval = intervalText(tested?.scores[metric]);
  return html`<div class="headline"><span class="figure">${big}${small !== undefined && html` <small>${small}</small>`}</span>
<p>${sentence(label)} on ${scoredRows(data, part)} ${partWords[part]} rows${interval !== "" && ` (95% interval ${interval})`}.${best !== undefined && ` ${unclear ?? against(value, best, { better, asPercent, subject })}`}${decision !== undefined && ` ${decision.said}`}</p></div>
`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function against(
  value: number,
  { name, theirs }: { readonly name: string; readonly theirs: number },
  {
    better,
    asPercent,
    subject,
  }: { readonly better: "lower" | "higher"; readonly asPercent: boolean; readonly subject: Subject },
): string {
  const said = asPercent ? `${scoreText(100 * theirs)}%` : scoreText(theirs);
  if (value === theirs) return `The best baseline, ${name}, does exactly as well.`;
  const wins = better === "lower" ? value < theirs : value > theirs;
  if (!wins)
    return `The best baseline, ${name}, does better: ${said}. ${subject === "trees" ? "These trees are not worth their nodes" : "This network is not worth its weights"}.`;
  const gain =
    better === "lower" && theirs > 0
      ? `, ${Math.round(100 * (1 - value / theirs))}% less`
      : asPercent
        ? `, ${scoreText(100 * (value - theirs))} points more`
        : "";
  return `The best baseline, ${name}, has ${said}: this is better${gain}.`;
}

type Curves = NonNullable<TrainingReportData["curves"]>;

async function learning(curves: Curves, { unit, refit }: TrainingReportData): Promise<Html> {
  const { metric, lines, bestEpoch } = curves;
  const { label, short, inUnits } = metricFacts(metric);
  const seeds = Math.max(0, ...lines.map(({ runs }) => runs.length));
  const drawing = await curvesChart(lines, {
    title: inUnits && unit !== undefined ? `${short}, ${unit}` : short,
    description: `Learning curves: ${label} after each epoch`,
    bestEpoch,
  });
  const bands = seeds > 1 ? ` Lines: means over ${seeds} seeds. Bands: from the lowest seed to the highest.` : "";
  const both = lines.some((line) => /recomputed/.test(line.label))
    ? " Recomputed: the same weights, with BatchNorm's statistics recomputed over the training rows instead of the running averages; a gap between the two lines means that the running averages lag behind."
    : "";
  const again = " The lines are those of the first training: the refit has no validation rows to draw a line for.";
  const kept =
    refit !== undefined ? again : bestEpoch === undefined ? "" : ` The weights of epoch ${bestEpoch} were kept.`;
  return html`${figure(drawing, `The ${label} after each epoch.${bands}${both}${kept}`)}${await learningRates(curves)}`;
}

/** How the learning rate moved, as a drawing if it did. */
async function learningRates({ rates = [] }: Curves): Promise<Html | undefined> {
  if (rates.length === 0) return undefined;
  if (new Set(rates).size === 1) return html`<p class="note">The learning rate was ${String(rates[0])} throughout.</p>`;
  return figure(await ratesChart(rates), "The learning rate after each epoch, as the schedule moved it.");
}

async function calibration({ calibration, split }: TrainingReportData): Promise<Html | undefined> {
  if (calibration === undefined || calibration.bins.length === 0) return undefined;
  const { bins, error, of } = calibration;
  const what = of === undefined ? "the class that was predicted" : `the class ${of}`;
  const part = partWords[judgedPart(split)];
  const caption = `A dot for all ${part} rows of about the same probability of ${what}, and the 95% interval of their share (Wilson). On the dashed line probabilities are what they say; below it the model is too sure. The ${bins.length === 1 ? "dot is" : `${bins.length} dots are, weighted by their rows,`} ${scoreText(100 * error)} percentage points off (expected calibration error).`;
  return section("Whether its probabilities are right", figure(await calibrationChart(calibration), caption), {
    together: true,
  });
}

function worst(data: TrainingReportData): Html | undefined {
  const table = worstTable(data);
  return table && section("Which rows it errs most on", table, { together: true });
}

async function predictions(data: TrainingReportData): Promise<[string, Html]> {
  const { predictions, target, unit } = data;
  const part = partWords[judgedPart(data.split)];
  if (predictions.kind === "classes") {
    const rest = predictions.classes.length > mostClasses ? " The rarest classes are counted together." : "";
    const note = html`<p class="note">${sentence(part)} rows. Found: the share of the true class that was predicted as it (recall). Right when predicted: precision.${rest}</p>`;
    return ["Which classes it confuses", html`${confusionTable(predictions)}${note}`];
  }
  const words = { target: unit === undefined ? target : `${target}, ${unit}`, unit, part };
  const [left, right] = [await predictedChart(predictions, words), await residualsChart(predictions, words)];
  const rows = predictions.truth.length;
  const shown = rows > mostDots ? ` ${wholeText(mostDots)} of ${wholeText(rows)} rows are drawn.` : "";
  return [
    "Where it errs",
    html`<div class="pair">${figure(left, `A dot for each ${part} row; on the dashed line the prediction is perfect.${shown}`)}${figure(
      right,
      "Residuals against the prediction. A slope, a curve or a funnel is something that the model has not learned.",
    )}</div>`,
  ];
}

async function importance({ importance, unit }: TrainingReportData): Promise<Html | undefined> {
  if (importance === undefined) return undefined;
  const { metric, part } = importance;
  const columns = importance.columns.filter(({ drops }) => drops.length > 0 && drops.every(Number.isFinite));
  if (columns.length === 0) return undefined;
  const repeats = Math.max(...columns.map(({ drops }) => drops.length));
  const others = columns.length > mostColumns ? ` The ${mostColumns} most important of ${columns.length} columns.` : "";
  const drawing = await importanceChart(columns, { metric, unit });
  const caption = `How much worse the ${metricFacts(metric).label} on the ${part} rows becomes when a column's values are shuffled among them. Bars: the mean of ${repeats} shuffles; lines: the lowest and the highest. Columns that say the same can stand in for each other and then look less important than they are.${others}`;
  return section("What it looks at", figure(drawing, caption), { together: true });
}
