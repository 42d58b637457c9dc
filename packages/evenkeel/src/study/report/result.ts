import type { Claim } from "../claims/index.ts";
import type { StudyPlan } from "../plan/plan.ts";
import { countTrials } from "../plan/planTrials.ts";
import { type Headline, questionOf } from "../questions/index.ts";
import type { TrialResult } from "../trial/trialResult.ts";
import { StudyView } from "./view.ts";

/** The version of the format; results of another are not read. */
export const studyVersion = 2;

/**
 * Everything that a study found, as plain JSON: the same bytes on every machine and for any number
 * of threads.
 */
export interface StudyResult {
  readonly version: typeof studyVersion;
  readonly plan: StudyPlan;
  /** Whether all trials were run; otherwise the rest is from what there is. */
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
