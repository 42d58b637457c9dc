import type { Evaluated } from "../actions/evaluate/evaluate.ts";
import type { ClassScores, WorstRow } from "../actions/evaluate/evaluateModel.ts";
import type { StatisticsGap } from "../actions/evaluate/statisticsGap.ts";
import type { Origin } from "../records/models/origin.ts";
import type { ScoresByName } from "../records/runs/types.ts";
import { count, scoreText, wholeText } from "../shell/figures.ts";
import { mainMetrics, metricFacts } from "../shell/metrics.ts";
import { printable } from "../shell/printed.ts";
import { type Colors, wrap } from "../shell/terminal.ts";
import { cut, newTable } from "./table.ts";

const width = 80;
const nameWidth = 42;

/** All fields, for programs. */
export function evaluationJson({ model, name, origin, source, part, evaluation }: Evaluated) {
  const { target, task } = model.schema;
  const { scores, baselines } = origin;
  return { model: name, table: source, part, target, task, ...evaluation, recorded: { scores, baselines } };
}

/** An evaluation for people, in 80 columns. */
export function evaluationText(evaluated: Evaluated, colors: Colors): string {
  const { model, name, source, part, evaluation } = evaluated;
  const { rows, classes, worst = [], batchNorm } = evaluation;
  const { target, task } = model.schema;
  const which = part === undefined ? "" : `${whichRows[part]} of `;
  const title = `${name} on ${which}${source}: ${count(rows, "row")}, ${target} (${task})`;
  const sections = [colors.bold(wrap(printable(title), width)), scoreTable(evaluated, colors)];
  const others = minorScores(evaluation.scores);
  if (others !== "") sections.push(wrap(others, width));
  if (classes !== undefined) sections.push(classTable(classes, colors));
  if (worst.length > 0) sections.push(worstTable(worst, evaluated, colors));
  if (batchNorm !== undefined) sections.push(wrap(batchNormText(batchNorm), width));
  return `${sections.join("\n\n")}\n`;
}

const whichRows = {
  train: "the training rows",
  validation: "the validation rows",
  test: "the test rows",
  all: "all rows",
} as const;

/** What a model had to do with the rows of a part. */
function partLabel(part: keyof typeof whichRows, { refit }: Origin): string {
  switch (part) {
    case "train":
      return "training rows, which it was trained on";
    case "validation":
      return refit === undefined
        ? "validation rows, by which it was chosen"
        : "validation rows, trained on in the refit";
    case "test":
      return "test rows, which it had not seen";
    case "all":
      return "all rows";
    default:
      return part satisfies never;
  }
}

function scoreTable({ evaluation, origin, part, isOwnTable }: Evaluated, colors: Colors): string {
  const { scores, guesses, parts = {} } = evaluation;
  const { scores: told, baselines = {} } = origin;
  const metrics = mainMetrics(Object.keys(scores));
  const table = newTable(colors, ["scores", ...metrics.map((metric) => metricFacts(metric).short)]);
  const line = (label: string, values: ScoresByName, mark = (text: string) => text) =>
    table.push([
      cut(label, nameWidth),
      ...metrics.map((metric) => (metric in values ? mark(scoreText(values[metric])) : "")),
    ]);
  const label =
    part === undefined ? (isOwnTable ? "all rows, trained on or not" : "these rows") : partLabel(part, origin);
  line(label, scores, colors.bold);
  const toldPart = told?.test === undefined ? "validation" : "test";
  // Among the recorded baselines of these rows are the same guesses.
  const isTold = part === toldPart && Object.keys(baselines).length > 0;
  if (!isTold) for (const [name, values] of Object.entries(guesses)) line(`  ${name}`, values);
  for (const name of ["test", "validation", "train"] as const) {
    const found = parts[name];
    if (found !== undefined) line(partLabel(name, origin), found.scores);
  }
  const recorded = told?.[toldPart];
  if (recorded !== undefined && part !== "all" && part !== toldPart) line(`the training's ${toldPart} rows`, recorded);
  for (const [name, from] of Object.entries(baselines)) {
    const values = from[toldPart];
    if (values !== undefined && part !== "all") line(`  ${name}`, values);
  }
  return table.toString();
}

/** The scores for which there is no column, in a sentence; empty if there are none. */
function minorScores(scores: ScoresByName): string {
  const main = new Set(mainMetrics(Object.keys(scores)));
  const others = Object.keys(scores).filter((name) => !main.has(name));
  const figures = others.map((name) => `${metricFacts(name).label} ${scoreText(scores[name])}`).join(", ");
  return figures === "" ? "" : `${figures.charAt(0).toUpperCase()}${figures.slice(1)}.`;
}

function classTable(classes: readonly ClassScores[], colors: Colors): string {
  const table = newTable(colors, ["class", "rows", "predicted", "precision", "recall"]);
  // There is room only for the commonest classes.
  const shown = [...classes].sort((a, b) => b.rows - a.rows).slice(0, 30);
  for (const { name, rows, predicted, precision, recall } of shown) {
    const figures = [wholeText(rows), wholeText(predicted)];
    table.push([cut(name, nameWidth), ...figures, scoreText(precision), scoreText(recall)]);
  }
  const rest = classes.length - shown.length;
  return rest > 0 ? `${table.toString()}\nand ${rest} rarer classes; --json has them all` : table.toString();
}

function worstTable(
  worst: readonly WorstRow[],
  { table, labels: [label], placeOf }: Evaluated,
  colors: Colors,
): string {
  const names = table.columns.find(({ name, type }) => name === label && type === "text");
  const shown = newTable(
    colors,
    ["worst rows", ...(names ? [cut(names.name, 24)] : []), "truth", "prediction", "error"],
    names ? 2 : 1,
  );
  for (const { row, truth, prediction, error } of worst) {
    const text = names?.type === "text" && names.codes[row] >= 0 ? names.dictionary[names.codes[row]] : "";
    const figures = [scoreText(truth), scoreText(prediction), `${error > 0 ? "+" : ""}${scoreText(error)}`];
    shown.push([placeOf(row), ...(names ? [cut(text, 24)] : []), ...figures]);
  }
  return shown.toString();
}

function batchNormText({ loss, running, batch }: StatisticsGap): string {
  const name = loss === "mse" ? "squared error of the scaled target" : "log loss";
  const figures = `${name} ${scoreText(running)} with its running statistics, ${scoreText(batch)} with those of these rows`;
  if (running <= 1.1 * batch) return `Batch normalization: ${figures}. The running statistics fit.`;
  return (
    `Batch normalization: ${figures}. The running statistics do not fit these rows: either they lagged behind when the ` +
    "network was trained, or these rows are distributed differently from the training rows."
  );
}
