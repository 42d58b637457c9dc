import { type Figure, judged, overall } from "../report/judge.ts";
import type { StudyView } from "../report/view.ts";
import {
  type Claim,
  candidate,
  claimsTogether,
  describeWorth,
  differences,
  notStudied,
  settingsOf,
  shownDifference,
  tell,
  unitOf,
} from "./claim.ts";

/**
 * How BatchNorm changes the test error for each scale of the features: the figures of claim 3,
 * which other parts of a report also show.
 */
export function effectsByInputs(view: StudyView): Figure[] {
  return judged(
    settingsOf(view).map(({ name, none, batch }) => {
      const others = view.trainings(none);
      return candidate(view, `on ${name}`, others, differences(view, view.trainings(batch), others));
    }),
    claimsTogether,
  );
}

/** Claim 3. */
export function betterResult(view: StudyView): Claim {
  const claim = {
    id: "betterResult" as const,
    short: "improves the result",
    claim: "Batch normalization improves the result.",
    rule:
      `Test ${unitOf(view)}, with minus without, paired over seeds, each network at its own best rate; of the running statistics as ` +
      "trained and recomputed the ones that are better on the validation rows. Held if the whole interval lies at or beyond the smallest " +
      `effect of interest (${describeWorth(view)}); not held if the interval leaves out such a gain.`,
  };
  const settings = settingsOf(view);
  if (settings.length === 0) return notStudied(claim, "arms with and without BatchNorm on the same inputs");
  const figures = effectsByInputs(view);
  const apart = settings.flatMap(({ name, none, batch }) =>
    (["asTrained", "recomputed"] as const).map((statistics) => {
      const others = view.trainings(none);
      const word = statistics === "asTrained" ? "as trained" : "statistics recomputed";
      const values = differences(view, view.trainings(batch, statistics), others);
      return shownDifference(view, `on ${name}, ${word}`, others, values);
    }),
  );
  return { ...claim, verdict: overall(figures), figures: [...figures, ...apart], sentence: tell(figures) };
}
