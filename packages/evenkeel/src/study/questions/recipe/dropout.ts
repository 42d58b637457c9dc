import { simpleDropout } from "../../../train/table/recipe.ts";
import type { NetworkArm } from "../../arms/networkArm.ts";
import type { Claim } from "../../claims/claim.ts";
import type { StudyView } from "../../report/view.ts";
import { compareWithReference } from "../comparison.ts";
import {
  heldIfBetter,
  heldIfRefuted,
  improvement,
  judgedTogether,
  namedPair,
  noImprovement,
  pairedOverSeeds,
} from "../pairs.ts";
import type { ArmOptions, Question } from "../question.ts";
import { recipeArm, recipeWidths } from "./recipeArm.ts";

/** How much dropout is best? */
export const dropout: Question = {
  ask: "dropout",
  summary: "how much dropout: none, that of the simple recipe, or another probability?",
  title: (target) => `How much dropout predicts ${target} best?`,
  claimsTitle: "Two claims about dropout, on this table",
  ownOptions: ["dropout"],
  defaults: { hidden: recipeWidths },
  arms,
  headline: (view) => compareWithReference(view, "dropout"),
  claims: judgedTogether([dropoutHelps, halfIsBest]),
};

const half = 0.5;
const tried = [0, 0.1, 0.3, half];

/** "dropout 0.15", "no dropout" */
const nameOf = (probability: number) => (probability === 0 ? "no dropout" : `dropout ${probability}`);

function arms({ data: { schema } }: ArmOptions): NetworkArm[] {
  return [simpleDropout(schema.task), ...tried].map((probability) =>
    recipeArm(nameOf(probability), "dropout after each hidden layer", { network: { dropout: probability } }),
  );
}

/** Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov 2014, JMLR 15. */
function dropoutHelps(view: StudyView, together: number): Claim {
  const usual = nameOf(simpleDropout(view.plan.task));
  const statement = {
    id: "dropoutHelps" as const,
    claim: "Dropout improves the result (Srivastava et al. 2014).",
    short: "dropout helps",
    rule: `${pairedOverSeeds(view, `${usual} minus none`)}: ${heldIfBetter(view, "the error without dropout")}`,
  };
  return improvement(view, statement, [namedPair(view, usual, nameOf(0))], {
    together,
    missing: "arms with and without dropout",
  });
}

/**
 * Srivastava et al. 2014, section 1: "which seems to be close to optimal for a wide range of networks
 * and tasks".
 */
function halfIsBest(view: StudyView, together: number): Claim {
  const best = nameOf(half);
  const statement = {
    id: "halfIsBest" as const,
    claim: "Dropping half of the hidden activations is close to optimal (Srivastava et al. 2014).",
    short: "dropping half is best",
    rule:
      `${pairedOverSeeds(view, `every other dropout minus ${best}`)}. ` +
      heldIfRefuted(view, "another dropout improving the result", `the error with ${best}`),
  };
  const others = [simpleDropout(view.plan.task), ...tried].filter((probability) => probability !== half).map(nameOf);
  return noImprovement(
    view,
    statement,
    others.map((name) => namedPair(view, name, best)),
    { together, missing: "arms with dropout", by: "another dropout" },
  );
}
