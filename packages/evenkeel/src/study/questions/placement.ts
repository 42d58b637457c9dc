import { refuse, text } from "../../core/index.ts";
import type { NamedArm } from "../arms/arm.ts";
import type { NetworkArm } from "../arms/networkArm.ts";
import { type Claim, candidate, describeWorth, differences, notStudied, tell, unitOf } from "../claims/claim.ts";
import { type Figure, judged, overall, type Verdict } from "../report/judge.ts";
import type { StudyView } from "../report/view.ts";
import { listed } from "../report/words.ts";
import { compareWithReference } from "./comparison.ts";
import { activationNames, type Layer, layeredNetwork } from "./layered.ts";
import type { ArmOptions, Question } from "./question.ts";

/** Where dropout stands, and the group name of these arms. */
const groups = {
  none: "no dropout",
  before: "dropout before BatchNorm",
  after: "dropout after BatchNorm, in every block",
  end: "dropout once, after the last block",
} as const;
type Dropout = keyof typeof groups;
type BatchNorm = "before" | "after";

/** The position of BatchNorm and dropout in a hidden block. */
const orders: Readonly<Record<BatchNorm, Readonly<Record<Dropout, readonly Layer[]>>>> = {
  before: {
    none: ["linear", "batchNorm", "activation"],
    before: ["linear", "dropout", "batchNorm", "activation"],
    after: ["linear", "batchNorm", "activation", "dropout"],
    end: ["linear", "batchNorm", "activation"],
  },
  after: {
    none: ["linear", "activation", "batchNorm"],
    before: ["linear", "activation", "dropout", "batchNorm"],
    after: ["linear", "activation", "batchNorm", "dropout"],
    end: ["linear", "activation", "batchNorm"],
  },
};

/** All are judged beside each other. */
const claims: readonly ((view: StudyView) => Claim)[] = [
  paperOrder,
  fastaiOrder,
  dropoutBeforeBatchNorm,
  dropoutUnneeded,
];

/** Which order of Linear, BatchNorm, activation and dropout is best? */
export const placement: Question = {
  ask: "placement",
  summary: "BatchNorm before or after the activation, dropout before it, after it or none: which order is best?",
  title: (target) => `In which order do layers predict ${target} best?`,
  claimsTitle: "Four claims about the order of layers, on this table",
  defaults: { dropout: { whole: 0.2, quick: 0.2 } },
  arms,
  headline: (view) => compareWithReference(view, "order"),
  claims: (view) => claims.map((claim) => claim(view)),
};

function arms({ hidden, activation, dropout }: ArmOptions): NetworkArm[] {
  if (hidden.length === 0) {
    throw refuse(
      "wrong-value",
      "planStudy",
      text`the question placement is about hidden layers, and ${{ option: "hidden" }} is empty`,
      "give a width",
    );
  }
  // With a single block, dropout after the last block and after every block are the same.
  const kinds: readonly Dropout[] =
    dropout === 0 ? ["none"] : hidden.length === 1 ? ["none", "before", "after"] : ["none", "before", "after", "end"];
  return kinds.flatMap((kind) =>
    (["before", "after"] as const).map((place) => ({
      ...{ name: nameOf(place, kind, activation), group: groups[kind], version: "1" },
      network: layeredNetwork(orders[place][kind], { hidden, activation, dropout, atTheEnd: kind === "end" }),
    })),
  );
}

/** "Linear, BatchNorm, ReLU" */
function nameOf(place: BatchNorm, kind: Dropout, activation: ArmOptions["activation"]): string {
  const names = {
    linear: "Linear",
    batchNorm: "BatchNorm",
    dropout: "Dropout",
    activation: activationNames[activation],
  };
  const block = orders[place][kind].map((layer) => names[layer]).join(", ");
  return kind === "end" ? `${block} (Dropout last)` : block;
}

function armOf(view: StudyView, place: BatchNorm, kind: Dropout): NamedArm | undefined {
  return view.named(nameOf(place, kind, view.plan.settings.activation));
}

const holds = (view: StudyView, of: string) =>
  `held if the whole interval lies at or beyond the smallest effect of interest (${describeWorth(view, of)}); not held if the interval leaves out such a gain.`;

/** Ioffe and Szegedy 2015, section 3.2: "immediately before the nonlinearity". */
function paperOrder(view: StudyView): Claim {
  const claim = {
    id: "paperOrder" as const,
    short: "before the activation",
    claim: "BatchNorm belongs before the activation, as its paper has it (Ioffe and Szegedy 2015).",
    rule:
      `Test ${unitOf(view)} without dropout, BatchNorm before the activation minus after it, paired over seeds, each at its own best rate: ` +
      holds(view, "the error after it"),
  };
  return oneDifference(view, claim, "before the activation minus after it", [
    armOf(view, "before", "none"),
    armOf(view, "after", "none"),
  ]);
}

/**
 * LinBnDrop with lin_first, as in fastai's TabularModel: https://docs.fast.ai/layers.html#linbndrop
 */
function fastaiOrder(view: StudyView): Claim {
  const claim = {
    id: "fastaiOrder" as const,
    short: "after it, dropout last",
    claim: "BatchNorm belongs after the activation and dropout after both, as fastai's tabular model has it.",
    rule:
      `Test ${unitOf(view)} with the same dropout at the end of every block, BatchNorm after the activation minus before it, paired over ` +
      `seeds, each at its own best rate: ${holds(view, "the error before it")}`,
  };
  return oneDifference(view, claim, "after the activation minus before it, with dropout", [
    armOf(view, "after", "after"),
    armOf(view, "before", "after"),
  ]);
}

function oneDifference(
  view: StudyView,
  claim: Pick<Claim, "id" | "short" | "claim" | "rule">,
  label: string,
  [arm, other]: readonly (NamedArm | undefined)[],
): Claim {
  if (arm === undefined || other === undefined) return notStudied(claim, "arms with dropout");
  const others = view.trainings(other);
  const figures = judged(
    [candidate(view, label, others, differences(view, view.trainings(arm), others))],
    claims.length,
  );
  return { ...claim, verdict: overall(figures), figures, sentence: tell(figures) };
}

const places = { before: "BatchNorm before the activation", after: "BatchNorm after the activation" } as const;

/**
 * Li, Chen, Hu and Yang 2019: the variance during training, with dropout, differs from the variance
 * during evaluation, without it.
 */
function dropoutBeforeBatchNorm(view: StudyView): Claim {
  const claim = {
    id: "dropoutBeforeBatchNorm" as const,
    short: "dropout before it hurts",
    claim:
      "Dropout before BatchNorm makes the result worse than dropout after the last one, for the variance is another when nothing is dropped (Li et al. 2019).",
    rule:
      `Test ${unitOf(view)} with running statistics as trained, since it is these that do not fit: the same dropout after the last block ` +
      `minus dropout before every BatchNorm, paired over seeds, each at its own best rate, for both places of BatchNorm: ` +
      holds(view, "the error with dropout before BatchNorm"),
  };
  const pairs = (["before", "after"] as const).flatMap((place) => {
    const last = armOf(view, place, "end") ?? armOf(view, place, "after");
    const first = armOf(view, place, "before");
    return last === undefined || first === undefined ? [] : [{ place, last, first }];
  });
  if (pairs.length === 0) return notStudied(claim, "arms with dropout");
  const figures = judged(
    pairs.map(({ place, last, first }) => {
      const others = view.trainings(first, "asTrained");
      const apart = differences(view, view.trainings(last, "asTrained"), others);
      return candidate(view, `after the last minus before, ${places[place]}`, others, apart);
    }),
    claims.length,
  );
  return { ...claim, verdict: overall(figures), figures, sentence: tell(figures) };
}

/** Ioffe and Szegedy 2015, abstract: "in some cases eliminating the need for Dropout". */
function dropoutUnneeded(view: StudyView): Claim {
  const claim = {
    id: "dropoutUnneeded" as const,
    short: "dropout is not needed",
    claim: "With BatchNorm there is no need for dropout (Ioffe and Szegedy 2015).",
    rule:
      `Test ${unitOf(view)} with dropout minus without, paired over seeds, each at its own best rate, for every place of the two. The verdict ` +
      `of a place is about dropout improving the result by at least the smallest effect of interest (${describeWorth(view)}). The claim is held if that ` +
      "was refuted at every place, not held if dropout improved the result at one or more, undecided otherwise.",
  };
  const tried = (["before", "after"] as const).flatMap((place) =>
    (["before", "after", "end"] as const).flatMap((kind) => {
      const [arm, plain] = [armOf(view, place, kind), armOf(view, place, "none")];
      return arm === undefined || plain === undefined ? [] : [{ arm, plain }];
    }),
  );
  if (tried.length === 0) return notStudied(claim, "arms with dropout");
  const figures = judged(
    tried.map(({ arm, plain }) => {
      const others = view.trainings(plain);
      return candidate(view, arm.name, others, differences(view, view.trainings(arm), others));
    }),
    claims.length,
  );
  const verdict = needed(figures);
  const helped = figures.filter((figure) => figure.judged?.verdict === "held").map(({ label }) => `"${label}"`);
  const sentence = {
    held: "Dropout did not improve the result at any place.",
    "not held": `Dropout improved the result in ${listed(helped)}.`,
    undecided: "Dropout was not shown to improve the result at any place, and not at every place was that refuted.",
  }[verdict];
  return { ...claim, verdict, figures, sentence: `${sentence} An improvement by dropout: ${tell(figures)}` };
}

function needed(figures: readonly Figure[]): Verdict {
  const verdicts = figures.map(({ judged }) => judged?.verdict ?? "undecided");
  if (verdicts.includes("held")) return "not held";
  return verdicts.every((verdict) => verdict === "not held") ? "held" : "undecided";
}
