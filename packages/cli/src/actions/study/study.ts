import { resolve } from "node:path";
import "evenkeel/node";
import { problemOf } from "evenkeel/problem";
import {
  planStudy,
  runStudy,
  type StudyData,
  type StudyEvent,
  type StudyOptions,
  type StudyPlan,
  type StudyReport,
  type StudyResult,
  studyReport,
  type TrialRun,
} from "evenkeel/study";
import { usualRuns } from "../../records/runs/runsFolder.ts";
import { type NewStudy, type StudyConfig, StudyFolder } from "../../records/studies/studyFolder.ts";
import { openTrialStore } from "../../records/studies/trialStore.ts";
import type { ActionContext } from "../../shell/context.ts";
import { shellWord } from "../../shell/dialect.ts";
import { misuse } from "../../shell/errors.ts";
import { faultOf } from "../../shell/files/fault.ts";
import { sentence } from "../../shell/sentence.ts";
import type { TableRead } from "../../tables/index.ts";
import { namingPlaces } from "../../tables/places.ts";
import { type NoticedFinding, readData } from "./readData.ts";
import type { StudyFlags } from "./studyFlags.ts";
import { studyOptions } from "./studyOptions.ts";
import { defaultThreads, type TrialThreadsOptions, trialThreads } from "./threads.ts";
import { wholeSeeds } from "./wholeSeeds.ts";

/** The data of a study, and its options. */
export interface StudyRequest {
  readonly source?: string | undefined;
  readonly flags: StudyFlags;
  /** The library's options as the user gave them. */
  readonly given: StudyOptions;
  /** The arguments of the command, for the record. */
  readonly command: readonly string[];
}

/** What is known before the first network is trained. */
export interface StudyBeginning {
  readonly table: TableRead;
  readonly data: StudyData;
  readonly noticed: readonly NoticedFinding[];
  readonly plan: StudyPlan;
  readonly threads: number;
  /** What could still be asked for that takes less time: fewer networks, fewer rows. */
  readonly canBeLess: { readonly quick: boolean; readonly rows: boolean };
  /** Path of the study's folder. */
  readonly folder: string;
}

/** Callbacks while the study runs. */
export interface StudyEvents {
  readonly onStart?: ((beginning: StudyBeginning) => void) | undefined;
  readonly onEvent?: ((event: StudyEvent) => void) | undefined;
  /** Called when the last network is trained, or training was interrupted. */
  readonly onEnd?: (() => void) | undefined;
  /** Makes the report, if there is to be one. */
  readonly report?: ((studied: Studied) => Promise<string | undefined>) | undefined;
}

/** A study, finished or interrupted. */
export interface Studied extends StudyBeginning {
  readonly study: StudyFolder;
  readonly complete: boolean;
  /** The conclusions, from all seeds or from the complete ones; undefined if none is complete. */
  readonly concluded?: { readonly result: StudyResult; readonly report: StudyReport };
  readonly trials: readonly TrialRun[];
  /** The number of networks that were trained now, and not before an interruption. */
  readonly trained: number;
  readonly seconds: number;
  /** The path of the report, if one was written. */
  readonly report?: string;
  /** Why there is no report although there was to be one. */
  readonly reportError?: unknown;
}

/** The command that goes on with a study. */
export function resumeCommand(folder: string): string {
  return `evenkeel study --resume ${shellWord(folder)}`;
}

/** What the surroundings did to a study, what is safe, and how to go on; other errors as they are. */
function interruptedBy(error: unknown, folder: string): unknown {
  const statement = faultOf(error) ?? (problemOf(error)?.code === "wrong-state" ? sentence(error) : undefined);
  if (statement === undefined) return error;
  const cure = `the finished networks are safe: go on with ${resumeCommand(folder)}, on fewer --threads if memory was short`;
  return misuse("wrong-state", statement, cure, { cause: error });
}

/**
 * Plans and runs a study, or resumes one, and records it in a folder.
 * @throws CommandError, TableReadError or TableError for problems of the options or the table
 */
export async function study(
  request: StudyRequest,
  context: ActionContext,
  events: StudyEvents = {},
  threads: Pick<TrialThreadsOptions, "newWorker"> = {},
): Promise<Studied> {
  const { resume, takeOver = false } = request.flags;
  if (resume === undefined && takeOver) {
    throw misuse("missing", "--take-over takes a study over", "name it with --resume");
  }
  const { cwd } = context;
  const runs = resolve(cwd, usualRuns);
  const resumed = resume === undefined ? undefined : StudyFolder.resume(runs, cwd, resume, { takeOver });
  let folder = resumed;
  const open = (config: NewStudy) => {
    const { out } = request.flags;
    folder ??= StudyFolder.create(runs, out && resolve(cwd, out), config);
    return folder;
  };
  try {
    return await runIn(open, resumed?.config, request, context, events, threads);
  } finally {
    folder?.release();
  }
}

/** @param open makes the folder of a new study, or gives that of one that is resumed */
async function runIn(
  open: (config: NewStudy) => StudyFolder,
  began: StudyConfig | undefined,
  { source, flags, given, command }: StudyRequest,
  context: ActionContext,
  events: StudyEvents,
  { newWorker }: Pick<TrialThreadsOptions, "newWorker">,
): Promise<Studied> {
  const { signal } = context;
  const options = began?.options ?? studyOptions(flags, given, { cwd: context.cwd, tableFirst: source === undefined });
  const { data, table, read, columns, noticed } = await readData(source, flags, began, options, context);
  const plan = await namingPlaces(table.placeOf, () => planStudy(data, options));
  const folder = open({
    command,
    ...{ source: source ?? null, read, schema: columns, options },
    ...(flags.rareClasses !== undefined && { rareClasses: flags.rareClasses }),
    table: { source: table.source, rows: table.rows, columns: table.columns.length },
  });
  const threads = flags.threads ?? defaultThreads();
  const store = openTrialStore(folder.path, data);
  const isNew = began === undefined;
  const canBeLess = {
    quick: isNew && options.quick !== true,
    rows: isNew && data.picture === undefined && flags.sample === undefined,
  };
  const beginning: StudyBeginning = { table, data, noticed, plan, threads, canBeLess, folder: folder.path };
  events.onStart?.(beginning);

  const started = performance.now();
  const lanes = trialThreads(data, { threads, ...(newWorker && { newWorker }) });
  const { result, runs: trials } = await runStudy(plan, {
    execute: lanes.execute,
    lanes: lanes.lanes,
    finished: store.finished,
    signal,
    onEvent: (event) => {
      if (event.type === "trial") store.append(event.run);
      events.onEvent?.(event);
    },
  })
    .catch((error) => {
      throw interruptedBy(error, folder.path);
    })
    .finally(async () => {
      events.onEnd?.();
      store.close();
      await lanes.close();
    });
  const seconds = (performance.now() - started) / 1000;

  const shown = result.complete ? result : wholeSeeds(result);
  const studied: Studied = {
    ...beginning,
    study: folder,
    complete: result.complete,
    ...(shown && { concluded: { result: shown, report: studyReport(shown) } }),
    trials,
    trained: trials.length - store.finished.length,
    seconds,
  };
  const reported = await reportOn(studied, events.report);
  // Last: a study that has a result has everything.
  if (shown !== undefined) folder.writeResult(shown);
  return { ...studied, ...reported };
}

/** A report that fails is only missing. */
async function reportOn(
  studied: Studied,
  makeReport: StudyEvents["report"],
): Promise<Pick<Studied, "report" | "reportError">> {
  try {
    const html = await makeReport?.(studied);
    if (html === undefined) return {};
    studied.study.writeReport(html);
    return { report: studied.study.file("report.html") };
  } catch (error) {
    return { reportError: error };
  }
}
