import { type Figure, judged, overall, shown } from "../report/judge.ts";
import type { StudyView } from "../report/view.ts";
import {
  type Claim,
  candidate,
  describeWorth,
  differences,
  notStudied,
  settingsOf,
  tell,
  unitOf,
  worthOf,
} from "./claim.ts";

/**
 * How BatchNorm changes the test error for each scale of the features: the figures of claim 3,
 * which other parts of a report also show.
 */
export function effectsByInputs(view: StudyView): Figure[] {
  return judged(
    settingsOf(view).map(({ name, none, batch }) => {
      const others = view.seen(none);
      return candidate(view, `on ${name}`, worthOf(view, others), differences(view.seen(batch), others));
    }),
  );
}

/** Claim 3. */
export function betterResult(view: StudyView): Claim {
  const unit = unitOf(view);
  const claim = {
    id: "betterResult" as const,
    claim: "Batch normalization improves the result.",
    rule:
      `Test ${unit}, with minus without, paired over seeds, each network at its own best rate; of the running statistics as ` +
      "trained and recomputed the ones that are better on the validation rows. Held if the interval lies below 0 and the mean " +
      `is at least the smallest effect of interest (${describeWorth(view)}); not held if the interval leaves out such a gain.`,
  };
  const settings = settingsOf(view);
  if (settings.length === 0) return notStudied(claim, "arms with and without BatchNorm on the same inputs");
  const figures = effectsByInputs(view);
  const apart = settings.flatMap(({ name, none, batch }) =>
    (["asTrained", "recomputed"] as const).map((statistics) => {
      const values = differences(view.seen(batch, statistics), view.seen(none));
      const word = statistics === "asTrained" ? "as trained" : "statistics recomputed";
      return shown(`on ${name}, ${word}`, unit, view.estimate(values));
    }),
  );
  return { ...claim, verdict: overall(figures), figures: [...figures, ...apart], sentence: tell(figures) };
}
