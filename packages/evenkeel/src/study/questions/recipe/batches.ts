import type { NetworkArm } from "../../arms/networkArm.ts";
import type { Claim } from "../../claims/claim.ts";
import type { StudyView } from "../../report/view.ts";
import { compareWithReference } from "../comparison.ts";
import {
  heldIfBetter,
  heldIfNarrower,
  heldIfRefuted,
  improvement,
  judgedTogether,
  namedPair,
  narrowerGap,
  noImprovement,
  pairedOverSeeds,
} from "../pairs.ts";
import type { ArmOptions, Question } from "../question.ts";
import { recipeArm, recipeWidths } from "./recipeArm.ts";

/**
 * Which batch size is best? All arms pass over the rows equally often, so small batches take more
 * steps: that is what a user changes with `batchSize`, and Masters and Luschi compare so too.
 */
export const batches: Question = {
  ask: "batches",
  summary: "batches of how many rows, from 2 to 256, with as many epochs for each?",
  title: (target) => `With which batch size does a network predict ${target} best?`,
  claimsTitle: "Three claims about the batch size, on this table",
  ownOptions: ["dropout"],
  defaults: { hidden: recipeWidths },
  arms,
  headline: (view) => compareWithReference(view, "batch size"),
  claims: judgedTogether([smallBatches, tinyBatches, largeBatchGap]),
};

const sizes = [2, 8, 32, 128, 256];
/** The largest batch of which Masters and Luschi say that it does best. */
const small = 32;
const large = 256;

const nameOf = (size: number) => `batches of ${size}`;

function arms({ batchSize, data: { table } }: ArmOptions): NetworkArm[] {
  // Of larger batches there would be one in an epoch.
  const others = sizes.filter((size) => size !== batchSize && 2 * size <= table.rows);
  return [batchSize, ...others].map((size) => recipeArm(nameOf(size), "batch sizes", { batchSize: size }));
}

/** Masters and Luschi 2018, Revisiting Small Batch Training: https://arxiv.org/abs/1804.07612 */
function smallBatches(view: StudyView, together: number): Claim {
  const best = nameOf(small);
  const statement = {
    id: "smallBatches" as const,
    claim: `Batches of at most ${small} rows do best (Masters and Luschi 2018).`,
    short: "small batches do best",
    rule:
      `${pairedOverSeeds(view, `larger batches minus ${best}, for as many epochs`)}. ` +
      heldIfRefuted(view, "larger batches improving the result", `the error with ${best}`),
  };
  const larger = sizes.filter((size) => size > small);
  return noImprovement(
    view,
    statement,
    larger.map((size) => namedPair(view, nameOf(size), best)),
    { together, missing: `batches of ${small} rows, and of more`, by: "larger batches" },
  );
}

/** Wu and He 2018, Group Normalization, section 1: https://arxiv.org/abs/1803.08494 */
function tinyBatches(view: StudyView, together: number): Claim {
  const [tiny, usual] = [nameOf(2), nameOf(small)];
  const statement = {
    id: "tinyBatches" as const,
    claim: "With BatchNorm, batches of 2 rows do worse: they estimate its statistics badly (Wu and He 2018).",
    short: "batches of 2 harm BatchNorm",
    rule: `${pairedOverSeeds(view, `${usual} minus ${tiny}, for as many epochs`)}: ${heldIfBetter(view, `the error with ${tiny}`)}`,
  };
  return improvement(view, statement, [namedPair(view, usual, tiny)], {
    together,
    missing: `batches of 2 and of ${small} rows`,
  });
}

/** Keskar, Mudigere, Nocedal, Smelyanskiy and Tang 2017: https://arxiv.org/abs/1609.04836 */
function largeBatchGap(view: StudyView, together: number): Claim {
  const [usual, largest] = [nameOf(small), nameOf(large)];
  const statement = {
    id: "largeBatchGap" as const,
    claim: `Batches of ${large} rows overfit more than batches of ${small} (Keskar et al. 2017).`,
    short: "large batches overfit more",
    rule:
      `The gap between test and training error, ${usual} minus ${largest}, paired over seeds, each at its own best rate. ` +
      heldIfNarrower(view, `the error with ${largest}`),
  };
  return narrowerGap(view, statement, namedPair(view, usual, largest), {
    together,
    missing: `batches of ${small} and of ${large} rows`,
  });
}
