import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import type { CommandContext } from "../shell/context.ts";

interface CommandEntry {
  readonly name: string;
  /** What the help of the program says of it. */
  readonly summary: string;
  /** Imports the command's file, and with it all that the command needs. */
  readonly make: (context: CommandContext) => Promise<CommandUnknownOpts>;
}

const entries: readonly CommandEntry[] = [
  {
    name: "inspect",
    summary: "what a table's columns mean, and what is doubtful; or what a model is",
    make: async (context) => (await import("./inspect.ts")).inspectCommand(context),
  },
  {
    name: "train",
    summary: "a model of a table, its scores beside baselines, and a report",
    make: async (context) => (await import("./train.ts")).trainCommand(context),
  },
  {
    name: "predict",
    summary: "what a model says of other rows",
    make: async (context) => (await import("./predict.ts")).predictCommand(context),
  },
  {
    name: "evaluate",
    summary: "how good a model is on rows whose target is known",
    make: async (context) => (await import("./evaluate.ts")).evaluateCommand(context),
  },
  {
    name: "runs",
    summary: "what was trained before: list, show, compare",
    make: async (context) => (await import("./runs.ts")).runsCommand(context),
  },
  {
    name: "study",
    summary: "does batch normalization help on this table? and other questions",
    make: async (context) => (await import("./study.ts")).studyCommand(context),
  },
  {
    name: "work",
    summary: "trains networks of a study that runs elsewhere",
    make: async (context) => (await import("./work.ts")).workCommand(context),
  },
  {
    name: "lab",
    summary: "a page on which two networks learn a table while you move sliders",
    make: async (context) => (await import("./lab.ts")).labCommand(context),
  },
  {
    name: "init",
    summary: "a TypeScript project that trains on a table",
    make: async (context) => (await import("./init.ts")).initCommand(context),
  },
];

/**
 * The commands, in the order of the help. Only those that a command line names are loaded, or all
 * for one that completes: the files of all take longer to load than most commands to run. The
 * others are there with name and summary.
 */
export async function commandsFor(
  args: readonly string[],
  context: CommandContext,
): Promise<readonly CommandUnknownOpts[]> {
  const isNeeded = ({ name }: CommandEntry) => args[0] === "complete" || args.includes(name);
  return await Promise.all(
    entries.map(async (entry) => {
      const command = isNeeded(entry) ? await entry.make(context) : new Command();
      return command.name(entry.name).summary(entry.summary);
    }),
  );
}
