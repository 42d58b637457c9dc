import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { numberBetween, wholeNumber } from "evenkeel/problem";
import { askNames } from "../actions/study/questions.ts";
import type { StudyFlags } from "../actions/study/studyFlags.ts";
import type { CommandContext } from "../shell/context.ts";
import { misuse } from "../shell/errors.ts";
import { questionsText } from "../views/study/questionsText.ts";
import { addTargetFlag } from "./columnOptions.ts";
import { type FlagValues, parserOf, typedFlags } from "./declaredFlags.ts";
import { withPictureOptions } from "./pictureOptions.ts";
import { addStudyFlags } from "./studyOptions.ts";
import { withTableOptions } from "./tableOptions.ts";

const examples = `
Examples:
  evenkeel study mpg               a built-in table: 870 networks
  evenkeel study penguins --seeds 20 --epochs 50
  evenkeel study cars.csv --target mpg --ignore name
  evenkeel study big.parquet --target delay --sample 5000 --quick
  evenkeel study cars.csv --target mpg --norms none,batch --lr 0.001,0.01
  evenkeel study mpg --ask placement   in which order do the layers stand best?
  evenkeel study mpg --arms 'zscore+batch, zscore+dropout0.3, raw+layer'
  evenkeel study pets --ask pooling    of a folder of pictures for each class
  evenkeel study --ask             lists what can be asked
  evenkeel study --resume latest   goes on where an interrupted study stood
  evenkeel study mpg --workers-from /shared/mpg   and elsewhere: evenkeel work
  evenkeel study mpg --details     prints all that the report says
  evenkeel study mpg --json | jq .report.answer

Ctrl-C keeps the networks that are finished. The same table and options give the
same figures, with any number of threads, however often it was interrupted.
`;

type Flags = StudyFlags & FlagValues & ShowFlags;

interface ShowFlags {
  readonly report: boolean;
  readonly details?: true | undefined;
  readonly json?: true | undefined;
}

/** Options that a study which goes on may be given anew: they change nothing in its figures. */
const free = new Set([
  ...["--threads", "--workers-from", "--lease", "--details", "--no-report", "--json", "--resume", "--trust-sql"],
  "--take-over",
]);

/**
 * `evenkeel study TABLE`: trains networks that are compared over seeds, and says which claims about
 * them hold.
 */
export function studyCommand(context: CommandContext): CommandUnknownOpts {
  const command = new Command()
    .description(
      "Does batch normalization help on this table? Trains networks with and without it, on raw and on scaled features, over " +
        "seeds and learning rates, and says which of seven claims held, which did not, and which are undecided. " +
        "--ask puts another question.",
    )
    .argument(
      "[table]",
      "a file, a pattern, - for standard input, or a built-in table: mpg, penguins, flights; for --ask pooling a folder of pictures",
    );
  addTargetFlag(command)
    .addOption(
      new Option("--ask [question]", "what is asked (default: normalization); by itself it lists the questions")
        .choices(askNames)
        .argParser((text) => text),
    )
    .option(
      "--threads <n>",
      "figures do not depend on it (default: as many as run at once, 8 at most)",
      parserOf(wholeNumber(0, 256)),
    )
    .option(
      "--workers-from <place>",
      "a folder on a shared disk, or postgres://...: `evenkeel work` with it, on any machine, trains too; --threads 0 leaves all to them",
    )
    .option(
      "--lease <seconds>",
      "a worker that gives no sign of life for so long loses what it has in hand (default: 30)",
      parserOf(numberBetween(0.2, 86_400)),
    )
    .option("--out <folder>", "where the study is kept (default: a new folder in runs)")
    .option("--resume <study>", "go on with an interrupted study: its folder, its id in runs, or latest")
    .option("--take-over", "resume it although the process that ran it cannot be checked from here")
    .option("--details", "print all that the report says, and not one screen of it")
    .option("--no-report", "write no HTML report")
    .option("--json", "print the report as JSON; progress goes to standard error");
  addStudyFlags(command);
  return withPictureOptions(withTableOptions(command))
    .addHelpText("after", examples)
    .action(async (...parsed) => {
      const [source, flags, self] = parsed as unknown as [string | undefined, Flags, CommandUnknownOpts];
      if (flags.ask === true) return context.output.write(questionsText(context.output));
      const refused = flags.resume === undefined ? undefined : typedFlags(self).find((flag) => !free.has(flag));
      if (refused !== undefined) {
        throw misuse("conflict", "--resume goes on as the study began", `leave ${refused} out`);
      }
      // Threads, charts and the library are not needed for --help.
      const { runStudy } = await import("./runStudy.ts");
      await runStudy(source, flags, context);
    });
}
