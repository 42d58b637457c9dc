import { readdirSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { Command, type CommandUnknownOpts, InvalidArgumentError } from "@commander-js/extra-typings";
import { compareRuns } from "../actions/runs/compareRuns.ts";
import { findRun } from "../records/runs/findRun.ts";
import { listRuns, readMetrics } from "../records/runs/readRun.ts";
import type { CommandContext } from "../shell/context.ts";
import { exitCodes } from "../shell/exitCodes.ts";
import { compareText, listText, showText, sortRuns } from "../views/runsText.ts";
import { wholeNumber } from "./arguments.ts";
import { asUsual, type Refusing } from "./explained.ts";

const examples = `
Examples:
  evenkeel runs list                        all runs, the newest first
  evenkeel runs list --sort mae --limit 5   the five best on the validation rows
  evenkeel runs show latest                 settings, scores and files
  evenkeel runs show 2026-11-25_mpg         the beginning of an id, if no other
                                            run has it
  evenkeel runs compare 2026-11-25_mpg_3f2a latest
  evenkeel runs list --json | jq '.[].result.scores.test.mae'

A run is a folder in runs/. To delete one, delete its folder.
`;

/** The command that looks at recorded runs: `runs list`, `runs show`, `runs compare`. */
export function runsCommand(context: CommandContext): CommandUnknownOpts {
  const { output, cwd } = context;
  const { write, colors } = output;

  /** Runs are kept here; an absent folder that nobody asked for holds none. */
  const folderOf = (command: Refusing, dir: string) => {
    const folder = resolve(cwd, dir);
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder;
    return command.error(`error: there is no folder ${dir}; --runs says where runs are kept`, refused);
  };
  const find = (command: Refusing, dir: string, ids: readonly string[]) => {
    const folder = folderOf(command, dir);
    try {
      return ids.map((id) => findRun(folder, id));
    } catch (error) {
      return command.error(`error: ${(error as Error).message}. \`evenkeel runs list\` lists them.`, refused);
    }
  };
  const json = (value: unknown) => write(`${JSON.stringify(value, undefined, 2)}\n`);

  const list = new Command("list")
    .description("Lists the runs, the newest first.")
    .option("--runs <folder>", "where runs are kept", "runs")
    .option("--sort <metric>", "the best first: mae (of the validation rows), test.mae, train.accuracy …", metricName)
    .option("--limit <n>", "at most so many", wholeNumber(1))
    .option("--json", "for programs: all that is known of each run")
    .action(({ runs: dir, sort, limit, json: asJson }, command) => {
      const unused = dir === "runs" && statSync(resolve(cwd, dir), { throwIfNoEntry: false }) === undefined;
      const all = unused ? [] : listRuns(folderOf(command, dir));
      const sorted = (sort === undefined ? all : sortRuns(all, sort)).slice(0, limit);
      if (asJson) json(sorted);
      else if (all.length === 0) write(`There are no runs in ${dir} yet.\n`);
      else write(listText(sorted, colors, sort?.replace(/^.*\./, "")));
    });

  const show = new Command("show")
    .description("Shows one run: settings, scores, findings, files.")
    .argument("<id>", "its id, the beginning of it, or latest")
    .option("--runs <folder>", "where runs are kept", "runs")
    .option("--json", "for programs: all that is known, the figures of each epoch too")
    .action((id, { runs: dir, json: asJson }, command) => {
      const [run] = find(command, dir, [id]);
      const files = readdirSync(run.path);
      let epochs: ReturnType<typeof readMetrics> = [];
      try {
        epochs = readMetrics(run.path);
      } catch (error) {
        output.writeError(`${(error as Error).message}\n`);
      }
      if (asJson) json({ ...run, epochs });
      else write(showText(run, epochs, files, colors));
    });

  const compare = new Command("compare")
    .description("Puts runs side by side: the settings that differ, and the scores.")
    .argument("<id...>", "two or more ids, beginnings of ids, or latest")
    .option("--runs <folder>", "where runs are kept", "runs")
    .option("--json", "for programs")
    .action((ids, { runs: dir, json: asJson }, command) => {
      const runs = find(command, dir, ids);
      if (new Set(runs.map(({ id }) => id)).size < 2) {
        command.error("error: compare needs at least two different runs", refused);
      }
      const comparison = compareRuns(runs);
      if (asJson) json({ ...comparison, runs: runs.map(({ id }) => id) });
      else write(compareText(comparison, colors));
    });

  const runs = new Command("runs")
    .description("Lists, shows and compares recorded runs.")
    .addHelpText("after", examples)
    .addCommand(list)
    .addCommand(show)
    .addCommand(compare);
  for (const command of [runs, ...runs.commands]) asUsual(command, context);
  return runs;
}

const refused = { exitCode: exitCodes.misuse } as const;

function metricName(text: string): string {
  if (/^(?:(?:train|validation|test)\.)?\w+$/.test(text)) return text;
  throw new InvalidArgumentError("Expected a metric such as mae, or with its rows: test.mae, validation.accuracy.");
}
