import { defaultArms } from "../arms/normArms.ts";
import { judgeClaims } from "../claims/index.ts";
import { headlineOf } from "./normalizationHeadline.ts";
import type { Question } from "./question.ts";

/**
 * Does batch normalization help? The claims are the seven of the tutorial that this library started
 * from.
 */
export const normalization: Question = {
  ask: "normalization",
  summary: "does batch normalization help, on raw and on scaled features, beside LayerNorm and dropout?",
  title: (target) => `Does batch normalization help to predict ${target}?`,
  claimsTitle: "Seven claims about batch normalization, on this table",
  defaults: {
    rowFractions: { whole: [0.25, 0.5], quick: [0.5] },
    epochFractions: { whole: [0.125, 0.25, 0.5], quick: [0.25, 0.5] },
    rescale: [10, 0.1],
    dropout: { whole: 0.2, quick: 0 },
  },
  arms: ({ dropout }) => defaultArms(dropout),
  lacks: (arms) => {
    if (!arms.some(({ norm }) => norm === "batch")) return "no arm has batch normalization";
    return arms.some(({ norm }) => norm === "none") ? undefined : "every arm has a normalization";
  },
  headline: headlineOf,
  claims: judgeClaims,
};
