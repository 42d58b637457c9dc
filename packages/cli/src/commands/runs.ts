import { resolve } from "node:path";
import { Command, type CommandUnknownOpts, InvalidArgumentError } from "@commander-js/extra-typings";
import { wholeNumber } from "evenkeel/problem";
import type { RunComparison } from "../actions/runs/compareRuns.ts";
import { comparison, listedRuns, runDetails } from "../actions/runs/runs.ts";
import { readMetrics } from "../records/runs/readRun.ts";
import { usualRuns } from "../records/runs/runsFolder.ts";
import type { CommandContext } from "../shell/context.ts";
import { checkWritable } from "../shell/files/writable.ts";
import { writeAtomic } from "../shell/files/writeAtomic.ts";
import { version } from "../shell/version.ts";
import { jsonText } from "../views/json.ts";
import { comparisonJson, comparisonText, detailsJson, detailsText, listText } from "../views/runsText.ts";
import { parserOf } from "./declaredFlags.ts";

const examples = `
Examples:
  evenkeel runs list                        all runs, the newest first
  evenkeel runs list --sort mae --limit 5   the five best on the validation rows
  evenkeel runs show latest                 settings, scores and files
  evenkeel runs show 2026-11-25_mpg         the beginning of an id, if no other
                                            run has it
  evenkeel runs compare 2026-11-25_mpg_3f2a latest --report both.html
  evenkeel runs list --json | jq '.[].result.scores.test.mae'

A run or a study is a folder in runs/. To delete one, delete its folder.
`;

/** The command that looks at recorded runs: `runs list`, `runs show`, `runs compare`. */
export function runsCommand({ output, cwd }: CommandContext): CommandUnknownOpts {
  const { write, colors } = output;

  const list = new Command("list")
    .description("Lists the runs, the newest first, and the studies below them.")
    .option("--runs <folder>", "where runs are kept", usualRuns)
    .option("--sort <metric>", "the best first: mae (of the validation rows), test.mae, train.accuracy …", metricName)
    .option("--limit <n>", "the number of runs to list", parserOf(wholeNumber(1)))
    .option("--json", "for programs: all that is known of each run")
    .action(({ runs, sort, limit, json }) => {
      const list = listedRuns({ cwd, runs, sort, limit });
      write(json ? jsonText([...list.runs, ...list.studies]) : listText(list, runs, colors));
    });

  const show = new Command("show")
    .description("Shows one run: settings, scores, findings, files.")
    .argument("<id>", "its id, the beginning of it, or latest")
    .option("--runs <folder>", "where runs are kept", usualRuns)
    .option("--json", "for programs: all that is known, the figures of each epoch too")
    .action((id, { runs, json }) => {
      const details = runDetails(id, { cwd, runs });
      if (details.complaint !== undefined) output.writeError(`${details.complaint}\n`);
      write(json ? jsonText(detailsJson(details)) : detailsText(details, colors));
    });

  const compare = new Command("compare")
    .description("Puts runs side by side: the settings that differ, and the scores.")
    .argument("<id...>", "two or more ids, beginnings of ids, or latest")
    .option("--runs <folder>", "where runs are kept", usualRuns)
    .option("--report <file>", "write an HTML page: scores, learning curves in one drawing, settings that differ")
    .option("--json", "for programs")
    .action(async (ids, { runs, report, json }) => {
      if (report !== undefined) checkWritable(resolve(cwd, report), report, "report");
      const compared = comparison(ids, { cwd, runs });
      if (report !== undefined) writeAtomic(resolve(cwd, report), await reportOf(compared));
      write(json ? jsonText(comparisonJson(compared)) : comparisonText(compared, colors));
    });

  return new Command()
    .description("Lists, shows and compares recorded runs.")
    .addHelpText("after", examples)
    .addCommand(list)
    .addCommand(show)
    .addCommand(compare);
}

/** The page as HTML. */
async function reportOf(comparison: RunComparison): Promise<string> {
  // Vega takes a while to load, and only reports need it.
  const { comparisonReport } = await import("../views/report/comparisonReport.ts");
  const epochs = comparison.runs.map(({ path }) => readMetrics(path));
  const versions = { evenkeel: version, node: process.versions.node };
  return comparisonReport({ comparison, epochs, created: new Date(), versions });
}

function metricName(text: string): string {
  if (/^(?:(?:train|validation|test)\.)?\w+$/.test(text)) return text;
  throw new InvalidArgumentError("Expected a metric such as mae, or with its rows: test.mae, validation.accuracy.");
}
