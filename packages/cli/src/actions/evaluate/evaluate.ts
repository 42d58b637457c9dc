import { type AnyTableModel, type Table, withSettledClasses } from "evenkeel/tabular";
import { loadModel } from "../../records/models/loadModel.ts";
import { type Origin, originOf } from "../../records/models/origin.ts";
import type { ActionContext } from "../../shell/context.ts";
import { misuse } from "../../shell/errors.ts";
import { count } from "../../shell/figures.ts";
import { listed, nearest } from "../../shell/nearest.ts";
import { namingPlaces } from "../../tables/places.ts";
import type { TableFlags } from "../../tables/tableFlags.ts";
import { modelWithNulls } from "../predict/modelWithNulls.ts";
import { featureNames, readFeatures } from "../predict/readFeatures.ts";
import { clampedNotes, unfamiliarIn, unfamiliarNotes } from "../predict/unfamiliarNotes.ts";
import { type Evaluation, evaluateModel } from "./evaluateModel.ts";
import { comparableRows, hasTestRows, type PartChoice, rowsOfPart, rowsOfParts } from "./targetRows.ts";

/** The model to score, and the rows to score it on. */
interface EvaluateRequest {
  /** A file, a run's id, or "latest". */
  readonly model: string;
  /** The folder of runs. */
  readonly runs: string;
  /** The table to read. Default, also without a query: the training's own table. */
  readonly source?: string | undefined;
  readonly read: TableFlags;
  /** Texts of the table that count as missing, beside those that the training took for it. */
  readonly nulls?: readonly string[] | undefined;
  /**
   * A part of the training's table. Default: the test rows if no table is named, where they can be
   * told; else all rows that have a target.
   */
  readonly part?: PartChoice | undefined;
  /** The number of rows with the largest errors to report. */
  readonly worst: number;
}

/** The scores of a model on a table, beside those that its training recorded. */
export interface Evaluated {
  readonly model: AnyTableModel;
  /** The name that the user gave, or the id of the run. */
  readonly name: string;
  readonly origin: Origin;
  readonly table: Table;
  /** What was read, in words. */
  readonly source: string;
  /** Which rows of the training's table; absent for a table of its own, and where the parts cannot be told. */
  readonly part?: PartChoice;
  /** Whether this is the table that the model was trained on. */
  readonly isOwnTable: boolean;
  /** Columns of names, which no network can use but which identify rows for people. */
  readonly labels: readonly string[];
  readonly evaluation: Evaluation;
  /** Where a row stands in what was read, as the report of a training names it. */
  readonly placeOf: (row: number) => string;
  /** Notes about the evaluation, a line each. */
  readonly notes: readonly string[];
}

/** @throws CommandError or TableReadError for problems of the model or the table */
export async function evaluate(request: EvaluateRequest, context: ActionContext): Promise<Evaluated> {
  const { worst } = request;
  const { cwd, signal, progress } = context;
  const { model: loaded, name, run } = loadModel(request.model, { cwd, runs: request.runs });
  const model = modelWithNulls(loaded, request.nulls);
  const origin = originOf(model.record, run);
  const { target } = model.schema;
  const isOwnTable = request.source === undefined && request.read.sql === undefined;
  const part = request.part ?? (isOwnTable && hasTestRows(origin) ? "test" : undefined);
  const { from, read } = tableOf(request, name, origin);
  // The split of the training can be drawn again only from all columns.
  const besides = part === undefined ? [target, ...labelsOf(model)] : "all";
  const features = await readFeatures(model, from, read, context, { besides, nulls: request.nulls });
  const { table: given, source } = features;
  const columns = given.columns.map((column) => column.name);
  if (!columns.includes(target)) {
    const near = nearest(target, columns);
    const hint = near === undefined ? "." : `; did you mean "${near}"?`;
    throw misuse(
      "wrong-value",
      `${source} has no column "${target}", which the model predicts${hint} It has ${listed(columns)}.`,
    );
  }
  const { rareClasses } = origin;
  const table = rareClasses === undefined ? given : withSettledClasses(given, model.schema, rareClasses);
  const { rows, evaluation, unfamiliar } = await namingPlaces(features.placeOf, async () => {
    const isWhole = part === undefined || part === "all";
    const rows = isWhole ? comparableRows(model, table) : rowsOfPart(model, table, part, origin, given);
    const parts = part === "all" ? rowsOfParts(model, table, origin, given) : undefined;
    const evaluation = await evaluateModel(model, table, rows, { worst, signal, progress, parts });
    return { rows, evaluation, unfamiliar: unfamiliarIn(model, features) };
  });
  const without = table.rows - rows.length;
  const notes = [...features.notes];
  if ((part === undefined || part === "all") && without > 0) {
    notes.push(`note: ${count(without, "row")} without a value of "${target}" left out`);
  }
  if (part === "validation" && origin.refit !== undefined) {
    notes.push(
      "note: the model was refit on training and validation rows: how good it is on these says nothing about new ones",
    );
  }
  if (part === undefined && (isOwnTable || request.source === origin.source)) {
    notes.push(
      `note: the model was trained on rows of this table: its scores on all of them are too good${hasTestRows(origin) ? "; --part test scores those that it has not seen" : ""}`,
    );
  }
  notes.push(...unfamiliarNotes(model, unfamiliar, table.rows));
  notes.push(...clampedNotes(model, evaluation.clamped ?? 0, rows.length));
  const labels = labelsOf(model).filter((label) => columns.includes(label));
  const placeOf = (row: number) => features.placeOf?.(row) ?? `row ${row + 1}`;
  return { model, name, origin, table, source, ...(part && { part }), isOwnTable, labels, evaluation, placeOf, notes };
}

/** The table that the user named, or the training's. */
function tableOf({ source, read }: EvaluateRequest, name: string, origin: Origin) {
  if (source !== undefined || read.sql !== undefined) return { from: source, read };
  const from = origin.source;
  if (from === undefined && origin.read?.sql === undefined) {
    throw misuse(
      "missing",
      `${name} does not say what table it was trained on`,
      "name one, or give a query with --sql",
    );
  }
  if (from === "-") {
    throw misuse("missing", `${name} was trained on standard input, which is gone`, "name a table");
  }
  return { from, read: { ...read, ...origin.read } };
}

/** A column of names, which no network can use but which identifies rows for people. */
function labelsOf(model: AnyTableModel): string[] {
  const features = new Set(featureNames(model));
  return model.schema.columns
    .filter(({ name, kind, use }) => use === "ignored" && kind === "text" && !features.has(name))
    .slice(0, 1)
    .map(({ name }) => name);
}
