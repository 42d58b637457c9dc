import { questionOf, type StudyPlan } from "evenkeel/study";

/**
 * Whether it is worth a column how many parameters the networks have: where that is asked, and they
 * are not all of one size.
 */
export function differInSize({ ask, arms }: StudyPlan): boolean {
  const sizes = arms.flatMap((arm) => (arm.name === undefined ? [] : [arm.parameters]));
  return questionOf(ask).comparesSizes === true && new Set(sizes).size > 1;
}
