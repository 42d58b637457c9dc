import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import type { TableModel } from "evenkeel/tabular";
import { evaluateModel } from "../actions/evaluate/evaluateModel.ts";
import { parts, rowsOfPart, rowsWithTarget } from "../actions/evaluate/targetRows.ts";
import { featureNames, readFeatures } from "../actions/predict/readFeatures.ts";
import { unfamiliarNotes } from "../actions/predict/unfamiliarNotes.ts";
import { loadModel } from "../records/models/loadModel.ts";
import { originOf } from "../records/models/origin.ts";
import type { CommandContext } from "../shell/context.ts";
import { listed, nearest } from "../shell/nearest.ts";
import { count, printable } from "../shell/terminal.ts";
import { UsageError } from "../shell/usageError.ts";
import { formats, type TableFormat } from "../tables/formats/format.ts";
import { evaluationText } from "../views/evaluationText.ts";
import { wholeNumber } from "./arguments.ts";
import { asUsual, explained, type Refusing } from "./explained.ts";
import { type TableFlags, withReadOptions } from "./tableOptions.ts";

const examples = `
Examples:
  evenkeel evaluate latest new-cars.csv   scores on rows that have the target
  evenkeel evaluate latest --part test    the training's test rows, drawn again
  evenkeel evaluate mpg.safetensors cars.csv --worst 20
  evenkeel evaluate latest new.csv --json | jq .scores
`;

interface Flags extends TableFlags {
  readonly runs: string;
  readonly part?: (typeof parts)[number];
  readonly worst: number;
  readonly json?: true;
  readonly inputFormat?: TableFormat;
}

/** `evenkeel evaluate MODEL [TABLE]`: how good a model is on rows whose target is known. */
export function evaluateCommand(context: CommandContext): CommandUnknownOpts {
  const { output, cwd, signal } = context;
  const described = new Command("evaluate")
    .description(
      "Scores a model on a table that has the target, beside what the training recorded and what guessing would reach.",
    )
    .argument("<model>", "a .safetensors file, a run's id or the beginning of it, or latest")
    .argument("[table]", "a file, a pattern, - for standard input, or a built-in table (default: the training's)")
    .option("--runs <folder>", "where runs are kept", "runs")
    .addOption(new Option("--part <name>", "only these rows of the training's table").choices(parts))
    .option("--worst <n>", "show so many rows with the largest errors", wholeNumber(0, 1000), 5)
    .option("--json", "for programs")
    .addOption(new Option("--input-format <name>", "what the table is, where its name does not say").choices(formats))
    .addHelpText("after", examples);
  const command = withReadOptions(described).action((...given) => {
    const [modelName, source, flags, self] = given as unknown as [string, string | undefined, Flags, Refusing];
    return explained(self, signal, async () => {
      const { model, name, run } = loadModel(modelName, { cwd, runs: flags.runs });
      const origin = originOf(model.record, run);
      const again = source === undefined && flags.sql === undefined;
      const wanted = again ? origin.source : source;
      if (again && wanted === undefined && origin.read?.sql === undefined) {
        throw new UsageError(`${name} does not say what table it was trained on: name one, or give a query with --sql`);
      }
      if (again && wanted === "-") {
        throw new UsageError(`${name} was trained on standard input, which is gone: name a table`);
      }
      const read = again && origin.read ? { ...flags, ...origin.read } : { ...flags, format: flags.inputFormat };
      const { target } = model.schema;
      // A part is drawn from the table as the training saw it.
      const besides = flags.part === undefined ? [target, ...labelsOf(model)] : "all";
      const features = await readFeatures(model, wanted, read, context, besides);
      const { table, source: shown, notes } = features;
      const columns = table.columns.map((column) => column.name);
      if (!columns.includes(target)) {
        const near = nearest(target, columns);
        const hint = near === undefined ? "." : `; did you mean "${near}"?`;
        throw new UsageError(
          `${shown} has no column "${target}", which the model predicts${hint} It has ${listed(columns)}.`,
        );
      }
      const { part } = flags;
      const rows = part === undefined ? rowsWithTarget(model, table) : rowsOfPart(model, table, part, origin);
      const evaluation = await evaluateModel(model, table, rows, { worst: flags.worst, signal });
      const without = table.rows - rows.length;
      const left = part === undefined && without > 0;
      const said = left ? [`note: ${count(without, "row")} without a value of "${target}" left out`] : [];
      if (part === "validation" && origin.refit !== undefined) {
        said.push(
          "note: the model was refit on training and validation rows: how good it is on these says nothing about new ones",
        );
      }
      for (const note of [...notes, ...said, ...unfamiliarNotes(model, features)]) {
        output.writeError(`${printable(note)}\n`);
      }
      if (flags.json) {
        const { scores: recorded, baselines } = origin;
        const all = { model: name, table: shown, part, target, task: model.schema.task, ...evaluation };
        output.write(`${JSON.stringify({ ...all, recorded: { scores: recorded, baselines } }, undefined, 2)}\n`);
        return;
      }
      const which = part === undefined ? "" : `the ${part} rows of `;
      const title = `${name} on ${which}${shown}: ${count(rows.length, "row")}, ${target} (${model.schema.task})`;
      const [label] = labelsOf(model).filter((one) => columns.includes(one));
      output.write(evaluationText(evaluation, { title, origin, table, label }, output.colors));
    });
  });
  return asUsual(command, context);
}

/** A column of names, which no network can use: it tells rows apart for people. */
function labelsOf(model: TableModel): string[] {
  const features = new Set(featureNames(model));
  return model.schema.columns
    .filter(({ name, kind, use }) => use === "ignored" && kind === "text" && !features.has(name))
    .slice(0, 1)
    .map(({ name }) => name);
}
