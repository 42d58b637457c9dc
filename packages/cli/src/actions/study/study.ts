import { resolve } from "node:path";
import "evenkeel/node";
import { problemOf } from "evenkeel/problem";
import {
  planStudy,
  type StudyData,
  type StudyEvent,
  type StudyOptions,
  type StudyPlan,
  type StudyReport,
  type StudyResult,
  studyReport,
  type TrialRun,
} from "evenkeel/study";
import { withoutPassword } from "../../records/queue/place.ts";
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
import { openQueue } from "./queue/openQueue.ts";
import type { QueueEvents } from "./queue/studyQueue.ts";
import { type NoticedFinding, readData } from "./readData.ts";
import type { StudyFlags } from "./studyFlags.ts";
import { studyOptions } from "./studyOptions.ts";
import { defaultThreads, type TrialThreadsOptions, trialThreads } from "./threads.ts";
import { type Trainers, trainAll } from "./trainAll.ts";
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
  /** The folder or the database of other processes that train. */
  readonly workersFrom?: string | undefined;
  /** What could still be asked for that takes less time: fewer networks, fewer rows. */
  readonly canBeLess: { readonly quick: boolean; readonly rows: boolean };
  /** Path of the study's folder. */
  readonly folder: string;
}

/** Callbacks while the study runs. */
export interface StudyEvents extends QueueEvents {
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
  /** Workers whose results are used although no other worker was there to check one of them. */
  readonly unverified?: readonly string[];
  /** The path of the report, if one was written. */
  readonly report?: string;
  /** Why there is no report although there was to be one. */
  readonly reportError?: unknown;
}

/** The command that goes on with a study. */
export function resumeCommand(folder: string, workersFrom?: string): string {
  const workers = workersFrom === undefined ? "" : ` --workers-from ${shellWord(withoutPassword(workersFrom))}`;
  return `evenkeel study --resume ${shellWord(folder)}${workers}`;
}

/** What the surroundings did to a study, what is safe, and how to go on; other errors as they are. */
function interruptedBy(error: unknown, folder: string, workersFrom: string | undefined): unknown {
  const statement = faultOf(error) ?? (problemOf(error)?.code === "wrong-state" ? sentence(error) : undefined);
  if (statement === undefined) return error;
  const cure = `the finished networks are safe: go on with ${resumeCommand(folder, workersFrom)}, on fewer --threads if memory was short`;
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
  const { workersFrom, threads = defaultThreads() } = flags;
  if (threads === 0 && workersFrom === undefined) {
    throw misuse("missing", "--threads 0 trains nothing here", "say with --workers-from who does");
  }
  if (flags.lease !== undefined && workersFrom === undefined) {
    throw misuse("missing", "--lease is of workers", "say with --workers-from whose");
  }
  const { data, table, read, columns, noticed } = await readData(source, flags, began, options, context);
  const plan = await namingPlaces(table.placeOf, () => planStudy(data, options));
  const workers = { data, plan, table, threads, ...(newWorker && { newWorker }) };
  const queue =
    workersFrom === undefined ? undefined : await openQueue(workersFrom, { ...workers, flags, context, events });
  try {
    const folder = open({
      command,
      ...{ source: source ?? null, read, schema: columns, options },
      ...(flags.rareClasses !== undefined && { rareClasses: flags.rareClasses }),
      table: { source: table.source, rows: table.rows, columns: table.columns.length },
    });
    const store = openTrialStore(folder.path, data);
    const isNew = began === undefined;
    const canBeLess = {
      quick: isNew && options.quick !== true,
      rows: isNew && data.picture === undefined && flags.sample === undefined,
    };
    const beginning: StudyBeginning = {
      ...{ table, data, noticed, plan, threads, canBeLess, folder: folder.path },
      ...(workersFrom !== undefined && { workersFrom }),
    };
    events.onStart?.(beginning);

    const started = performance.now();
    const trainers: Trainers = queue?.start(store) ?? trialThreads(data, workers);
    let complete = false;
    const { result, runs: trials } = await trainAll(plan, store, trainers, { signal, onEvent: events.onEvent })
      .then((run) => {
        complete = run.result.complete;
        return run;
      })
      .catch((error) => {
        throw interruptedBy(error, folder.path, workersFrom);
      })
      .finally(async () => {
        events.onEnd?.();
        store.close();
        await trainers.close(complete);
      });
    const seconds = (performance.now() - started) / 1000;

    const shown = result.complete ? result : wholeSeeds(result);
    const unverified = queue?.unverified ?? [];
    const studied: Studied = {
      ...beginning,
      study: folder,
      complete: result.complete,
      ...(shown && { concluded: { result: shown, report: studyReport(shown) } }),
      trials,
      trained: Math.max(0, trials.length - store.finished.length),
      seconds,
      ...(unverified.length > 0 && { unverified }),
    };
    const reported = await reportOn(studied, events.report);
    // Last: a study that has a result has everything.
    if (shown !== undefined) folder.writeResult(shown);
    return { ...studied, ...reported };
  } finally {
    // Of no effect where the trainers were closed.
    await queue?.close();
  }
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
