import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { init } from "../actions/init/init.ts";
import type { CommandContext } from "../shell/context.ts";
import { shellWord } from "../shell/dialect.ts";
import { printable } from "../shell/printed.ts";
import { readingProgress } from "../views/progress/readingProgress.ts";

const examples = `
Examples:
  evenkeel init cars --table cars.csv --target mpg
  evenkeel init                          in this folder, with the built-in mpg

The project has the table, train.ts and predict.ts, and depends on the library
alone, which has no dependencies, and on a reader of CSV.
`;

/** `evenkeel init [folder]`: a TypeScript project that trains on a table. */
export function initCommand(context: CommandContext): CommandUnknownOpts {
  const { output } = context;
  return new Command()
    .description("Writes a small TypeScript project that trains on a CSV file and predicts with the model.")
    .argument("[folder]", "where to write it", ".")
    .option("--table <file>", "a CSV file, which is copied into the project, or a built-in table", "mpg")
    .option("--target <column>", "the column to predict")
    .addHelpText("after", examples)
    .action(async (folder, { table, target }) => {
      const progress = readingProgress(output);
      const project = await init({ folder, table, target }, { ...context, progress }).finally(progress.stop);
      output.write(`A project that predicts ${printable(project.target)}: ${printable(project.files.join(", "))}\n\n`);
      const enter = folder === "." ? "" : `cd ${shellWord(folder)} && `;
      output.write(`Next:  ${enter}npm install && npm run train\n`);
    });
}
