import { concludeStudy, countTrials, isPlain, type StudyResult } from "evenkeel/study";

/**
 * The result of an interrupted study: only the seeds for which every arm was trained at every rate,
 * so that all arms are judged by the same seeds.
 *
 * @returns undefined if there is no such seed
 */
export function wholeSeeds({ plan, trials }: StudyResult): StudyResult | undefined {
  const perSeed = countTrials({ ...plan, seeds: [0] }).rates;
  const counts = new Map<number, number>();
  for (const { spec } of trials) {
    if (isPlain(spec)) counts.set(spec.seed, (counts.get(spec.seed) ?? 0) + 1);
  }
  const seeds = plan.seeds.filter((seed) => counts.get(seed) === perSeed);
  if (seeds.length === 0) return undefined;
  const kept = trials.filter(({ spec }) => seeds.includes(spec.seed));
  return { ...concludeStudy({ ...plan, seeds }, kept), complete: false };
}
