import { type Studied, type StudyEvents, type StudyRequest, study } from "../actions/study/study.ts";
import type { TrialThreadsOptions } from "../actions/study/threads.ts";
import type { CommandContext } from "../shell/context.ts";
import { quiet, shortPath } from "../shell/terminal.ts";
import { jsonText } from "../views/json.ts";
import { readingProgress } from "../views/progress/readingProgress.ts";
import { type StudyProgress, studyProgress } from "../views/progress/studyProgress.ts";
import { introduction } from "../views/study/introduction.ts";
import { outcomeText, studiedJson } from "../views/study/outcome.ts";
import type { FlagValues } from "./declaredFlags.ts";
import { studyOptions } from "./studyOptions.ts";

interface ShowOptions {
  readonly report: boolean;
  readonly json?: true | undefined;
}

/** Runs a study and shows it: while it goes on, at its end, as a report and as JSON. */
export async function runStudy(
  source: string | undefined,
  flags: StudyRequest["flags"] & FlagValues & ShowOptions,
  context: CommandContext,
  threads: Pick<TrialThreadsOptions, "newWorker"> = {},
): Promise<void> {
  const output = flags.json ? quiet(context.output) : context.output;
  const shorten = (path: string) => shortPath(context.cwd, path);
  let progress: StudyProgress | undefined;
  const request = { source, flags, given: studyOptions(flags), command: process.argv.slice(2) };
  const events = {
    onStart: (beginning) => {
      output.write(introduction(beginning, shorten(beginning.folder), output));
      progress = studyProgress(output, beginning.plan);
    },
    onEvent: (event) => progress?.update(event),
    onEnd: () => progress?.stop(),
  } satisfies StudyEvents;
  const studied = await study(request, { ...context, progress: readingProgress(output) }, events, threads);
  const report = flags.report ? await writeReport(studied) : undefined;
  output.write(`\n${outcomeText(studied, { report, shorten }, output)}`);
  if (flags.json) context.output.write(jsonText(studiedJson(studied)));
}

/** @returns its path; undefined where there is nothing to report */
async function writeReport({ study, concluded, trials, noticed }: Studied): Promise<string | undefined> {
  if (concluded === undefined) return undefined;
  // Vega takes a while to load, and only reports need it.
  const [{ studyReport }, { studyReportData }] = await Promise.all([
    import("../views/report/studyReport.ts"),
    import("../views/report/studyData.ts"),
  ]);
  const { started, table, versions } = study.config;
  const source = { id: study.id, created: new Date(started), table, versions, findings: noticed };
  study.writeReport(await studyReport(studyReportData(concluded.result, source, trials)));
  return study.file("report.html");
}
