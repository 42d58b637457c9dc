import { join } from "node:path";
import "evenkeel/node";
import { type CrossValidation, crossValidate, type FoldEvent, type TrainTableOptions } from "evenkeel/train";
import Papa from "papaparse";
import type { RunFolder } from "../../records/runs/runFolder.ts";
import { type RunFolds, runFiles } from "../../records/runs/types.ts";
import { writeAtomic } from "../../shell/files/writeAtomic.ts";
import type { TableRead } from "../../tables/index.ts";
import { namingPlaces } from "../../tables/places.ts";
import { isInterrupt } from "./beside.ts";

interface FoldsRequest {
  readonly table: TableRead;
  readonly options: TrainTableOptions;
  readonly folds: number;
  readonly signal?: AbortSignal | undefined;
  readonly onFold?: ((event: FoldEvent) => void) | undefined;
}

/**
 * Cross-validates the training of a run, and writes what was predicted for each row by the training
 * that had not seen it into the run's folder. Undefined if it was interrupted.
 */
export async function trainFolds(run: RunFolder, request: FoldsRequest): Promise<RunFolds | undefined> {
  const { table, options, folds, signal, onFold } = request;
  try {
    const found = await namingPlaces(table.placeOf, () => crossValidate(table, { ...options, folds, signal, onFold }));
    writeAtomic(join(run.path, runFiles.outOfFold), outOfFoldText(found));
    const { scores, baselines, intervals, folds: spread } = found;
    return { count: folds, scores, baselines, intervals, spread };
  } catch (error) {
    // Another rank may have been told.
    if (signal?.aborted || isInterrupt(error)) return undefined;
    throw error;
  }
}

/** A line for each row: its place in the table from 0, its fold from 1, truth, prediction and probabilities. */
function outOfFoldText({ rows, foldOf, truth, predictions, schema }: CrossValidation): string {
  const { classes = [] } = schema;
  const { values, probabilities } = predictions;
  const head = ["row", "fold", "truth", "prediction", ...classes.map((name) => `probability of ${name}`)];
  const lines = Array.from(rows, (row, i) => {
    const said = values === undefined ? [classes[truth[i]], predictions.classes[i]] : [truth[i], values[i]];
    const all = probabilities?.subarray(i * classes.length, (i + 1) * classes.length) ?? [];
    return [row, foldOf[i] + 1, ...said, ...all];
  });
  return `${Papa.unparse([head, ...lines], { newline: "\n" })}\n`;
}
