import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { wholeNumber } from "evenkeel/problem";
import { type LabFlags, labTable } from "../actions/lab/labTable.ts";
import { openBrowser } from "../actions/lab/openBrowser.ts";
import { builtPage, pageFiles } from "../actions/lab/pageFiles.ts";
import { serveLab } from "../actions/lab/serveLab.ts";
import type { CommandContext } from "../shell/context.ts";
import { count } from "../shell/figures.ts";
import { printable } from "../shell/printed.ts";
import { readingProgress } from "../views/progress/readingProgress.ts";
import { addMeaningFlags, addTargetFlag } from "./columnOptions.ts";
import { parserOf } from "./declaredFlags.ts";
import { withTableOptions } from "./tableOptions.ts";

const examples = `
Examples:
  evenkeel lab                              the page with its own tables
  evenkeel lab cars.csv --target mpg        on a table of yours
  evenkeel lab 'data/*.parquet' --sample 20000
  evenkeel lab cars.csv --kind cylinders=category --null unknown
  evenkeel lab --sql "select * from mpg where Cylinders < 8"
  evenkeel lab cars.csv --no-open --port 8080

The page is served to this machine alone, at an address with a secret in it, until
Ctrl-C. It takes 100,000 rows and 500 columns; nothing leaves this machine.
`;

interface Flags extends LabFlags {
  readonly port?: number | undefined;
  readonly open: boolean;
}

/**
 * `evenkeel lab [TABLE]`: the page on which two networks learn the table beside each other.
 *
 * @param page the folder of the built page
 */
export function labCommand(context: CommandContext, page = builtPage): CommandUnknownOpts {
  const { output, signal, environment = {} } = context;
  const command = new Command()
    .description(
      "Opens a page on which two networks learn a table beside each other, one without and one with normalization, " +
        "while you move sliders.",
    )
    .argument("[table]", "a file, a pattern, - for standard input, or a built-in table")
    .option("--port <n>", "serve the page there (default: a free port)", parserOf(wholeNumber(1, 65_535)))
    .option("--no-open", "print the address, and open no browser");
  addTargetFlag(command);
  addMeaningFlags(command);
  return withTableOptions(command)
    .addHelpText("after", examples)
    .action(async (...given) => {
      const [source, { port, open, ...flags }] = given as unknown as [string | undefined, Flags];
      const files = pageFiles(page);
      // Of a flag about a table that is not there the reader complains.
      const isAboutTable = Object.entries(flags).some(([name, value]) => name !== "sampleSeed" && value !== undefined);
      const isOfTable = source !== undefined || isAboutTable;
      const progress = readingProgress(output);
      const table = isOfTable ? await labTable(source, flags, { ...context, progress }) : undefined;
      const { url, close } = await serveLab({ files, table, port });
      try {
        if (table !== undefined) {
          const { rows, columns } = table.table;
          output.write(`${printable(table.name)}: ${count(rows, "row")}, ${count(columns.length, "column")}\n`);
        }
        output.write(`The lab is at ${url}\n`);
        const isAsked = open && (await openBrowser(url, { platform: process.platform, environment }));
        output.write(`${isAsked ? "Your browser opens it. " : "Open it in a browser. "}Ctrl-C ends it.\n`);
        await aborted(signal);
      } finally {
        await close();
      }
    });
}

/** Waits for Ctrl-C. */
function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    else signal?.addEventListener("abort", () => resolve(), { once: true });
  });
}
