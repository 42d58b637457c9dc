import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Checkpoint, loadCheckpoint } from "evenkeel/io";
import { endsWithEpochs } from "evenkeel/train";
import { Ownership } from "../../records/owner/owner.ts";
import { checkOwnFiles } from "../../records/ownFiles.ts";
import { findRun } from "../../records/runs/findRun.ts";
import type { Run } from "../../records/runs/readRun.ts";
import type { RunsFolder } from "../../records/runs/runsFolder.ts";
import { runFiles } from "../../records/runs/types.ts";
import { misuse } from "../../shell/errors.ts";
import { count } from "../../shell/figures.ts";
import { sentence } from "../../shell/sentence.ts";

/** Flags that may be given with `--resume`: all other settings are the run's own. */
const own = [
  "--runs",
  "--resume",
  "--out",
  "--tensorboard",
  "--no-report",
  "--json",
  "--epochs",
  "--trust-sql",
  "--take-over",
];

interface ResumeRequest extends RunsFolder {
  /** An id, the beginning of one, or "latest". */
  readonly wanted: string;
  /** Whether a table or a query is given as well. */
  readonly source: boolean;
  /** The flags that were given: "--batch-size". */
  readonly given: readonly string[];
  /** A new number of epochs. */
  readonly epochs?: number | undefined;
  /** Whether an owner that cannot be checked from here counts as dead. */
  readonly takeOver: boolean;
}

/** A run to resume. */
export interface ResumedRun {
  readonly run: Run;
  /**
   * Its last checkpoint; undefined if it was ended before its first one, so that it begins again.
   */
  readonly checkpoint?: Checkpoint<never>;
  /** The right to write into its folder. */
  readonly owner: Ownership;
}

/**
 * Finds the run and takes it over, before anything that another process could change is read.
 *
 * @throws CommandError if there is no such run, it is running or finished, its checkpoint is
 *   damaged, or other options are given
 */
export function resumedRun(request: ResumeRequest): ResumedRun {
  const { wanted, source, given, takeOver, ...place } = request;
  if (source) throw misuse("conflict", "--resume uses the table that the run began with", "leave the table out");
  const other = given.find((flag) => !own.includes(flag));
  if (other !== undefined) {
    throw misuse("conflict", "--resume uses the options that the run began with", `leave ${other} out`);
  }
  const { id, path } = findRun(place, wanted);
  checkOwnFiles(path, `the run ${id}`);
  const owner = Ownership.claim(path, `the run ${id}`, { takeOver });
  try {
    const run = findRun(place, id);
    checkResumable(run, request);
    const checkpoint = checkpointOf(run);
    return { run, ...(checkpoint && { checkpoint }), owner };
  } catch (error) {
    owner.abandon();
    throw error;
  }
}

function checkResumable(run: Run, { epochs, given }: ResumeRequest): void {
  if (run.config.settings.model === "trees") {
    throw misuse("wrong-state", `the run ${run.id} is one of trees, which are not resumed`, "train again");
  }
  const schedule = String(run.config.settings.schedule);
  const ends = endsWithEpochs(schedule);
  if (epochs !== undefined && ends) {
    throw misuse(
      "conflict",
      `the schedule ${schedule} ends with the epochs that it was planned for`,
      "leave --epochs out, or train again",
    );
  }
  const done = run.result?.epochs ?? 0;
  if (epochs !== undefined && epochs < done) {
    throw misuse(
      "conflict",
      `the run ${run.id} has ${count(done, "finished epoch")}`,
      "--epochs counts from the first one",
    );
  }
  if (run.status === "finished" && (epochs === undefined || epochs === done) && !lacksReport(run, given)) {
    const cure = !ends ? "a larger --epochs continues it" : undefined;
    throw misuse("conflict", `the run ${run.id} has finished: there is nothing to resume`, cure);
  }
}

/** Whether the run was to have a report, which could not be written. */
function lacksReport({ path, config }: Run, given: readonly string[]): boolean {
  const wanted = config.outputs?.report === true && !given.includes("--no-report");
  return wanted && !existsSync(join(path, runFiles.report)) && existsSync(join(path, runFiles.checkpoint));
}

function checkpointOf({ id, path }: Run): Checkpoint<never> | undefined {
  const file = join(path, runFiles.checkpoint);
  if (!existsSync(file)) return undefined;
  try {
    return loadCheckpoint(readFileSync(file));
  } catch (error) {
    throw misuse("damaged-file", `the checkpoint of the run ${id} cannot be read: ${sentence(error)}`, "train again", {
      cause: error,
    });
  }
}
