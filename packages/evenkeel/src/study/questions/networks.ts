import { refuse } from "../../core/index.ts";
import { describeArm } from "../arms/arm.ts";
import { type Claim, describeWorth, tell, unitOf } from "../claims/claim.ts";
import type { StudyView } from "../report/view.ts";
import { compareWithReference, differencesToReference, othersOf, outcomeOf } from "./comparison.ts";
import type { Question } from "./question.ts";

/** Networks that the user gave: is one of them better than the first? */
export const networks: Question = {
  ask: "networks",
  summary: "is one of these networks better than the first? (in the library, with functions as arms)",
  title: (target) => `Which network predicts ${target} better?`,
  claimsTitle: "Is it better than the first? On this table",
  comparesSizes: true,
  defaults: {},
  arms: () => {
    throw refuse("conflict", "planStudy", 'ask is "networks", whose arms are yours: arms: [{ name, network }, ...]');
  },
  headline: (view) => compareWithReference(view, "network"),
  claims,
};

const words = {
  better: "",
  worse: " It is worse.",
  equal: " There is no difference of interest.",
  "not shown": " No difference is shown.",
  undecided: "",
} as const;

/** A claim for each network but the first. All are tested at once, so each interval is wider. */
function claims(view: StudyView): Claim[] {
  const reference = describeArm(view.reference);
  const others = othersOf(view);
  return differencesToReference(view).map((figure, i) => {
    const name = describeArm(others[i]);
    return {
      id: `better:${name}`,
      short: name,
      claim: `${name} does better than ${reference}.`,
      rule:
        `Test ${unitOf(view)}, ${name} minus ${reference}, paired over seeds, each network at its own best rate. Held if the whole interval ` +
        `lies at or beyond the smallest effect of interest (${describeWorth(view, `the error of ${reference}`)}); not held if the interval leaves ` +
        `out such a gain. All ${others.length} such claims hold together in 95%.`,
      verdict: figure.judged?.verdict ?? "undecided",
      figures: [figure],
      sentence: `${tell([figure])}${words[outcomeOf(figure)]}`,
    };
  });
}
