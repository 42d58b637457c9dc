import { refuse, text } from "../../core/index.ts";
import type { NetworkArm, PictureShape } from "../arms/networkArm.ts";
import { type Claim, unitOf } from "../claims/claim.ts";
import type { StudyView } from "../report/view.ts";
import { compareWithReference } from "./comparison.ts";
import { convNet, type Head, headNames } from "./convNet.ts";
import {
  heldIfBetter,
  heldIfNarrower,
  heldIfRefuted,
  improvement,
  judgedTogether,
  namedPair,
  narrowerGap,
  noImprovement,
  type Pair,
  pairedOverSeeds,
} from "./pairs.ts";
import type { ArmOptions, Question } from "./question.ts";

/** Which head classifies pictures best in a ConvNet? */
export const pooling: Question = {
  ask: "pooling",
  summary:
    "which head does a ConvNet need: global average, global max, or average or max pooling before a wider Linear?",
  title: (target) => `Which head of a ConvNet tells ${target} best?`,
  claimsTitle: "Three claims about pooling, on these pictures",
  takesPictures: true,
  comparesSizes: true,
  defaults: { hidden: [8, 16, 32], epochs: 10, lrs: { whole: [0.003, 0.01], quick: [0.003] } },
  arms,
  headline: (view) => compareWithReference(view, "head"),
  claims: judgedTogether([globalAsGood, globalOverfitsLess, maxBetter]),
};

function arms({ hidden, activation, data }: ArmOptions): NetworkArm[] {
  const { picture } = data;
  if (picture === undefined) {
    throw refuse(
      "wrong-shape",
      "planStudy",
      "the question pooling is about pictures",
      "give their shape beside the table: picture: [channels, height, width]",
    );
  }
  if (hidden.length === 0) {
    throw refuse(
      "wrong-shape",
      "planStudy",
      text`the question pooling takes the channels of its convolutions from ${{ option: "hidden" }}, which is empty`,
    );
  }
  const side = smallestSide(picture, hidden.length);
  if (side < 2) {
    throw refuse(
      "wrong-value",
      "planStudy",
      `pictures of ${picture[1]} x ${picture[2]} are smaller than 2 x 2 after ${hidden.length} ` +
        "convolutions, with pooling between them",
      text`give fewer in ${{ option: "hidden" }}`,
    );
  }
  return (Object.keys(headNames) as Head[]).map((head) => ({
    ...{ name: headNames[head], group: "heads of one ConvNet", scale: "raw" as const, version: "2" },
    network: convNet(head, { picture, channels: hidden, activation }),
  }));
}

/** A pooling of 2 x 2 follows each convolution but the last. */
function smallestSide([, height, width]: PictureShape, convolutions: number): number {
  return Math.floor(Math.min(height, width) / 2 ** (convolutions - 1));
}

function pairOf(view: StudyView, first: Head, second: Head): Pair {
  return namedPair(view, headNames[first], headNames[second]);
}

const bothHeads = { missing: "trainings of both heads" };

/** Lin, Chen and Yan 2014, Network in Network, section 3.2: https://arxiv.org/abs/1312.4400 */
function globalAsGood(view: StudyView, together: number): Claim {
  const statement = {
    id: "globalAsGood" as const,
    short: "global average does as well",
    claim: "Global average pooling does as well as a Linear over all places, with fewer parameters (Lin et al. 2014).",
    rule:
      `${pairedOverSeeds(view, "average pooling and a Linear minus global average pooling")}. ` +
      heldIfRefuted(view, "the Linear improving the result", "the error of global average pooling"),
  };
  const pair = pairOf(view, "averageLinear", "globalAverage");
  return noImprovement(view, statement, [pair], { ...bothHeads, together, by: "the Linear over all places" });
}

/** Lin, Chen and Yan 2014, abstract: "less prone to overfitting". */
function globalOverfitsLess(view: StudyView, together: number): Claim {
  const statement = {
    id: "globalOverfitsLess" as const,
    short: "global average overfits less",
    claim: "Global average pooling overfits less than a Linear over all places (Lin et al. 2014).",
    rule:
      `The gap between test and training ${unitOf(view)}, global average pooling minus average pooling and a Linear, paired over seeds, each at ` +
      `its own best rate. ${heldIfNarrower(view, "the error of average pooling and a Linear")}`,
  };
  return narrowerGap(view, statement, pairOf(view, "globalAverage", "averageLinear"), { ...bothHeads, together });
}

/**
 * Scherer, Müller and Behnke 2010, Evaluation of Pooling Operations in Convolutional Architectures
 * for Object Recognition.
 */
function maxBetter(view: StudyView, together: number): Claim {
  const statement = {
    id: "maxBetter" as const,
    short: "max beats average",
    claim: "Max pooling does better than average pooling (Scherer et al. 2010).",
    rule:
      `${pairedOverSeeds(view, "max minus average, global and before a Linear")}: ` +
      heldIfBetter(view, "the error with average pooling"),
  };
  const pairs = [pairOf(view, "globalMax", "globalAverage"), pairOf(view, "maxLinear", "averageLinear")];
  return improvement(view, statement, pairs, { together, missing: "trainings of these heads" });
}
