import { questionOf, type StudyPlan } from "evenkeel/study";

/**
 * Whether to show a column of parameter counts: if the question compares sizes, and the networks
 * differ in size.
 */
export function differInSize({ ask, arms }: StudyPlan): boolean {
  const sizes = arms.flatMap((arm) => (arm.name === undefined ? [] : [arm.parameters]));
  return questionOf(ask).comparesSizes === true && new Set(sizes).size > 1;
}
