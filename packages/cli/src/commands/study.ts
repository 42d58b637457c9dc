import { Command, type CommandUnknownOpts, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import type { Scale } from "evenkeel/study";
import type { Norm } from "evenkeel/tabular";
import { askNames } from "../actions/study/questions.ts";
import type { StudyFlags } from "../actions/study/studyFlags.ts";
import type { CommandContext } from "../shell/context.ts";
import { misuse } from "../shell/errors.ts";
import { flagOf } from "../shell/flags.ts";
import { questionsText } from "../views/study/questionsText.ts";
import { names, positiveNumber, share, wholeNumber, widths } from "./arguments.ts";
import { addColumnFlags } from "./columnOptions.ts";
import { withPictureOptions } from "./pictureOptions.ts";
import { withTableOptions } from "./tableOptions.ts";

const examples = `
Examples:
  evenkeel study mpg               a built-in table: 790 networks, minutes
  evenkeel study penguins --seeds 20 --epochs 50
  evenkeel study cars.csv --target mpg --ignore name
  evenkeel study big.parquet --target delay --sample 5000 --quick
  evenkeel study cars.csv --target mpg --norms none,batch --lr 0.001,0.01
  evenkeel study mpg --ask placement   in which order do the layers stand best?
  evenkeel study pets --ask pooling    of a folder of pictures for each class
  evenkeel study --ask             lists what can be asked
  evenkeel study --resume latest   goes on where an interrupted study stood
  evenkeel study mpg --json | jq .report.headline

Ctrl-C keeps the networks that are finished. The same table and options give the
same figures, with any number of threads, however often it was interrupted.
`;

interface Flags extends StudyFlags {
  readonly report: boolean;
  readonly json?: true | undefined;
}

/** Options that a study which goes on may be given anew: they change nothing in its figures. */
const free = new Set(["threads", "report", "json", "resume", "color"]);

/** `evenkeel study TABLE`: trains networks that are compared over seeds, and says which claims about them hold. */
export function studyCommand(context: CommandContext): CommandUnknownOpts {
  const command = withPictureOptions(withTableOptions(new Command("study")))
    .description(
      "Does batch normalization help on this table? Trains networks with and without it, on raw and on scaled features, over " +
        "seeds and learning rates, and says which of seven claims held, which did not, and which cannot be told from noise. " +
        "--ask puts another question.",
    )
    .argument(
      "[table]",
      "a file, a pattern, - for standard input, or a built-in table: mpg, penguins, flights; for --ask pooling a folder of pictures",
    )
    .addOption(
      new Option("--ask [question]", "what is asked (default: normalization); by itself it lists the questions")
        .choices(askNames)
        .argParser((text) => text),
    )
    .option("--quick", "a first look: 5 seeds, 2 learning rates, 30 epochs at most")
    .option(
      "--threads <n>",
      "figures do not depend on it (default: as many as run at once, 8 at most)",
      wholeNumber(1, 256),
    )
    .option("--out <folder>", "where the study is kept (default: a new folder in runs)")
    .option("--resume <study>", "go on with an interrupted study: its folder, its id in runs, or latest")
    .option("--no-report", "write no HTML report")
    .option("--json", "print the report as JSON; progress goes to standard error");
  addColumnFlags(command);
  for (const [title, options] of groups()) {
    for (const option of options) command.addOption(option.helpGroup(`${title}:`));
  }
  return command.addHelpText("after", examples).action(async (...parsed) => {
    const [source, flags, self] = parsed as unknown as [string | undefined, Flags, CommandUnknownOpts];
    const given = Object.keys(flags).filter((name) => self.getOptionValueSource(name) === "cli");
    if (flags.ask === true) return context.output.write(questionsText(context.output));
    const refused = flags.resume === undefined ? undefined : given.find((name) => !free.has(name));
    if (refused !== undefined) {
      throw misuse("conflict", "--resume goes on as the study began", `leave ${flagOf(refused)} out`);
    }
    // Threads, charts and the library are not needed for --help.
    const { runStudy } = await import("./runStudy.ts");
    await runStudy(source, flags, context);
  });
}

function groups(): [string, Option[]][] {
  return [
    [
      "Rows",
      [
        new Option("--seeds <n>", "each gives a split, starting weights and an order (default: 10)").argParser(
          wholeNumber(1, 10_000),
        ),
        new Option("--first-seed <n>", "the others follow it (default: 0)").argParser(wholeNumber(0, 2 ** 23)),
        new Option("--validation <share>", "rows that choices are made by (default: 0.16)").argParser(share),
        new Option("--test <share>", "rows that judge (default: 0.2)").argParser(share),
        new Option("--rows <shares>", "train on so much of the rows too, or none (default: 0.25,0.5)").argParser(
          numbers(share),
        ),
        new Option("--rescale <factors>", "multiply raw columns by these in turn, or none (default: 10,0.1)").argParser(
          numbers(positiveNumber),
        ),
      ],
    ],
    [
      "What is compared",
      [
        new Option("--scales <names>", "raw, zscore, robust (default: raw,zscore)").argParser(
          oneOf<Scale>(["raw", "zscore", "robust"]),
        ),
        new Option("--norms <names>", "none, batch, layer (default: all)").argParser(
          oneOf<Norm>(["none", "batch", "layer"]),
        ),
        new Option("--dropout <share>", "of the arms with dropout; 0 for no such arms (default: 0.2)").argParser(share),
        new Option(
          "--lr <rates>",
          "learning rates that all are tried with (default: 0.0001,0.0003,0.001,0.003,0.01,0.03,0.1)",
        ).argParser(numbers(positiveNumber)),
        new Option("--metric <name>", "the error (default: mae, or errorRate for classes)").choices([
          "mae",
          "rmse",
          "errorRate",
          "logLoss",
        ]),
        new Option("--target-error <x>", "count epochs to this validation error (default: near the best)").argParser(
          positiveNumber,
        ),
        new Option(
          "--worth <share>",
          "the smallest gain worth having, as a part of the error; one test row at least for classes (default: 0.01)",
        ).argParser(share),
      ],
    ],
    [
      "Networks",
      [
        new Option("--hidden <widths>", "of the hidden layers (default: 64,32)").argParser(widths),
        new Option("--epochs <n>", "passes over the training rows (default: by their number)").argParser(
          wholeNumber(1),
        ),
        new Option("--batch-size <n>", "rows per step (default: 32)").argParser(wholeNumber(2)),
        new Option("--target-scale <how>", "of a numeric target (default: zscore)").choices(["zscore", "log", "none"]),
      ],
    ],
  ];
}

/** "0.25,0.5"; "none" for an empty list. */
function numbers(parse: (text: string) => number): (text: string) => number[] {
  return (text) => (text === "none" ? [] : text.split(",").map(parse));
}

function oneOf<T extends string>(known: readonly T[]): (text: string) => T[] {
  return (text) => {
    const given = names(text, undefined);
    const wrong = given.find((name) => !known.includes(name as T));
    if (wrong !== undefined) throw new InvalidArgumentError(`"${wrong}" is none of ${known.join(", ")}.`);
    return [...new Set(given)] as T[];
  };
}
