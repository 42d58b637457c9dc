import type { Activation } from "../../../tabular/index.ts";
import { activations } from "../../../tabular/model/networkOptions.ts";
import type { NetworkArm } from "../../arms/networkArm.ts";
import type { Claim } from "../../claims/claim.ts";
import type { StudyView } from "../../report/view.ts";
import { compareWithReference } from "../comparison.ts";
import { activationNames as names } from "../layered.ts";
import { namedImprovement } from "../pairs.ts";
import type { ArmOptions, Question } from "../question.ts";
import { recipeArm, recipeWidths } from "./recipeArm.ts";

/** Which nonlinearity is best? */
export const activation: Question = {
  ask: "activation",
  summary: "which nonlinearity: ReLU, LeakyReLU, ELU, GELU, SiLU or Tanh?",
  title: (target) => `Which activation predicts ${target} best?`,
  claimsTitle: "Four claims about activations, on this table",
  ownOptions: ["dropout"],
  defaults: { hidden: recipeWidths },
  arms,
  headline: (view) => compareWithReference(view, "activation"),
  claims: (view) => claims.map((claim) => claimOf(view, claim)),
};

function arms({ activation: first }: ArmOptions): NetworkArm[] {
  return [first, ...activations.filter((activation) => activation !== first)].map((activation) =>
    recipeArm(names[activation], "activations of the hidden layers", { network: { activation } }),
  );
}

/** Papers that propose an activation, and the one that they compare it with. */
const claims = [
  // Glorot, Bordes and Bengio 2011, Deep Sparse Rectifier Neural Networks.
  { id: "reluBetter", better: "relu", than: "tanh", paper: "Glorot et al. 2011" },
  // Clevert, Unterthiner and Hochreiter 2016: https://arxiv.org/abs/1511.07289
  { id: "eluBetter", better: "elu", than: "relu", paper: "Clevert et al. 2016" },
  // Hendrycks and Gimpel 2016: https://arxiv.org/abs/1606.08415
  { id: "geluBetter", better: "gelu", than: "relu", paper: "Hendrycks and Gimpel 2016" },
  // Ramachandran, Zoph and Le 2017: https://arxiv.org/abs/1710.05941
  { id: "siluBetter", better: "silu", than: "relu", paper: "Ramachandran et al. 2017, who call it Swish" },
] as const satisfies readonly { id: Claim["id"]; better: Activation; than: Activation; paper: string }[];

function claimOf(view: StudyView, { id, better, than, paper }: (typeof claims)[number]): Claim {
  const [first, second] = [names[better], names[than]];
  const words = { id, claim: `${first} does better than ${second} (${paper}).`, short: `${first} beats ${second}` };
  return namedImprovement(view, words, [first, second], { together: claims.length, missing: "both activations" });
}
