import { type Table, type TableModel, withSettledClasses } from "evenkeel/tabular";
import { loadModel } from "../../records/models/loadModel.ts";
import { type Origin, originOf } from "../../records/models/origin.ts";
import type { ActionContext } from "../../shell/context.ts";
import { misuse } from "../../shell/errors.ts";
import { count } from "../../shell/figures.ts";
import { listed, nearest } from "../../shell/nearest.ts";
import type { TableFlags } from "../../tables/tableFlags.ts";
import { featureNames, readFeatures } from "../predict/readFeatures.ts";
import { unfamiliarNotes } from "../predict/unfamiliarNotes.ts";
import { type Evaluation, evaluateModel } from "./evaluateModel.ts";
import { type PartName, rowsOfPart, rowsWithTarget } from "./targetRows.ts";

/** Which model is scored, and on which rows. */
interface EvaluateRequest {
  /** A file, a run's id, or "latest". */
  readonly model: string;
  /** The folder of runs. */
  readonly runs: string;
  /** The training's own table where neither this nor a query is given. */
  readonly source?: string | undefined;
  readonly read: TableFlags;
  /** A part of the training's table, instead of all rows that have a target. */
  readonly part?: PartName | undefined;
  /** How many of the rows with the largest errors are wanted. */
  readonly worst: number;
}

/** How good a model is on a table, beside what its training recorded. */
export interface Evaluated {
  readonly model: TableModel;
  /** As its user named it, or the id of its run. */
  readonly name: string;
  readonly origin: Origin;
  readonly table: Table;
  /** What was read, in words. */
  readonly source: string;
  readonly part?: PartName;
  /** Columns of names, which no network can use: they tell rows apart for people. */
  readonly labels: readonly string[];
  readonly evaluation: Evaluation;
  /** What was noticed, a line each. */
  readonly notes: readonly string[];
}

/** @throws CommandError or TableReadError for what is wrong with the model or the table */
export async function evaluate(request: EvaluateRequest, context: ActionContext): Promise<Evaluated> {
  const { part, worst } = request;
  const { cwd, signal } = context;
  const { model, name, run } = loadModel(request.model, { cwd, runs: request.runs });
  const origin = originOf(model.record, run);
  const { target } = model.schema;
  const { from, read } = tableOf(request, name, origin);
  // A part is drawn from the table as the training saw it.
  const besides = part === undefined ? [target, ...labelsOf(model)] : "all";
  const features = await readFeatures(model, from, read, context, besides);
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
  const rows = part === undefined ? rowsWithTarget(model, table) : rowsOfPart(model, table, part, origin, given);
  const evaluation = await evaluateModel(model, table, rows, { worst, signal });
  const without = table.rows - rows.length;
  const notes = [...features.notes];
  if (part === undefined && without > 0) {
    notes.push(`note: ${count(without, "row")} without a value of "${target}" left out`);
  }
  if (part === "validation" && origin.refit !== undefined) {
    notes.push(
      "note: the model was refit on training and validation rows: how good it is on these says nothing about new ones",
    );
  }
  notes.push(...unfamiliarNotes(model, features));
  const labels = labelsOf(model).filter((label) => columns.includes(label));
  return { model, name, origin, table, source, ...(part && { part }), labels, evaluation, notes };
}

/** The table that is named, or the training's. */
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

/** A column of names, which no network can use: it tells rows apart for people. */
function labelsOf(model: TableModel): string[] {
  const features = new Set(featureNames(model));
  return model.schema.columns
    .filter(({ name, kind, use }) => use === "ignored" && kind === "text" && !features.has(name))
    .slice(0, 1)
    .map(({ name }) => name);
}
