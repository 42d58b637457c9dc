import { describeScale, type Scale, scales } from "../../arms/arm.ts";
import type { Claim } from "../../claims/claim.ts";
import type { StudyView } from "../../report/view.ts";
import { compareWithReference } from "../comparison.ts";
import { namedImprovement } from "../pairs.ts";
import type { Question } from "../question.ts";
import { recipeArm, recipeWidths } from "./recipeArm.ts";

/** How should numeric features be scaled? */
export const scaling: Question = {
  ask: "scaling",
  summary: "numeric features squashed, z-scored, robustly scaled or raw?",
  title: (target) => `Which scaling of features predicts ${target} best?`,
  claimsTitle: "Three claims about the scaling of features, on this table",
  ownOptions: ["dropout"],
  defaults: { hidden: recipeWidths },
  arms: () => [usual, ...scales.filter((scale) => scale !== usual)].map(armOf),
  headline: (view) => compareWithReference(view, "scaling"),
  claims: (view) => claims.map((claim) => claimOf(view, claim)),
};

/** `trainTable`'s default. */
const usual: Scale = "squash";

const armOf = (scale: Scale) => recipeArm(describeScale(scale), "scalings of the features", {}, scale);

const claims = [
  {
    // LeCun, Bottou, Orr and Müller 1998, Efficient BackProp, section 4.3.
    id: "scalingNeeded",
    claim: "Features must be scaled: z-scores do better than raw features (LeCun et al. 1998).",
    short: "features must be scaled",
    pair: ["zscore", "raw"],
  },
  {
    // Holzmüller, Grinsztajn and Steinwart 2024, Better by Default, RealMLP: https://arxiv.org/abs/2407.04491
    id: "squashBetter",
    claim: "Squashed features do better than z-scores (Holzmüller et al. 2024).",
    short: "squashing beats z-scores",
    pair: ["squash", "zscore"],
  },
  {
    // The limit to -3 to 3 is what distinguishes the two.
    id: "limitNeeded",
    claim: "Outliers must be limited: squashed features do better than robustly scaled ones without a limit.",
    short: "outliers must be limited",
    pair: ["squash", "robust"],
  },
] as const satisfies readonly (Pick<Claim, "id" | "short" | "claim"> & { pair: readonly [Scale, Scale] })[];

function claimOf(view: StudyView, { pair, ...words }: (typeof claims)[number]): Claim {
  const names = [describeScale(pair[0]), describeScale(pair[1])] as const;
  return namedImprovement(view, words, names, { together: claims.length, missing: "both scalings" });
}
