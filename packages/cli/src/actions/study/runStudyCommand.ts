import { resolve } from "node:path";
import { planStudy, runStudy, type StudyPlan, type StudyResult, studyReport, type TrialRun } from "evenkeel/study";
import type { StudyFlags } from "../../commands/study.ts";
import type { RunFinding } from "../../records/runs/types.ts";
import { StudyFolder } from "../../records/studies/studyFolder.ts";
import { openTrialStore } from "../../records/studies/trialStore.ts";
import type { CommandContext } from "../../shell/context.ts";
import { count, type Output, wrap } from "../../shell/terminal.ts";
import { usage } from "../../study/usage.ts";
import { studyProgress } from "../../views/progress/studyProgress.ts";
import { duration } from "../../views/runsText.ts";
import { introduction } from "../../views/study/introduction.ts";
import { studyText } from "../../views/study/text.ts";
import { shortPath } from "../../views/trainingText.ts";
import { readData } from "./readData.ts";
import { studyOptions } from "./studyOptions.ts";
import { defaultThreads, type TrialThreadsOptions, trialThreads } from "./threads.ts";
import { wholeSeeds } from "./wholeSeeds.ts";

/**
 * Plans, runs and reports a study.
 * @throws UsageError, TableReadError or TableError for what is wrong with options and table
 */
export async function runStudyCommand(
  source: string | undefined,
  flags: StudyFlags,
  context: CommandContext,
  { newWorker }: Pick<TrialThreadsOptions, "newWorker"> = {},
): Promise<void> {
  const { cwd, signal } = context;
  const output: Output = flags.json
    ? { ...context.output, write: context.output.writeError, terminal: undefined }
    : context.output;
  const runs = resolve(cwd, "runs");
  const resumed = flags.resume === undefined ? undefined : StudyFolder.resume(runs, cwd, flags.resume);
  const began = resumed?.config;

  const options = began?.options ?? studyOptions(flags, source === undefined);
  const { data, table, read, columns, noticed } = await readData(source, flags, began, options, context, output);
  const plan = usage(() => planStudy(data, options));
  const folder =
    resumed ??
    StudyFolder.create(runs, flags.out && resolve(cwd, flags.out), {
      command: process.argv.slice(2),
      ...{ source: source ?? null, read, schema: columns, options },
      table: { source: table.source, rows: table.rows, columns: table.columns.length },
    });
  const threads = flags.threads ?? defaultThreads();
  const store = usage(() => openTrialStore(folder.path, data));
  output.write(
    introduction({ table, data, findings: noticed, plan, threads, folder: shortPath(cwd, folder.path) }, output),
  );

  const started = performance.now();
  const lanes = trialThreads(data, { threads, ...(newWorker && { newWorker }) });
  const progress = studyProgress(output, plan);
  const { result, runs: trials } = await runStudy(plan, {
    execute: lanes.execute,
    lanes: lanes.lanes,
    finished: store.finished,
    signal,
    onEvent: (event) => {
      if (event.type === "trial") store.append(event.run);
      progress.update(event);
    },
  }).finally(async () => {
    progress.stop();
    store.close();
    await lanes.close();
  });
  const seconds = (performance.now() - started) / 1000;

  const shown = result.complete ? result : wholeSeeds(result);
  const written: string[] = [folder.file("trials.jsonl")];
  const report = shown && studyReport(shown, trials);
  if (shown !== undefined && report !== undefined) {
    output.write(`\n${studyText(shown, report, output)}`);
    folder.writeResult(shown);
    written.unshift(folder.file("result.json"));
    if (flags.report) {
      written.unshift(folder.file("report.html"));
      await writeReport(folder, shown, trials, noticed);
    }
  }
  const trained = count(trials.length - store.finished.length, "network");
  const ending = result.complete
    ? `Trained ${trained} in ${duration(seconds)} on ${count(threads, "thread")}.`
    : interruption(plan, trials.length, shown?.plan.seeds.length ?? 0, seconds);
  output.write(`\n${ending}\n`);
  output.write(`${written.map((path, i) => `${i === 0 ? "Wrote" : "     "} ${shortPath(cwd, path)}`).join("\n")}\n`);
  if (!result.complete) output.write(`Go on with: evenkeel study --resume ${shortPath(cwd, folder.path)}\n`);
  if (flags.json) {
    const status = result.complete ? "finished" : "interrupted";
    const said = {
      study: folder.id,
      ask: plan.ask,
      path: folder.path,
      status,
      seconds,
      verdict: shown?.headline.verdict,
      report,
    };
    context.output.write(`${JSON.stringify(said, undefined, 2)}\n`);
  }
}

function interruption({ seeds }: StudyPlan, trained: number, whole: number, seconds: number): string {
  const all = count(seeds.length, "seed");
  const said =
    whole === 0
      ? `none of ${all} is whole yet, so there is nothing to say`
      : `${whole} of ${all} are whole, and reported on`;
  return wrap(`Interrupted after ${duration(seconds)}: ${count(trained, "network")} kept; ${said}.`, 80);
}

async function writeReport(
  folder: StudyFolder,
  result: StudyResult,
  trials: readonly TrialRun[],
  findings: readonly RunFinding[],
): Promise<void> {
  // Vega takes a while to load, and only reports need it.
  const [{ studyReport: html }, { studyReportData }] = await Promise.all([
    import("../../views/report/studyReport.ts"),
    import("../../views/report/studyData.ts"),
  ]);
  const { started, table, versions } = folder.config;
  const source = { id: folder.id, created: new Date(started), table, versions, findings };
  folder.writeReport(await html(studyReportData(result, source, trials)));
}
