import type { TrainingOptions } from "../../arms/trainingOptions.ts";
import type { Claim } from "../../claims/claim.ts";
import type { StudyView } from "../../report/view.ts";
import { compareWithReference } from "../comparison.ts";
import { namedImprovement } from "../pairs.ts";
import type { Question } from "../question.ts";
import { recipeArm, recipeWidths } from "./recipeArm.ts";

/** The first is `trainTable`'s default. */
const recipes = {
  "AdamW, one cycle": { optimizer: "adamw", schedule: "onecycle" },
  "AdamW, constant rate": { optimizer: "adamw", schedule: "none", patience: false },
  "Adam, one cycle": { optimizer: "adam", schedule: "onecycle" },
  "SGD, one cycle": { optimizer: "sgd", schedule: "onecycle" },
} as const satisfies Readonly<Record<string, TrainingOptions>>;
type Recipe = keyof typeof recipes;

/**
 * Which optimizer is best, each at its own best rate? SGD needs a higher rate than the others, so
 * the rates reach from the default of the one to ten times that of the other.
 */
export const optimizer: Question = {
  ask: "optimizer",
  summary: "AdamW, Adam or SGD with momentum, each at its own best rate, and is one cycle better than a constant rate?",
  title: (target) => `Which optimizer predicts ${target} best?`,
  claimsTitle: "Three claims about optimizers, on this table",
  ownOptions: ["dropout", "train.optimizer", "train.schedule", "train.weightDecay", "train.patience"],
  defaults: {
    hidden: recipeWidths,
    lrs: { whole: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1], quick: [0.003, 0.01, 0.1, 0.3] },
  },
  arms: () => Object.entries(recipes).map(([name, options]) => recipeArm(name, "optimizers", { ...options })),
  headline: (view) => compareWithReference(view, "optimizer"),
  claims: (view) => claims.map((claim) => claimOf(view, claim)),
};

const claims = [
  {
    // Smith and Topin 2019, Super-Convergence: https://arxiv.org/abs/1708.07120
    id: "oneCycleBetter",
    claim: "One cycle of the learning rate does better than a constant rate (Smith and Topin 2019).",
    short: "one cycle does better",
    pair: ["AdamW, one cycle", "AdamW, constant rate"],
  },
  {
    // Loshchilov and Hutter 2019, Decoupled Weight Decay Regularization: https://arxiv.org/abs/1711.05101
    id: "decayBetter",
    claim: "AdamW with its weight decay does better than Adam without one (after Loshchilov and Hutter 2019).",
    short: "AdamW beats Adam",
    pair: ["AdamW, one cycle", "Adam, one cycle"],
  },
  {
    // Wilson, Roelofs, Stern, Srebro and Recht 2017: https://arxiv.org/abs/1705.08292
    id: "sgdBetter",
    claim: "SGD with momentum generalises better than Adam (Wilson et al. 2017).",
    short: "SGD beats Adam",
    pair: ["SGD, one cycle", "Adam, one cycle"],
  },
] as const satisfies readonly (Pick<Claim, "id" | "short" | "claim"> & { pair: readonly [Recipe, Recipe] })[];

function claimOf(view: StudyView, { pair, ...words }: (typeof claims)[number]): Claim {
  return namedImprovement(view, words, pair, { together: claims.length, missing: "both optimizers" });
}
