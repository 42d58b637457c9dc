import { type Figure, judged, type Verdict } from "../report/judge.ts";
import type { StudyView, Trainings } from "../report/view.ts";
import { candidate, differences } from "./claim.ts";

/** Two arms whose gaps between test and training error are compared. */
export interface Gaps {
  readonly label: string;
  readonly trainings: Trainings;
  readonly others: Trainings;
}

/** What narrowed gaps are judged by, beside their size. */
export const gapRule =
  "A gap that is narrower while the test error is worse by the smallest effect of interest is a worse fit, and one that is narrower while the " +
  "training error is lower by as much is a better fit; neither is regularisation: not held if that is significant, else undecided.";

/**
 * The gap between test and training error on the scale of errors, of each pair of arms, judged as
 * the claim that the first has the narrower gap and no other fit.
 */
export function narrowerGaps(view: StudyView, pairs: readonly Gaps[], claims: number): Figure[] {
  const compare = (of: Parameters<typeof differences>[3]) =>
    judged(
      pairs.map(({ label, trainings, others }) =>
        candidate(view, label, others, differences(view, trainings, others, of)),
      ),
      claims,
    );
  const [gaps, tests] = [compare(view.gap), compare(view.test)];
  const fits = compare(({ train }) => view.scale.of(train));
  return gaps.map((gap, i) => {
    if (gap.judged?.verdict !== "held") return gap;
    const [test, fit] = [tests[i], fits[i]];
    const worth = gap.judged.worth;
    if (test.value !== null && test.value >= -worth) {
      return opposed(gap, "with a worse test error", test.interval !== null && test.interval.low > 0);
    }
    if (fit.value !== null && fit.value <= worth) {
      return opposed(gap, "with a lower training error", fit.interval !== null && fit.interval.high < 0);
    }
    return gap;
  });
}

function opposed(gap: Figure, word: string, isSignificant: boolean): Figure {
  const verdict: Verdict = isSignificant ? "not held" : "undecided";
  return { ...gap, label: `${gap.label} (${word})`, ...(gap.judged && { judged: { ...gap.judged, verdict } }) };
}
