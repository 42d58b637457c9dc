import { type RunStudyOptions, runStudy, type StudyPlan, type StudyRun, type TrialRun } from "evenkeel/study";
import type { TrialStore } from "../../records/studies/trialStore.ts";
import { Retraction } from "./queue/retraction.ts";

/** What trains the trials of a study: threads of this process, or the workers of a queue. */
export interface Trainers extends Pick<RunStudyOptions, "execute" | "lanes"> {
  /**
   * Waits for what is still being checked.
   * @returns whether all results may stay that were given
   */
  readonly settle?: () => Promise<boolean>;
  /** Whether a result that was given has turned out to be wrong. */
  readonly isWrong?: (run: TrialRun) => boolean;
  /** @param finished whether the study has all that it wants */
  readonly close: (finished: boolean) => Promise<void>;
}

/**
 * Trains the trials of a plan that are not recorded yet, and records them. Those that turn out to be
 * wrong are taken out of the record and trained again.
 */
export async function trainAll(
  plan: StudyPlan,
  store: TrialStore,
  trainers: Trainers,
  { signal, onEvent }: Pick<RunStudyOptions, "signal" | "onEvent">,
): Promise<StudyRun> {
  const { execute, lanes, settle = async () => true, isWrong = () => false } = trainers;
  let finished = store.finished;
  for (;;) {
    const run = await runStudy(plan, {
      ...{ execute, lanes, finished, signal },
      onEvent: (event) => {
        if (event.type === "trial") store.append(event.run);
        onEvent?.(event);
      },
    }).catch((error) => {
      if (error instanceof Retraction) return undefined;
      throw error;
    });
    if ((await settle()) && run !== undefined) return run;
    finished = store.without(isWrong);
  }
}
