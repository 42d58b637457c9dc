import type { ClassPredictions } from "evenkeel/tabular";
import type { WrongPicture } from "../training/frames.ts";

/** As many as a panel has room for. */
export const mostShown = 12;

/**
 * The rows whose class is wrong, those with the largest loss first: where the truth is taken for least
 * likely. Where the output is no number nothing is said of any.
 *
 * @param truth the position of each row's class
 * @param rows where the rows stand in their table
 */
export function mostWrong(
  { classes: said, probabilities }: Pick<ClassPredictions, "classes" | "probabilities">,
  classes: readonly string[],
  truth: ArrayLike<number>,
  rows: ArrayLike<number>,
): WrongPicture[] {
  const wrong = said.flatMap((name, i): WrongPicture[] => {
    const of = (position: number) => probabilities[i * classes.length + position];
    if (name === classes[truth[i]] || Number.isNaN(of(truth[i]))) return [];
    const [ofTruth, ofSaid] = [of(truth[i]), of(classes.indexOf(name))];
    return [{ row: rows[i], truth: classes[truth[i]], said: name, ofTruth, ofSaid }];
  });
  return wrong.sort((a, b) => a.ofTruth - b.ofTruth).slice(0, mostShown);
}
