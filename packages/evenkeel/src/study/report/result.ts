import type { Claim } from "../claims/index.ts";
import type { StudyPlan } from "../plan/plan.ts";
import { countTrials } from "../plan/planTrials.ts";
import { type Headline, questionOf } from "../questions/index.ts";
import type { TrialResult } from "../trial/trialResult.ts";
import { StudyView } from "./view.ts";

/** The version of the format; results of other versions are refused. */
export const studyVersion = 3;

/**
 * The findings of a study as plain JSON: the same bytes on every machine and for any number of
 * threads.
 */
export interface StudyResult {
  readonly version: typeof studyVersion;
  readonly plan: StudyPlan;
  /** Whether all trials were run; if not, the result covers those that were. */
  readonly complete: boolean;
  /** In the order of the plan. */
  readonly trials: readonly TrialResult[];
  readonly headline: Headline;
  readonly claims: readonly Claim[];
}

/** Judges the claims by these trials. */
export function concludeStudy(plan: StudyPlan, trials: readonly TrialResult[]): StudyResult {
  const view = new StudyView(plan, trials);
  const question = questionOf(plan.ask);
  return {
    ...{ version: studyVersion, plan, complete: trials.length === countTrials(plan).all, trials },
    ...{ headline: question.headline(view), claims: question.claims(view) },
  };
}
