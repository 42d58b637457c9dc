import { resolve } from "node:path";
import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { encodeRows, type TextFormat, textFormats } from "../actions/predict/encodeRows.ts";
import { outputColumns } from "../actions/predict/outputColumns.ts";
import { predictBlocks } from "../actions/predict/predictBlocks.ts";
import { type Features, readFeatures, rowsFeatures } from "../actions/predict/readFeatures.ts";
import { unfamiliarNotes } from "../actions/predict/unfamiliarNotes.ts";
import { writeParquetFile, writeTextFile } from "../actions/predict/writeFile.ts";
import { loadModel } from "../records/models/loadModel.ts";
import type { CommandContext } from "../shell/context.ts";
import { listed, nearest } from "../shell/nearest.ts";
import { count, printable } from "../shell/terminal.ts";
import { UsageError } from "../shell/usageError.ts";
import { formats, type TableFormat } from "../tables/formats/format.ts";
import { names } from "./arguments.ts";
import { asUsual, explained, type Refusing } from "./explained.ts";
import { type TableFlags, withReadOptions } from "./tableOptions.ts";

const examples = `
Examples:
  evenkeel predict latest cars.csv              the newest run's model; CSV
  evenkeel predict mpg.safetensors 'new/*.parquet' --output predictions.parquet
  evenkeel predict latest cars.csv --keep all   the table and the predictions
  evenkeel predict latest --row '{"Horsepower": 130, "Weight_in_lbs": 3504}'
  echo '{"Horsepower": 130}' | evenkeel predict latest - --json
  evenkeel predict latest --sql "select * from mpg where Weight_in_lbs > 3000"

A row gets the same prediction alone and among others. Columns that the model
does not use are ignored. Notes and warnings go to standard error.
`;

const outputFormats = [...textFormats, "parquet"] as const;
type OutputFormat = (typeof outputFormats)[number];

interface Flags extends TableFlags {
  readonly row?: string[];
  readonly runs: string;
  readonly output?: string;
  readonly format?: OutputFormat;
  readonly json?: true;
  readonly keep?: string[];
  readonly inputFormat?: TableFormat;
}

/** `evenkeel predict MODEL [TABLE]`: what a model says about the rows of a table. */
export function predictCommand(context: CommandContext): CommandUnknownOpts {
  const { output, cwd, signal } = context;
  const described = new Command("predict")
    .description(
      "Predicts the rows of a table with a trained model: the target in its own unit, or classes with their probabilities.",
    )
    .argument("<model>", "a .safetensors file, a run's id or the beginning of it, or latest")
    .argument("[table]", "a file, a pattern, - for standard input, or a built-in table")
    .option("--row <json>", 'a row as JSON: {"column": value, …}; may be repeated', appended)
    .option("--runs <folder>", "where runs are kept", "runs")
    .option("-o, --output <file>", "write there, as its ending says: .csv, .json, .ndjson, .parquet")
    .addOption(new Option("--format <name>", "what to write (default: csv)").choices(outputFormats))
    .option("--json", "short for --format json")
    .option("--keep <columns>", "input columns to write beside the predictions, separated by commas, or all", names)
    .addOption(new Option("--input-format <name>", "what the table is, where its name does not say").choices(formats))
    .addHelpText("after", examples);
  const command = withReadOptions(described).action((...given) => {
    const [modelName, source, flags, self] = given as unknown as [string, string | undefined, Flags, Refusing];
    return explained(self, signal, async () => {
      const format = formatOf(flags);
      if (flags.row !== undefined && (source !== undefined || flags.sql !== undefined)) {
        throw new UsageError("--row is a table by itself: leave the table or --sql away");
      }
      const { model } = loadModel(modelName, { cwd, runs: flags.runs });
      const keep = flags.keep?.length === 1 && flags.keep[0] === "all" ? "all" : flags.keep;
      const features =
        flags.row === undefined
          ? await readFeatures(model, source, { ...flags, format: flags.inputFormat }, context, keep)
          : rowsFeatures(model, flags.row);
      const { table } = features;
      const kept = keep === "all" ? table.columns : (keep ?? []).map((name) => columnNamed(features, name));
      const columns = outputColumns(model, kept);
      for (const note of [...features.notes, ...unfamiliarNotes(model, features)]) {
        output.writeError(`${printable(note)}\n`);
      }
      const blocks = predictBlocks(model, table, { signal });
      if (flags.output !== undefined) {
        const path = resolve(cwd, flags.output);
        if (format === "parquet") await writeParquetFile(path, flags.output, columns, blocks, { cwd, signal });
        else await writeTextFile(path, flags.output, encodeRows(format, columns, blocks), signal);
        output.writeError(`${count(table.rows, "prediction")} in ${printable(flags.output)}\n`);
        return;
      }
      for await (const piece of encodeRows(format as TextFormat, columns, blocks)) {
        output.write(piece);
        await output.room?.();
      }
    });
  });
  return asUsual(command, context);
}

interface FormatFlags {
  readonly output?: string;
  readonly format?: OutputFormat;
  readonly json?: true;
}

function formatOf({ output, format, json }: FormatFlags): OutputFormat {
  if (json && format !== undefined && format !== "json") {
    throw new UsageError(`--json and --format ${format} exclude each other`);
  }
  const wanted = format ?? (json ? "json" : undefined);
  if (output === undefined) {
    if (wanted === "parquet") throw new UsageError("Parquet is no text for standard output: name a file with --output");
    return wanted ?? "csv";
  }
  const [, ending = ""] = /\.([a-z]+)$/i.exec(output) ?? [];
  const byName = { csv: "csv", json: "json", ndjson: "ndjson", jsonl: "ndjson", parquet: "parquet", pq: "parquet" };
  const named = (byName as Readonly<Record<string, OutputFormat | undefined>>)[ending.toLowerCase()];
  if (wanted === undefined && named === undefined) {
    throw new UsageError(
      `--output ${output}: its ending says no format: use .csv, .json, .ndjson or .parquet, or --format`,
    );
  }
  return wanted ?? named!;
}

function columnNamed({ table, source }: Features, name: string) {
  const column = table.columns.find((one) => one.name === name);
  if (column !== undefined) return column;
  const has = table.columns.map((one) => one.name);
  const near = nearest(name, has);
  const hint = near === undefined ? "." : `; did you mean "${near}"?`;
  throw new UsageError(`--keep: ${source} has no column "${name}"${hint} It has ${listed(has)}.`);
}

function appended(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), text];
}
