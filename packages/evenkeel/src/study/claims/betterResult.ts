import { judged, overall, shown } from "../judge.ts";
import type { StudyView } from "../view.ts";
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

/** Claim 3. */
export function betterResult(view: StudyView): Claim {
  const unit = unitOf(view);
  const claim = {
    id: "betterResult" as const,
    claim: "Batch normalization improves the result.",
    rule:
      `Test ${unit}, with minus without, paired over seeds, each network at its own best rate; of the running statistics as ` +
      "trained and recomputed the ones that are better on the validation rows. Held if the interval lies below 0 and the mean " +
      `is worth having (${describeWorth(view)}); not held if the interval leaves out such a gain.`,
  };
  const settings = settingsOf(view);
  if (settings.length === 0) return notStudied(claim, "arms with and without BatchNorm on the same inputs");
  const figures = settings.map(({ name, none, batch }) => {
    const others = view.seen(none);
    const estimate = view.estimate(differences(view.seen(batch), others));
    return judged(candidate(`on ${name}`, unit, worthOf(view, others), estimate));
  });
  const apart = settings.flatMap(({ name, none, batch }) =>
    (["asTrained", "recomputed"] as const).map((statistics) => {
      const values = differences(view.seen(batch, statistics), view.seen(none));
      const word = statistics === "asTrained" ? "as trained" : "statistics recomputed";
      return shown(`on ${name}, ${word}`, unit, view.estimate(values));
    }),
  );
  return { ...claim, verdict: overall(figures), figures: [...figures, ...apart], sentence: tell(figures) };
}
