import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { wholeNumber } from "evenkeel/problem";
import { evaluate } from "../actions/evaluate/evaluate.ts";
import { type PartChoice, parts } from "../actions/evaluate/targetRows.ts";
import { usualRuns } from "../records/runs/runsFolder.ts";
import type { CommandContext } from "../shell/context.ts";
import { printable } from "../shell/printed.ts";
import { quiet } from "../shell/terminal.ts";
import { formats, type TableFormat } from "../tables/formats/format.ts";
import { type TableFlags, tableFlags } from "../tables/tableFlags.ts";
import { evaluationJson, evaluationText } from "../views/evaluationText.ts";
import { jsonText } from "../views/json.ts";
import { readingProgress } from "../views/progress/readingProgress.ts";
import { parserOf } from "./declaredFlags.ts";
import { nameList, withReadOptions } from "./tableOptions.ts";

const examples = `
Examples:
  evenkeel evaluate latest                the training's test rows, drawn again
  evenkeel evaluate latest new-cars.csv   scores on rows that have the target
  evenkeel evaluate latest --part all     every part of the training's rows
  evenkeel evaluate mpg.safetensors cars.csv --worst 20
  evenkeel evaluate latest new.csv --json | jq .scores
`;

interface Flags extends TableFlags {
  readonly runs: string;
  readonly part?: PartChoice | undefined;
  readonly worst: number;
  readonly json?: true | undefined;
  readonly inputFormat?: TableFormat | undefined;
  readonly null?: string[] | undefined;
}

/** `evenkeel evaluate MODEL [TABLE]`: how good a model is on rows whose target is known. */
export function evaluateCommand(context: CommandContext): CommandUnknownOpts {
  const { output } = context;
  const described = new Command()
    .description(
      "Scores a model on a table that has the target, beside what the training recorded and what guessing would reach.",
    )
    .argument("<model>", "a .safetensors file, a run's id or the beginning of it, or latest")
    .argument("[table]", "a file, a pattern, - for standard input, or a built-in table (default: the training's)")
    .option("--runs <folder>", "where runs are kept", usualRuns)
    .addOption(
      new Option("--part <name>", "rows of the training's table (default without a table: test)").choices([
        ...parts,
        "all",
      ]),
    )
    .option("--worst <n>", "number of rows with the largest errors to show", parserOf(wholeNumber(0, 1000)), 5)
    .option("--json", "for programs")
    .option("--null <spellings>", "more texts of the table that count as missing, separated by commas", nameList)
    .addOption(new Option("--input-format <name>", "what the table is, where its name does not say").choices(formats))
    .addHelpText("after", examples);
  return withReadOptions(described).action(async (...given) => {
    const [model, source, flags] = given as unknown as [string, string | undefined, Flags];
    const { runs, part, worst } = flags;
    const read = { ...tableFlags(flags), format: flags.inputFormat };
    const evaluated = await evaluate(
      { model, runs, source, read, part, worst, nulls: flags.null },
      { ...context, progress: readingProgress(flags.json ? quiet(output) : output) },
    );
    for (const note of evaluated.notes) output.writeError(`${printable(note)}\n`);
    output.write(flags.json ? jsonText(evaluationJson(evaluated)) : evaluationText(evaluated, output.colors));
  });
}
