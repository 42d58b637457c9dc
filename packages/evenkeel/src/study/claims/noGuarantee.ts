import { judged, type Verdict } from "../report/judge.ts";
import type { StudyView } from "../report/view.ts";
import { listed } from "../report/words.ts";
import { plainVariant } from "../trial/trialSpec.ts";
import {
  type Claim,
  candidate,
  claimsTogether,
  describeWorth,
  differences,
  notStudied,
  settingsOf,
  tell,
  unitOf,
} from "./claim.ts";

/** Claim 6. */
export function noGuarantee(view: StudyView): Claim {
  const unit = unitOf(view);
  const { rowFractions, rows } = view.plan;
  const claim = {
    id: "noGuarantee" as const,
    short: "is no guarantee",
    claim: "Batch normalization is no guarantee: on small or simple data it may do nothing, or hurt.",
    rule:
      `In every setting here (inputs, number of rows) the test ${unit}, with minus without, paired over seeds. The verdict of a ` +
      `setting is about its improving the result by at least the smallest effect of interest (${describeWorth(view)}). The claim is held if an improvement was refuted in ` +
      "one setting or more, not held if there was one in all, undecided otherwise. All settings are asked at once, so each is " +
      "judged by a wider interval than in the claim that it improves the result.",
  };
  const settings = settingsOf(view);
  if (settings.length === 0) return notStudied(claim, "arms with and without BatchNorm on the same inputs");
  const figures = judged(
    settings.flatMap(({ name, none, batch }) =>
      [1, ...rowFractions].map((part) => {
        const variant = { ...plainVariant, rows: part };
        const others = view.trainings(none, "kept", variant);
        const label = `on ${name}, ${Math.round(part * rows.train)} rows`;
        const apart = differences(view, view.trainings(batch, "kept", variant), others);
        return candidate(view, label, others, apart);
      }),
    ),
    claimsTogether,
  );
  const verdicts = figures.flatMap((figure) => figure.judged?.verdict ?? []);
  const verdict: Verdict = verdicts.includes("not held")
    ? "held"
    : verdicts.every((one) => one === "held")
      ? "not held"
      : "undecided";
  const without = figures.filter((figure) => figure.judged?.verdict === "not held").map(({ label }) => label);
  const sentence = {
    held: `It did not improve the result ${listed(without)}.`,
    "not held": "It improved the result in every setting tried here.",
    undecided: `Among these ${figures.length} settings no improvement was refuted, and not every setting showed one.`,
  }[verdict];
  return { ...claim, verdict, figures, sentence: `${sentence} An improvement: ${lower(tell(figures))}` };
}

const lower = (text: string) => `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
