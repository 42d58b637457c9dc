import { refuse, text } from "../../../core/index.ts";
import type { NetworkArm } from "../../arms/networkArm.ts";
import type { Claim } from "../../claims/claim.ts";
import type { StudyView } from "../../report/view.ts";
import { compareWithReference } from "../comparison.ts";
import {
  heldIfRefuted,
  judgedTogether,
  namedImprovement,
  namedPair,
  noImprovement,
  pairedOverSeeds,
} from "../pairs.ts";
import type { ArmOptions, Question } from "../question.ts";
import { recipeArm, recipeWidths } from "./recipeArm.ts";

/** How wide and how deep a network is best? */
export const width: Question = {
  ask: "width",
  summary: "how large a network: half or twice as wide, a layer more or fewer, or no hidden layer at all?",
  title: (target) => `How large a network predicts ${target} best?`,
  claimsTitle: "Three claims about width and depth, on this table",
  comparesSizes: true,
  ownOptions: ["dropout"],
  defaults: { hidden: recipeWidths },
  arms,
  headline: (view) => compareWithReference(view, "size"),
  claims: judgedTogether([hiddenNeeded, deeperBetter, widerNoWorse]),
};

const half = (layer: number) => Math.max(1, Math.round(layer / 2));

/** The sizes that are compared, by what distinguishes them from the first. */
function sizesOf(hidden: readonly number[]) {
  return {
    usual: hidden,
    narrower: hidden.map(half),
    wider: hidden.map((layer) => 2 * layer),
    deeper: [...hidden, half(hidden[hidden.length - 1])],
    ...(hidden.length > 1 && { shallower: hidden.slice(0, -1) }),
    linear: [],
  };
}

/** "128-64" */
const nameOf = (hidden: readonly number[]) => (hidden.length === 0 ? "no hidden layer" : hidden.join("-"));

function arms({ hidden }: ArmOptions): NetworkArm[] {
  if (hidden.length === 0) {
    throw refuse(
      "wrong-value",
      "planStudy",
      text`the question width varies hidden layers, and ${{ option: "hidden" }} is empty`,
      "give a width",
    );
  }
  return Object.values(sizesOf(hidden)).map((size) =>
    recipeArm(nameOf(size), "widths of the hidden layers", { network: { hidden: size } }),
  );
}

/** Whether a linear model would do. */
function hiddenNeeded(view: StudyView, together: number): Claim {
  const { usual, linear } = sizesOf(view.plan.settings.hidden);
  const words = {
    id: "hiddenNeeded" as const,
    claim: "Hidden layers are needed: a linear model does worse.",
    short: "hidden layers are needed",
  };
  const of = "the error without hidden layers";
  return namedImprovement(view, words, [nameOf(usual), nameOf(linear)], { together, missing: "both networks", of });
}

/** Simonyan and Zisserman 2015, abstract: https://arxiv.org/abs/1409.1556 */
function deeperBetter(view: StudyView, together: number): Claim {
  const { usual, deeper } = sizesOf(view.plan.settings.hidden);
  const words = {
    id: "deeperBetter" as const,
    claim: "A deeper network does better (Simonyan and Zisserman 2015, on pictures).",
    short: "deeper is better",
  };
  return namedImprovement(view, words, [nameOf(deeper), nameOf(usual)], { together, missing: "both networks" });
}

/** Neyshabur, Tomioka and Srebro 2015, In Search of the Real Inductive Bias: https://arxiv.org/abs/1412.6614 */
function widerNoWorse(view: StudyView, together: number): Claim {
  const { usual, narrower, wider } = sizesOf(view.plan.settings.hidden);
  const statement = {
    id: "widerNoWorse" as const,
    claim: "A wider network does not overfit into a worse result (Neyshabur et al. 2015).",
    short: "wider is no worse",
    rule:
      `${pairedOverSeeds(view, `half the width minus the whole, for ${nameOf(usual)} and ${nameOf(wider)}`)}. ` +
      heldIfRefuted(view, "half the width improving the result", "the error of the wider"),
  };
  return noImprovement(
    view,
    statement,
    [namedPair(view, nameOf(narrower), nameOf(usual)), namedPair(view, nameOf(usual), nameOf(wider))],
    { together, missing: "networks of several widths", by: "half the width" },
  );
}
