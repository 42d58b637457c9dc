import {
  type AnyTableModel,
  type Outside,
  type PreprocessingJson,
  TreeModel,
  type TreePreprocessingJson,
  type Unfamiliar,
  unfamiliarToTrees,
  unfamiliarValues,
} from "evenkeel/tabular";
import { valueText, wholeText } from "../../shell/figures.ts";
import { offFlagOf } from "../../shell/flags.ts";
import { dateText } from "./dateText.ts";
import type { Features } from "./readFeatures.ts";

/** So many columns are named in a note; the others are counted. */
const mostColumns = 6;

/**
 * What a model was not taught, of the columns that are there.
 * @throws RangeError if a value is not of its column's kind
 */
export function unfamiliarIn(model: AnyTableModel, { table, absent }: Features): Unfamiliar[] {
  const found =
    model instanceof TreeModel
      ? unfamiliarToTrees(model.preprocessing, table)
      : unfamiliarValues(model.preprocessing, table);
  return found.filter(({ column }) => !absent.includes(column));
}

/**
 * What is said of values that a model was not taught: missing ones and new categories, a note for
 * each column, and numbers and dates outside the range of training, one note for all.
 * @param rows how many there are
 */
export function unfamiliarNotes(
  { preprocessing }: AnyTableModel,
  unfamiliar: readonly Unfamiliar[],
  rows: number,
): string[] {
  const encodings = new Map([...preprocessing.toJSON().inputs].map((encoding) => [encoding.column, encoding]));
  // Training had rows without a value, and an input that says so.
  const knowsMissing = (column: string) => {
    const encoding = encodings.get(column);
    return encoding !== undefined && "indicator" in encoding && encoding.indicator;
  };
  const of = (part: number) => partOf(part, rows, "row");
  const guessed = unfamiliar.flatMap(({ column, missing, unknown, examples }) => {
    const shown = examples.map((text) => JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text)).join(", ");
    if (missing === rows && rows > 1 && !knowsMissing(column)) {
      return [
        `warning: "${column}" is empty in all ${wholeText(rows)} rows, and in training had values: is it called otherwise, or written in another way?`,
      ];
    }
    return [
      ...(missing > 0
        ? [`note: "${column}" has no value in ${of(missing)}: taken as the training took missing ones`]
        : []),
      ...(unknown > 0
        ? [
            `note: "${column}" holds categories in ${of(unknown)} that the training did not have${orRarely(encodings.get(column))}: ${shown}`,
          ]
        : []),
    ];
  });
  return [...guessed, ...outsideNotes(unfamiliar, rows)];
}

function orRarely(
  encoding: PreprocessingJson["inputs"][number] | TreePreprocessingJson["inputs"][number] | undefined,
): string {
  return encoding?.kind === "category" && "rareBelow" in encoding && encoding.rareBelow > 1
    ? ` in ${encoding.rareBelow} rows`
    : "";
}

function outsideNotes(unfamiliar: readonly Unfamiliar[], rows: number): string[] {
  const found = unfamiliar.flatMap(({ column, outside }) => (outside === undefined ? [] : [{ column, ...outside }]));
  if (found.length === 0) return [];
  const different = new Set<number>();
  for (const one of found) for (const row of one.rows) different.add(row);
  const named = found.slice(0, mostColumns).map((one) => {
    const show = one.kind === "date" ? (time: number) => dateText(time) ?? "" : valueText;
    const range = one.least === one.most ? show(one.least) : `${show(one.least)} to ${show(one.most)}`;
    return `"${one.column}" in ${wholeText(one.rows.length)}, as far as ${show(one.furthest)} (training: ${range})`;
  });
  const more = found.length - named.length;
  if (more > 0) named.push(`and ${more} more ${more === 1 ? "column" : "columns"}`);
  const what = found.every(({ squashed }: Outside) => squashed) ? "squashed" : "which the model extrapolates from";
  return [
    `note: ${partOf(different.size, rows, "row")} with values outside the range of the training rows, ${what}: ${named.join("; ")}`,
  ];
}

/** What is said of predictions that were held in the range of the training rows' targets. */
export function clampedNotes({ preprocessing }: AnyTableModel, clamped: number, rows: number): string[] {
  const { target } = preprocessing.toJSON();
  if (clamped === 0 || target.task !== "regression") return [];
  const range = `${valueText(target.least)} to ${valueText(target.most)}`;
  const off = offFlagOf("preprocessing.clampPredictions");
  return [
    `note: ${partOf(clamped, rows, "prediction")} clamped to the range of the training rows' targets, ${range} (train ${off} lets them lie outside)`,
  ];
}

function partOf(part: number, whole: number, noun: string): string {
  return `${wholeText(part)} of ${wholeText(whole)} ${noun}${whole === 1 ? "" : "s"}`;
}
