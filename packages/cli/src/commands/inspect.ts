import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { type ColumnFlags, meaningOptions, textColumns } from "../actions/columns.ts";
import { inspectModel } from "../actions/inspect/inspectModel.ts";
import { inspectTable } from "../actions/inspect/inspectTable.ts";
import { modelNamed } from "../actions/inspect/modelNamed.ts";
import { usualRuns } from "../records/runs/runsFolder.ts";
import type { CommandContext } from "../shell/context.ts";
import { exitCodes } from "../shell/exitCodes.ts";
import { quiet } from "../shell/terminal.ts";
import { namingPlaces } from "../tables/places.ts";
import { readTableOf, type TableFlags } from "../tables/tableFlags.ts";
import { jsonText } from "../views/json.ts";
import { modelJson, modelText } from "../views/modelText.ts";
import { readingProgress } from "../views/progress/readingProgress.ts";
import { tableText } from "../views/tableText.ts";
import { addMeaningFlags } from "./columnOptions.ts";
import { withTableOptions } from "./tableOptions.ts";

const examples = `
Examples:
  evenkeel inspect mpg                       a built-in table
  evenkeel inspect cars.csv --target mpg     and what training would complain of
  evenkeel inspect 'data/*.parquet' --json   for programs
  evenkeel inspect model.safetensors         a model: network, columns, scores
  evenkeel inspect latest                    that of the newest run
  evenkeel inspect --sql "select * from mpg where Cylinders < 8"

The exit code is 1 if there is a target and something is an error, so that a
training would refuse the table.
`;

interface Flags extends TableFlags, Omit<ColumnFlags, "target"> {
  readonly runs: string;
  readonly target?: string | undefined;
  readonly json?: true | undefined;
}

/**
 * `evenkeel inspect TABLE`: its columns, what they mean, what is missing, and what is doubtful; or
 * a model and what it holds.
 */
export function inspectCommand(context: CommandContext): CommandUnknownOpts {
  const { output } = context;
  const command = new Command()
    .description(
      "Shows a table: its columns, what they mean, what is missing, and what is doubtful about it. Or a model: its network, " +
        "columns and scores.",
    )
    .argument("[table]", "a file, a pattern, - for standard input, a built-in table, a .safetensors file, or a run")
    .option("--runs <folder>", "where runs are kept", usualRuns)
    .option("--target <column>", "the column to predict: says what training would complain of")
    .option("--json", "for programs: everything, as JSON");
  addMeaningFlags(command);
  return withTableOptions(command)
    .addHelpText("after", examples)
    .action(async (...given) => {
      const [source, flags] = given as unknown as [string | undefined, Flags];
      const model = source === undefined ? undefined : modelNamed(source, context.cwd, flags.runs);
      if (model !== undefined) {
        const inspection = inspectModel(model);
        output.write(flags.json ? jsonText(modelJson(inspection)) : modelText(inspection, output));
        return;
      }
      const progress = readingProgress(flags.json ? quiet(output) : output);
      const options = meaningOptions(flags);
      const table = await readTableOf(source, flags, { ...context, progress }, { carry: textColumns(options) });
      progress.doing("checking the table");
      const inspection = await namingPlaces(table.placeOf, () => inspectTable(table, flags.target, options)).finally(
        progress.stop,
      );
      output.write(flags.json ? jsonText(inspection) : tableText(inspection, output));
      // What `train` would refuse; without a target nobody has said what the table is for.
      const refused =
        inspection.target !== undefined && inspection.findings.some(({ severity }) => severity === "error");
      if (refused) context.exit?.(exitCodes.failed);
    });
}
