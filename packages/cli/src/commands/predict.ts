import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { textFormats } from "../actions/predict/encodeRows.ts";
import { type OutputFormat, predict, predictionText, writePrediction } from "../actions/predict/predict.ts";
import { usualRuns } from "../records/runs/runsFolder.ts";
import type { CommandContext } from "../shell/context.ts";
import { misuse } from "../shell/errors.ts";
import { count } from "../shell/figures.ts";
import { printable } from "../shell/printed.ts";
import { formats, type TableFormat } from "../tables/formats/format.ts";
import { type TableFlags, tableFlags } from "../tables/tableFlags.ts";
import { readingProgress } from "../views/progress/readingProgress.ts";
import { nameList, withReadOptions } from "./tableOptions.ts";

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

interface Flags extends TableFlags {
  readonly row?: string[] | undefined;
  readonly runs: string;
  readonly output?: string | undefined;
  readonly format?: OutputFormat | undefined;
  readonly json?: true | undefined;
  readonly safeCsv?: true | undefined;
  readonly keep?: string[] | undefined;
  readonly inputFormat?: TableFormat | undefined;
  readonly null?: string[] | undefined;
}

/** `evenkeel predict MODEL [TABLE]`: what a model says about the rows of a table. */
export function predictCommand(context: CommandContext): CommandUnknownOpts {
  const { output } = context;
  const described = new Command()
    .description(
      "Predicts the rows of a table with a trained model: the target in its own unit, or classes with their probabilities.",
    )
    .argument("<model>", "a .safetensors file, a run's id or the beginning of it, or latest")
    .argument("[table]", "a file, a pattern, - for standard input, or a built-in table")
    .option("--row <json>", 'a row as JSON: {"column": value, …}; may be repeated', appended)
    .option("--runs <folder>", "where runs are kept", usualRuns)
    .option("-o, --output <file>", "write there, as its ending says: .csv, .json, .ndjson, .parquet")
    .addOption(new Option("--format <name>", "what to write (default: csv)").choices(outputFormats))
    .option("--json", "short for --format json")
    .option("--safe-csv", "put ' before texts of CSV that a spreadsheet would take for a formula: = + - @")
    .option("--keep <columns>", "input columns to write beside the predictions, separated by commas, or all", nameList)
    .option("--null <spellings>", "more texts of the table that count as missing, separated by commas", nameList)
    .addOption(new Option("--input-format <name>", "what the table is, where its name does not say").choices(formats))
    .addHelpText("after", examples);
  return withReadOptions(described).action(async (...given) => {
    const [model, source, flags] = given as unknown as [string, string | undefined, Flags];
    const format = formatOf(flags);
    const progress = readingProgress(output);
    const prediction = await predict(
      {
        ...{ model, source, runs: flags.runs, row: flags.row, output: flags.output, format },
        safeCsv: flags.safeCsv === true,
        read: { ...tableFlags(flags), format: flags.inputFormat },
        nulls: flags.null,
        keep: flags.keep?.length === 1 && flags.keep[0] === "all" ? "all" : flags.keep,
      },
      { ...context, progress },
    );
    const say = (notes: readonly string[]) => {
      for (const note of notes) output.writeError(`${printable(note)}\n`);
    };
    say(prediction.notes);
    if (flags.output !== undefined) {
      await writePrediction(prediction, flags.output, context).finally(progress.stop);
      say(prediction.lastNotes());
      output.writeError(`${count(prediction.rows, "prediction")} in ${printable(flags.output)}\n`);
      return;
    }
    for await (const piece of predictionText(prediction)) {
      output.writeData(piece);
      await output.room?.();
      if (output.closed?.()) return;
    }
    say(prediction.lastNotes());
  });
}

interface FormatFlags {
  readonly output?: string | undefined;
  readonly format?: OutputFormat | undefined;
  readonly json?: true | undefined;
}

function formatOf({ output, format, json }: FormatFlags): OutputFormat {
  if (json && format !== undefined && format !== "json") {
    throw misuse("conflict", `--json and --format ${format} exclude each other`);
  }
  const wanted = format ?? (json ? "json" : undefined);
  if (output === undefined) {
    if (wanted === "parquet")
      throw misuse("conflict", "Parquet is no text for standard output", "name a file with --output");
    return wanted ?? "csv";
  }
  const [, ending = ""] = /\.([a-z]+)$/i.exec(output) ?? [];
  const byName = { csv: "csv", json: "json", ndjson: "ndjson", jsonl: "ndjson", parquet: "parquet", pq: "parquet" };
  const named = (byName as Readonly<Record<string, OutputFormat | undefined>>)[ending.toLowerCase()];
  if (wanted === undefined && named === undefined) {
    throw misuse(
      "wrong-value",
      `--output ${output}: its ending says no format`,
      "use .csv, .json, .ndjson or .parquet, or --format",
    );
  }
  return wanted ?? named!;
}

function appended(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), text];
}
