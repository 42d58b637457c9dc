import { refuse, text } from "../../core/index.ts";
import type { NamedArm } from "../arms/arm.ts";
import type { NetworkArm } from "../arms/networkArm.ts";
import { type Claim, unitOf } from "../claims/claim.ts";
import type { Verdict } from "../report/judge.ts";
import type { StudyView } from "../report/view.ts";
import { listed } from "../report/words.ts";
import { compareWithReference } from "./comparison.ts";
import { activationNames, type Layer, layeredNetwork } from "./layered.ts";
import { heldIfBetter, heldIfRefuted, improvement, judgedTogether, noImprovement } from "./pairs.ts";
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

/** Which order of Linear, BatchNorm, activation and dropout is best? */
export const placement: Question = {
  ask: "placement",
  summary: "BatchNorm before or after the activation, dropout before it, after it or none: which order is best?",
  title: (target) => `Which order of layers predicts ${target} best?`,
  claimsTitle: "Four claims about the order of layers, on this table",
  defaults: { dropout: { whole: 0.2, quick: 0.2 } },
  arms,
  headline: (view) => compareWithReference(view, "order"),
  claims: judgedTogether([paperOrder, fastaiOrder, dropoutBeforeBatchNorm, dropoutUnneeded]),
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

/** Ioffe and Szegedy 2015, section 3.2: "immediately before the nonlinearity". */
function paperOrder(view: StudyView, together: number): Claim {
  const statement = {
    id: "paperOrder" as const,
    short: "before the activation",
    claim: "BatchNorm belongs before the activation, as its paper has it (Ioffe and Szegedy 2015).",
    rule:
      `Test ${unitOf(view)} without dropout, BatchNorm before the activation minus after it, paired over seeds, each at its own best rate: ` +
      heldIfBetter(view, "the error after it"),
  };
  const label = "before the activation minus after it";
  const pair = { label, first: armOf(view, "before", "none"), second: armOf(view, "after", "none") };
  return improvement(view, statement, [pair], { ...withDropout, together });
}

/**
 * LinBnDrop with lin_first, as in fastai's TabularModel: https://docs.fast.ai/layers.html#linbndrop
 */
function fastaiOrder(view: StudyView, together: number): Claim {
  const statement = {
    id: "fastaiOrder" as const,
    short: "after it, dropout last",
    claim: "BatchNorm belongs after the activation and dropout after both, as fastai's tabular model has it.",
    rule:
      `Test ${unitOf(view)} with the same dropout at the end of every block, BatchNorm after the activation minus before it, paired over ` +
      `seeds, each at its own best rate: ${heldIfBetter(view, "the error before it")}`,
  };
  const label = "after the activation minus before it, with dropout";
  const pair = { label, first: armOf(view, "after", "after"), second: armOf(view, "before", "after") };
  return improvement(view, statement, [pair], { ...withDropout, together });
}

const withDropout = { missing: "arms with dropout" };
const places = { before: "BatchNorm before the activation", after: "BatchNorm after the activation" } as const;

/**
 * Li, Chen, Hu and Yang 2019: the variance during training, with dropout, differs from the variance
 * during evaluation, without it.
 */
function dropoutBeforeBatchNorm(view: StudyView, together: number): Claim {
  const statement = {
    id: "dropoutBeforeBatchNorm" as const,
    short: "dropout before it hurts",
    claim:
      "Dropout before BatchNorm makes the result worse than dropout after the last one, for the variance is another when nothing is dropped (Li et al. 2019).",
    rule:
      `Test ${unitOf(view)} with running statistics as trained, since it is these that do not fit: the same dropout after the last block ` +
      `minus dropout before every BatchNorm, paired over seeds, each at its own best rate, for both places of BatchNorm: ` +
      heldIfBetter(view, "the error with dropout before BatchNorm"),
  };
  const pairs = (["before", "after"] as const).map((place) => ({
    label: `after the last minus before, ${places[place]}`,
    first: armOf(view, place, "end") ?? armOf(view, place, "after"),
    second: armOf(view, place, "before"),
  }));
  return improvement(view, statement, pairs, { ...withDropout, together, statistics: "asTrained" });
}

/** Ioffe and Szegedy 2015, abstract: "in some cases eliminating the need for Dropout". */
function dropoutUnneeded(view: StudyView, together: number): Claim {
  const statement = {
    id: "dropoutUnneeded" as const,
    short: "dropout is not needed",
    claim: "With BatchNorm there is no need for dropout (Ioffe and Szegedy 2015).",
    rule:
      `Test ${unitOf(view)} with dropout minus without, paired over seeds, each at its own best rate, for every place of the two. ` +
      heldIfRefuted(view, "dropout improving the result", "the error without"),
  };
  const pairs = (["before", "after"] as const).flatMap((place) =>
    (["before", "after", "end"] as const).flatMap((kind) => {
      const first = armOf(view, place, kind);
      return first === undefined ? [] : [{ label: first.name, first, second: armOf(view, place, "none") }];
    }),
  );
  return noImprovement(view, statement, pairs, { ...withDropout, together, by: "dropout", sayFirst: sayDropout });
}

function sayDropout(verdict: Verdict, improved: readonly string[]): string {
  return {
    held: "Dropout did not improve the result at any place. ",
    "not held": `Dropout improved the result in ${listed(improved.map((label) => `"${label}"`))}. `,
    undecided: "Dropout was not shown to improve the result at any place, and not at every place was that refuted. ",
  }[verdict];
}
