import { refuse, text } from "../../core/index.ts";
import type { NetworkArm, PictureShape } from "../arms/networkArm.ts";
import { type Claim, candidate, describeWorth, differences, notStudied, tell, unitOf } from "../claims/claim.ts";
import { gapRule, narrowerGaps } from "../claims/gap.ts";
import { judged, overall } from "../report/judge.ts";
import type { StudyView } from "../report/view.ts";
import { compareWithReference } from "./comparison.ts";
import { convNet, type Head, headNames } from "./convNet.ts";
import type { ArmOptions, Question } from "./question.ts";

/** All are judged beside each other. */
const claims: readonly ((view: StudyView) => Claim)[] = [globalAsGood, globalOverfitsLess, maxBetter];

/** Which head classifies pictures best in a ConvNet? */
export const pooling: Question = {
  ask: "pooling",
  summary:
    "which head does a ConvNet need: global average, global max, or average or max pooling before a wider Linear?",
  title: (target) => `With which head does a ConvNet tell the ${target} of these pictures best?`,
  claimsTitle: "Three claims about pooling, on these pictures",
  takesPictures: true,
  comparesSizes: true,
  defaults: { hidden: [8, 16, 32], epochs: 10, lrs: { whole: [0.003, 0.01], quick: [0.003] } },
  arms,
  headline: (view) => compareWithReference(view, "head"),
  claims: (view) => claims.map((claim) => claim(view)),
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

function compared(view: StudyView, first: Head, second: Head) {
  const [trainings, others] = [first, second].map((head) => view.trainings(view.named(headNames[head])));
  return {
    label: `${headNames[first]} minus ${headNames[second]}`,
    ...{ trainings, others, apart: differences(view, trainings, others) },
  };
}

/** Lin, Chen and Yan 2014, Network in Network, section 3.2: https://arxiv.org/abs/1312.4400 */
function globalAsGood(view: StudyView): Claim {
  const claim = {
    id: "globalAsGood" as const,
    short: "global average does as well",
    claim: "Global average pooling does as well as a Linear over all places, with fewer parameters (Lin et al. 2014).",
    rule:
      `Test ${unitOf(view)}, average pooling and a Linear minus global average pooling, paired over seeds, each at its own best rate. The ` +
      `verdict of the figure is about the Linear improving the result by at least the smallest effect of interest (${describeWorth(view, "the error of global average pooling")}). ` +
      "The claim is held if that was refuted, not held if there was such an improvement, undecided otherwise.",
  };
  const { label, others, apart } = compared(view, "averageLinear", "globalAverage");
  if (apart.size === 0) return notStudied(claim, "trainings of both heads");
  const figures = judged([candidate(view, label, others, apart)], claims.length);
  const verdict = { held: "not held", "not held": "held", undecided: "undecided" } as const;
  return {
    ...{ ...claim, verdict: verdict[figures[0].judged?.verdict ?? "undecided"], figures },
    sentence: `An improvement by the Linear over all places: ${tell(figures)}`,
  };
}

/** Lin, Chen and Yan 2014, abstract: "less prone to overfitting". */
function globalOverfitsLess(view: StudyView): Claim {
  const claim = {
    id: "globalOverfitsLess" as const,
    short: "global average overfits less",
    claim: "Global average pooling overfits less than a Linear over all places (Lin et al. 2014).",
    rule:
      `The gap between test and training ${unitOf(view)}, global average pooling minus average pooling and a Linear, paired over seeds, each at ` +
      `its own best rate, as a ratio. Held if the whole interval lies at or beyond the smallest effect of interest (${describeWorth(view, "the error of average pooling and a Linear")}); ` +
      `not held if the interval leaves out such a narrowing. ${gapRule}`,
  };
  const { label, trainings, others, apart } = compared(view, "globalAverage", "averageLinear");
  if (apart.size === 0) return notStudied(claim, "trainings of both heads");
  const figures = narrowerGaps(view, [{ label: `gap of ${label}`, trainings, others }], claims.length);
  return { ...claim, verdict: overall(figures), figures, sentence: tell(figures) };
}

/**
 * Scherer, Müller and Behnke 2010, Evaluation of Pooling Operations in Convolutional Architectures
 * for Object Recognition.
 */
function maxBetter(view: StudyView): Claim {
  const claim = {
    id: "maxBetter" as const,
    short: "max beats average",
    claim: "Max pooling does better than average pooling (Scherer et al. 2010).",
    rule:
      `Test ${unitOf(view)}, max minus average, global and before a Linear, paired over seeds, each at its own best rate: held if the whole interval ` +
      `lies at or beyond the smallest effect of interest (${describeWorth(view, "the error with average pooling")}); not held if the interval leaves out such a gain.`,
  };
  const pairs = [compared(view, "globalMax", "globalAverage"), compared(view, "maxLinear", "averageLinear")];
  if (pairs.every(({ apart }) => apart.size === 0)) return notStudied(claim, "trainings of these heads");
  const figures = judged(
    pairs.map(({ label, others, apart }) => candidate(view, label, others, apart)),
    claims.length,
  );
  return { ...claim, verdict: overall(figures), figures, sentence: tell(figures) };
}
