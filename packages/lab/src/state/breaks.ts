import type { FindingCode } from "evenkeel/tabular";
import type { LintFinding } from "../training/lint.ts";
import { defaultSetup, hasPictures, type Part, type Setup } from "./setup.ts";

/** Something that goes wrong with networks in practice, as a change of the set-up. */
export interface Break {
  readonly title: string;
  readonly isOn: (setup: Setup) => boolean;
  /** What breaks it; `columns` are those that hold numbers. Undefined where this table cannot be broken so. */
  readonly on: (setup: Setup, columns: readonly string[]) => Partial<Setup> | undefined;
  /** The settings that it changes, and that mending brings back. */
  readonly settings: readonly (keyof Setup)[];
  /** The linter's rule that names it. */
  readonly rule?: LintFinding["rule"];
  /** The finding of the table's check that names it. */
  readonly code?: FindingCode;
  /** What to say where neither names it. */
  readonly unnamed: string;
  /** Whether pictures cannot be broken so; pictures/texts.ts says why. */
  readonly notPictures?: true;
}

/** Settings as they were before something was broken. */
export type Remembered = Partial<Setup>;

const nothingToSay =
  "The linter names this where it troubles a BatchNorm. In these networks it finds no such place now.";

/** The buttons of "Break it", in their order. */
export const breaks = {
  smallBatch: {
    title: "A batch of two",
    isOn: ({ batchSize }) => batchSize === 2,
    on: () => ({ batchSize: 2 }),
    settings: ["batchSize"],
    rule: "small-batch",
    unnamed: nothingToSay,
  },
  million: {
    title: "A column multiplied by a million",
    isOn: ({ times }) => times !== "",
    on: (_, columns) => (columns.length > 0 ? { times: columns[0] } : undefined),
    settings: ["times"],
    notPictures: true,
    unnamed:
      "No rule names it: in which unit a column is measured is its owner’s choice. z-scores undo it; of raw numbers, only BatchNorm’s network can still learn.",
  },
  constant: {
    title: "A constant column",
    isOn: ({ constant }) => constant,
    on: () => ({ constant: true }),
    settings: ["constant"],
    code: "constant",
    notPictures: true,
    unnamed: "The check of the table names it once the training has begun.",
  },
  dropoutFirst: {
    title: "Dropout before the norm",
    isOn: ({ order, dropout }) => dropout > 0 && order.indexOf("dropout") < order.indexOf("norm"),
    on: ({ order, dropout }) => ({ order: dropoutBeforeNorm(order), dropout: dropout > 0 ? dropout : 0.5 }),
    settings: ["order", "dropout"],
    rule: "dropout-before-norm",
    unnamed: nothingToSay,
  },
  momentum: {
    title: "A momentum of 0.001",
    isOn: ({ momentum }) => momentum === 0.001,
    on: () => ({ momentum: 0.001 }),
    settings: ["momentum"],
    rule: "momentum-slow",
    unnamed: nothingToSay,
  },
  bias: {
    title: "A bias before BatchNorm",
    isOn: ({ biasBeforeNorm }) => biasBeforeNorm,
    on: () => ({ biasBeforeNorm: true }),
    settings: ["biasBeforeNorm"],
    rule: "bias-before-norm",
    unnamed: nothingToSay,
  },
  rate: {
    title: "A learning rate ten times too large",
    isOn: ({ lr }) => lr >= 10 * defaultSetup.lr,
    on: ({ lr }) => ({ lr: Number((10 * Math.max(lr, defaultSetup.lr)).toPrecision(12)) }),
    settings: ["lr"],
    unnamed:
      "No rule names it: which rate is too large depends on table and network. The strip of learning rates shows it.",
  },
} as const satisfies Readonly<Record<string, Break>>;

export type BreakName = keyof typeof breaks;
export const breakNames = Object.keys(breaks) as BreakName[];

/** Whether a set-up can be broken so. */
export function canBreak(name: BreakName, setup: Setup): boolean {
  const { notPictures }: Break = breaks[name];
  return !(notPictures && hasPictures(setup));
}

/** The changes that a button makes now, and what it has to remember to mend them. */
export interface Toggled {
  readonly changes: Partial<Setup>;
  readonly remembered: Remembered | undefined;
}

/**
 * What pressing a button does. What is broken gets back what it had; if it was never whole on this
 * page, because a link broke it, the default. Undefined where it cannot be broken.
 */
export function toggled(
  name: BreakName,
  setup: Setup,
  columns: readonly string[],
  remembered: Remembered | undefined,
): Toggled | undefined {
  if (!canBreak(name, setup)) return undefined;
  const { isOn, on, settings }: Break = breaks[name];
  if (!isOn(setup)) {
    const changes = on(setup, columns);
    return changes && { changes, remembered: picked(setup, settings) };
  }
  const before = { ...picked(defaultSetup, settings), ...remembered };
  return { changes: isOn({ ...setup, ...before }) ? mended(name) : before, remembered: undefined };
}

/** Where the default itself is what a button breaks. */
function mended(name: BreakName): Partial<Setup> {
  return name === "bias" ? { biasBeforeNorm: false } : picked(defaultSetup, breaks[name].settings);
}

function picked(setup: Setup, names: readonly (keyof Setup)[]): Partial<Setup> {
  return Object.fromEntries(names.map((name) => [name, setup[name]]));
}

function dropoutBeforeNorm(order: readonly Part[]): readonly Part[] {
  const others = order.filter((part) => part !== "dropout");
  const norm = others.indexOf("norm");
  return [...others.slice(0, norm), "dropout", ...others.slice(norm)];
}
