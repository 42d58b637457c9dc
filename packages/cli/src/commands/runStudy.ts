import { resumeCommand, type Studied, type StudyEvents, type StudyRequest, study } from "../actions/study/study.ts";
import type { TrialThreadsOptions } from "../actions/study/threads.ts";
import { withoutPassword } from "../records/queue/place.ts";
import type { CommandContext } from "../shell/context.ts";
import { quiet, shortPath } from "../shell/terminal.ts";
import { jsonText } from "../views/json.ts";
import { readingProgress } from "../views/progress/readingProgress.ts";
import { type StudyProgress, studyProgress } from "../views/progress/studyProgress.ts";
import { introduction } from "../views/study/introduction.ts";
import { outcomeText, studiedJson } from "../views/study/outcome.ts";
import { planLines } from "../views/study/planLines.ts";
import { refusalText, unverifiedNote } from "../views/study/workerNotes.ts";
import type { FlagValues } from "./declaredFlags.ts";
import { closedNote, exitCodeOf, reportFailure } from "./ending.ts";
import { studyOptions } from "./studyOptions.ts";

interface ShowOptions {
  readonly report: boolean;
  readonly details?: true | undefined;
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
  const details = flags.details === true;
  const reading = readingProgress(output);
  let progress: StudyProgress | undefined;
  const request = { source, flags, given: studyOptions(flags), command: process.argv.slice(2).map(withoutPassword) };
  const events = {
    onStart: (beginning) => {
      output.write(introduction(beginning, { folder: shorten(beginning.folder), details }, output));
      const { plan, threads } = beginning;
      progress = studyProgress(output, {
        plan,
        threads,
        planLines: (seconds) => planLines(beginning, seconds, output),
      });
    },
    onEvent: (event) => progress?.update(event),
    onWorkers: (workers) => progress?.workers(workers),
    onRefused: (refusal) => progress?.note(refusalText(refusal)),
    onEnd: () => progress?.stop(),
    ...(flags.report && {
      report: (studied: Studied) => {
        reading.doing("drawing the report");
        return reportOf(studied).finally(reading.stop);
      },
    }),
  } satisfies StudyEvents;
  const studied = await study(request, { ...context, progress: reading }, events, threads);
  output.write(outcomeText(studied, { shorten, details }, output));
  if (studied.unverified !== undefined) output.writeError(unverifiedNote(studied.unverified));
  if (studied.reportError !== undefined)
    output.writeError(reportFailure(studied.reportError, resumeCommand(shorten(studied.study.path))));
  if (flags.json) context.output.write(jsonText(studiedJson(studied)));
  if (output.closed?.()) output.writeError(closedNote(shorten(studied.study.path)));
  context.exit?.(exitCodeOf(!studied.complete, studied));
}

/** The page as HTML; undefined where there is nothing to report. */
async function reportOf({ study, concluded, noticed }: Studied): Promise<string | undefined> {
  if (concluded === undefined) return undefined;
  // Vega takes a while to load, and only reports need it.
  const [{ studyReport }, { studyReportData }] = await Promise.all([
    import("../views/report/studyReport.ts"),
    import("../views/report/studyData.ts"),
  ]);
  const { started, table, versions } = study.config;
  const source = { id: study.id, created: new Date(started), table, versions, findings: noticed };
  return studyReport(studyReportData(concluded.result, source));
}
