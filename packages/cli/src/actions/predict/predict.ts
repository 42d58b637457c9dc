import { resolve } from "node:path";
import { loadModel } from "../../records/models/loadModel.ts";
import type { ActionContext } from "../../shell/context.ts";
import { misuse } from "../../shell/errors.ts";
import { checkWritable } from "../../shell/files/writable.ts";
import { listed, nearest } from "../../shell/nearest.ts";
import { namingPlaces, namingPlacesOfEach } from "../../tables/places.ts";
import type { TableFlags } from "../../tables/tableFlags.ts";
import { encodeRows, type TextFormat } from "./encodeRows.ts";
import { modelWithNulls } from "./modelWithNulls.ts";
import { type OutputColumn, outputColumns } from "./outputColumns.ts";
import { type PredictedBlock, predictBlocks } from "./predictBlocks.ts";
import { type Features, readFeatures, rowsFeatures } from "./readFeatures.ts";
import { type RowMark, rowMarks } from "./rowMarks.ts";
import { clampedNotes, unfamiliarIn, unfamiliarNotes } from "./unfamiliarNotes.ts";
import { writeParquetFile, writeTextFile } from "./writeFile.ts";

/** What is to be predicted, by which model. */
interface PredictRequest {
  /** A file, a run's id, or "latest". */
  readonly model: string;
  /** The folder of runs. */
  readonly runs: string;
  readonly source?: string | undefined;
  readonly read: TableFlags;
  /** Rows as JSON, instead of a table. */
  readonly row?: readonly string[] | undefined;
  /** Columns that are written beside the predictions. */
  readonly keep?: readonly string[] | "all" | undefined;
  /** Texts of the table that count as missing, beside those that the training took for it. */
  readonly nulls?: readonly string[] | undefined;
  /** The file that they are to be written into; none for standard output. */
  readonly output?: string | undefined;
  readonly format: OutputFormat;
  /** Whether CSV is written so that spreadsheets take no text for a formula. */
  readonly safeCsv: boolean;
}

/** Rows that are predicted while they are read from here. */
interface Prediction {
  readonly rows: number;
  readonly columns: readonly OutputColumn[];
  readonly marks: readonly RowMark[];
  readonly format: OutputFormat;
  readonly safeCsv: boolean;
  readonly blocks: AsyncIterable<PredictedBlock>;
  /** What was noticed about the table, a line each. */
  readonly notes: readonly string[];
  /** What was noticed about the predictions, once the blocks have been taken. */
  lastNotes(): readonly string[];
}

/** @throws CommandError or TableReadError for what is wrong with the model or the table */
export async function predict(request: PredictRequest, context: ActionContext): Promise<Prediction> {
  const { source, read, row, keep = [], nulls, format, safeCsv } = request;
  const { cwd, signal } = context;
  if (row !== undefined && (source !== undefined || read.sql !== undefined)) {
    throw misuse("conflict", "--row is a table by itself", "leave the table or --sql away");
  }
  if (safeCsv && format !== "csv") {
    throw misuse("conflict", `--safe-csv is of CSV, and ${format} is written`, "leave it out");
  }
  if (request.output !== undefined) {
    checkWritable(resolve(cwd, request.output), request.output, "output", { devices: true });
  }
  const model = modelWithNulls(loadModel(request.model, { cwd, runs: request.runs }).model, nulls);
  const features =
    row === undefined
      ? await readFeatures(model, source, read, context, { besides: keep, carry: keep, nulls })
      : rowsFeatures(model, row, nulls);
  const { table } = features;
  const kept = keep === "all" ? features.given : keep.map((name) => columnNamed(features, name));
  const { placeOf } = features;
  context.progress?.doing("checking the rows");
  const unfamiliar = await namingPlaces(placeOf, () => unfamiliarIn(model, features)).finally(context.progress?.stop);
  const marks = format === "json" || format === "ndjson" ? rowMarks(model, unfamiliar) : [];
  const counted = { clamped: 0 };
  return {
    ...{ rows: table.rows, columns: outputColumns(model, kept, marks), marks, format, safeCsv },
    blocks: counting(namingPlacesOfEach(placeOf, predictBlocks(model, table, { signal })), counted, (done) =>
      // On standard output they are progress enough.
      request.output === undefined ? undefined : context.progress?.rows(done, table.rows, "predicted"),
    ),
    notes: [...features.notes, ...unfamiliarNotes(model, unfamiliar, table.rows)],
    lastNotes: () => clampedNotes(model, counted.clamped, table.rows),
  };
}

async function* counting(
  blocks: AsyncIterable<PredictedBlock>,
  counted: { clamped: number },
  onRows: (done: number) => void,
) {
  let done = 0;
  for await (const block of blocks) {
    counted.clamped += block.clamped.size;
    yield block;
    done += block.rows.length;
    onRows(done);
  }
}

export type OutputFormat = TextFormat | "parquet";

/** The predictions as pieces of text. */
export function predictionText({ columns, blocks, marks, format, safeCsv }: Prediction): AsyncIterable<string> {
  return encodeRows(format as TextFormat, columns, blocks, { marks, safe: safeCsv });
}

/** @throws CommandError if the file cannot be written; an old one is then as it was */
export async function writePrediction(
  prediction: Prediction,
  name: string,
  { cwd, signal }: ActionContext,
): Promise<void> {
  const path = resolve(cwd, name);
  const { format, columns, blocks } = prediction;
  if (format === "parquet") await writeParquetFile(path, name, columns, blocks, { cwd, signal });
  else await writeTextFile(path, name, predictionText(prediction), signal);
}

function columnNamed({ given, source }: Features, name: string) {
  const column = given.find((one) => one.name === name);
  if (column !== undefined) return column;
  const has = given.map((one) => one.name);
  const near = nearest(name, has);
  const hint = near === undefined ? "." : `; did you mean "${near}"?`;
  throw misuse("wrong-value", `--keep: ${source} has no column "${name}"${hint} It has ${listed(has)}.`);
}
