import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { numberAtLeast, wholeNumber } from "evenkeel/problem";
import type { CommandContext } from "../shell/context.ts";
import { parserOf } from "./declaredFlags.ts";
import type { WorkFlags } from "./runWork.ts";

const examples = `
Examples:
  evenkeel study cars.csv --target mpg --workers-from /shared/cars
  evenkeel work /shared/cars               on any machine that sees the folder
  evenkeel work /shared/cars --threads 4 --idle 600
  evenkeel work postgres://user@host/db    the same through a database

Workers may come and go while the study runs, by Ctrl-C or by a crash: what they
had in hand is trained by another. docs/clusters.md has scripts for Slurm,
Kubernetes and ssh.
`;

/** `evenkeel work PLACE`: trains networks of a study that another process runs. */
export function workCommand(context: CommandContext): CommandUnknownOpts {
  return new Command()
    .description(
      "Trains networks of a study that runs elsewhere, on this machine or on another, until that study has ended. The study " +
        "is given the same place with --workers-from; the table comes from there, too.",
    )
    .argument("<place>", "a folder on a shared disk, or the address of a PostgreSQL database")
    .option(
      "--threads <n>",
      "networks at a time (default: as many as run at once, 8 at most)",
      parserOf(wholeNumber(1, 256)),
    )
    .option(
      "--idle <seconds>",
      "leave after so many seconds without anything to train (default: never)",
      parserOf(numberAtLeast(0)),
    )
    .option("--json", "print what was done as JSON; progress goes to standard error")
    .addHelpText("after", examples)
    .action(async (place, flags) => {
      // Threads and the library are not needed for --help.
      const { runWork } = await import("./runWork.ts");
      await runWork(place, flags as WorkFlags, context);
    });
}
