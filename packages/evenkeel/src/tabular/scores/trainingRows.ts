import type { Split } from "../table/split.ts";

/** Of more training rows than this, so many are scored: errors of a mean of theirs are a 512th of a deviation. */
export const mostTrainingRows = 2 ** 18;

/**
 * The positions of the training rows whose scores stand for all, in their order: one of each of
 * 262,144 equal stretches, at random; undefined for all where they are no more.
 */
export function trainingPlaces({ train }: Pick<Split, "train">): Int32Array | undefined {
  const all = train.length;
  if (all <= mostTrainingRows) return undefined;
  // A multiplicative generator: the same rows for everything that is scored, whatever its seed.
  let state = 1;
  return Int32Array.from({ length: mostTrainingRows }, (_, i) => {
    state = (state * 48_271) % 2_147_483_647;
    const [from, to] = [i, i + 1].map((at) => Math.floor((at * all) / mostTrainingRows));
    return from + Math.floor((state / 2_147_483_647) * (to - from));
  });
}

/** Of so many training rows, how many `trainTable` and `trainTrees` score: 262,144 where there are more. */
export const trainingRowsScored = (rows: number): number => Math.min(rows, mostTrainingRows);

/** The training rows that are scored; the same array where they are all. */
export function trainingRowsToScore(split: Pick<Split, "train">): Int32Array {
  return trainingPlaces(split)?.map((place) => split.train[place]) ?? split.train;
}
