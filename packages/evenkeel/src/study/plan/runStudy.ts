import {
  abortSignal,
  describe,
  fn,
  type GivenOptions,
  listOf,
  optional,
  plainObject,
  required,
  resolveOptions,
  wholeNumber,
  wrongState,
} from "../../core/index.ts";
import type { Arm } from "../arms/arm.ts";
import { concludeStudy, type StudyResult } from "../report/result.ts";
import { StudyView } from "../report/view.ts";
import type { TrialRun } from "../trial/trialResult.ts";
import type { TrialSpec } from "../trial/trialSpec.ts";
import type { StudyPlan } from "./plan.ts";
import { rateTrials, variantTrials } from "./planTrials.ts";

export interface ExecuteOptions {
  readonly signal?: AbortSignal | undefined;
  /**
   * Called after each epoch with its number, from 1, and the validation error with the better
   * statistics.
   */
  readonly onEpoch?: ((epoch: number, validation: number) => void) | undefined;
}

/** Trains one network, in this thread or elsewhere. Rejects when its signal is aborted. */
export type Execute = (spec: TrialSpec, options: ExecuteOptions) => Promise<TrialRun>;

/** Progress of a study. `done` of `of` trials are finished, those of earlier runs included. */
export type StudyEvent =
  | { readonly type: "stage"; readonly stage: "rates" | "variants"; readonly done: number; readonly of: number }
  | { readonly type: "epoch"; readonly spec: TrialSpec; readonly epoch: number; readonly validation: number }
  | { readonly type: "trial"; readonly run: TrialRun; readonly done: number; readonly of: number };

const runOptions = {
  /** Trains a trial. */
  execute: required(fn<Execute>("a function that trains a trial")),
  /** The number of trials that `execute` runs at the same time (1). Results do not depend on it. */
  lanes: optional(wholeNumber(1), 1),
  /**
   * Trials of an earlier run of this plan, which are not run again. Trials of other plans, and
   * those of other versions of an arm, are ignored.
   */
  finished: optional(listOf(plainObject<TrialRun>(), "a list of trials")),
  /** Ends the study early. The result is then concluded from the finished trials. */
  signal: optional(abortSignal),
  /** Called with each event of the study. */
  onEvent: optional(fn<(event: StudyEvent) => void>()),
};

export interface RunStudyOptions extends GivenOptions<typeof runOptions> {}

/** The outcome of `runStudy`. */
export interface StudyRun {
  readonly result: StudyResult;
  /** The trials with their times, in the order of the plan. */
  readonly runs: readonly TrialRun[];
}

/**
 * Runs a study: all arms at all rates; then, at the rate that was best on the validation rows, each
 * arm again on the same splits, and the variants of the data. The result does not depend on the
 * order in which trials finish, on `lanes`, or on how often the study was interrupted.
 *
 * @throws TypeError or RangeError if an option is invalid; any error of `execute`, after the other
 *   lanes have ended
 * @throws Error if `finished` has trials of an arm with a function, and the function may have
 *   changed: the arm has no version, or makes another network under the same version
 */
export async function runStudy(plan: StudyPlan, options: RunStudyOptions): Promise<StudyRun> {
  const { execute, lanes, finished = [], signal, onEvent } = resolveOptions("runStudy", options, runOptions);
  for (const { result } of finished) checkSameFunction(plan, result.spec.arm);
  const earlier = new Map(finished.map((run) => [JSON.stringify(run.result.spec), run]));

  const runStage = async (stage: "rates" | "variants", specs: readonly TrialSpec[]): Promise<TrialRun[]> => {
    const found = new Map<TrialSpec, TrialRun>();
    for (const spec of specs) {
      const run = earlier.get(JSON.stringify(spec));
      if (run !== undefined) found.set(spec, run);
    }
    onEvent?.({ type: "stage", stage, done: found.size, of: specs.length });
    await inLanes(
      specs.filter((spec) => !found.has(spec)),
      lanes,
      async (spec, laneSignal) => {
        const onEpoch = (epoch: number, validation: number) => onEvent?.({ type: "epoch", spec, epoch, validation });
        const run = await execute(spec, { signal: laneSignal, onEpoch });
        found.set(spec, run);
        onEvent?.({ type: "trial", run, done: found.size, of: specs.length });
      },
      signal,
    );
    return specs.flatMap((spec) => found.get(spec) ?? []);
  };

  const specs = rateTrials(plan);
  const runs = await runStage("rates", specs);
  if (runs.length === specs.length) {
    const view = new StudyView(
      plan,
      runs.map(({ result }) => result),
    );
    const variants = variantTrials(plan, (arm) => view.rate(arm, "kept")?.lr);
    if (variants.length > 0) runs.push(...(await runStage("variants", variants)));
  }
  const trials = runs.map(({ result }) => result);
  return { result: concludeStudy(plan, trials), runs };
}

function checkSameFunction({ arms }: StudyPlan, arm: Arm): void {
  if (arm.name === undefined || arm.from !== null) return;
  const planned = arms.filter((one) => one.name !== undefined).find(({ name }) => name === arm.name);
  if (planned === undefined || planned.from !== null) return;
  const trials = () => `finished has trials of the arm ${describe(arm.name)}`;
  if (planned.version === null) {
    throw wrongState(
      "runStudy",
      `${trials()}, which has no version, so a study cannot tell whether its function has changed`,
      "give the arm a version, and another one whenever its code changes, or leave these trials out",
    );
  }
  if (planned.version === arm.version && planned.network !== arm.network) {
    throw wrongState(
      "runStudy",
      `${trials()} and its version ${describe(arm.version)}, but it makes another network now`,
      "give it another version, or leave these trials out",
    );
  }
}

/**
 * The lanes share one iterator: each takes the next item. An error in one lane ends the others too.
 */
async function inLanes<T>(
  items: readonly T[],
  lanes: number,
  work: (item: T, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const controller = new AbortController();
  const stop = () => controller.abort(signal?.reason);
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop, { once: true });
  const waiting = items.values();
  let failure: { readonly error: unknown } | undefined;
  const lane = async () => {
    for (const item of waiting) {
      if (controller.signal.aborted) return;
      try {
        await work(item, controller.signal);
      } catch (error) {
        if (!controller.signal.aborted) failure = { error };
        controller.abort(error);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
  } finally {
    signal?.removeEventListener("abort", stop);
  }
  if (failure !== undefined) throw failure.error;
}
