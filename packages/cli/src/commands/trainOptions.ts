import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Options } from "evenkeel";
import type { Check } from "evenkeel/problem";
import {
  trainTableOptions as library,
  type TrainTableOptions,
  type TrainTreesOptions,
  trainTreesOptions,
} from "evenkeel/train";
import type { ColumnFlags } from "../actions/columns.ts";
import { addColumnFlags, addMeaningFlags, columnGroup, meaningGroup } from "./columnOptions.ts";
import { addDeclaredFlags, type FlagGroup, type FlagValues, flagsOf, optionValues } from "./declaredFlags.ts";

/** What `evenkeel train` can be told about the training, as commander parses it. */
export type TrainFlags = ColumnFlags & FlagValues;

const { validation, test, ...others } = library.split.options;
const aShare = validation.check;

/** A share of the rows, or a file: a number, or what a mistyped one looks like, is no file. */
const shareOrFile: Check<number | string> = {
  expected: `${aShare.typed}, or a table of the same columns`,
  isKind: (value) => typeof value === "string" || typeof value === "number",
  fits: (value) => (typeof value === "string" ? value !== "" && !/^[-+]?[\d.,]+ ?%?$/.test(value) : aShare.fits(value)),
  parse: (text) => {
    const parsed = aShare.parse?.(text);
    return typeof parsed === "number" ? parsed : text;
  },
  noun: "share-or-table",
};

/**
 * The options of `trainTable`, and what the command takes besides: files of rows to validate by and
 * to test on.
 */
export const trainFlagOptions: Options = {
  ...library,
  trees: trainTreesOptions.trees,
  split: {
    ...library.split,
    options: {
      ...others,
      validation: {
        ...validation,
        check: shareOrFile,
        help: "The share of the rows that choices are made by, or a table of them; 0 for none.",
      },
      test: {
        ...test,
        check: shareOrFile,
        help: "The share of the rows that is scored once, at the end, or a table of them; 0 for none.",
      },
    },
  },
};

/** Tables of one's own for parts of the rows. */
export interface PartFiles {
  readonly validation?: string;
  readonly test?: string;
}

const trees: FlagGroup = {
  title: "Boosted trees",
  paths: [
    ...["trees.maxIter", "trees.learningRate", "trees.maxLeafNodes", "trees.maxDepth", "trees.minSamplesLeaf"],
    ...["trees.l2Regularization", "trees.maxBins", "trees.earlyStopping", "trees.validationFraction"],
    ...["trees.nIterNoChange", "trees.tol"],
  ],
};

/** The options of `trainTable` and `trainTrees` that have flags, as the help groups them. */
export const trainGroups: readonly FlagGroup[] = [
  { title: "Recipe", paths: ["recipe"] },
  { title: "Rows", paths: ["split.validation", "split.test", "split.group", "split.time", "rareClasses", "seed"] },
  {
    title: "Preprocessing",
    paths: [
      "preprocessing.scale",
      "preprocessing.piecewise",
      "preprocessing.effectCoding",
      "preprocessing.dropConstant",
      "preprocessing.yearDay",
      "preprocessing.embedAbove",
      "preprocessing.rareBelow",
      "preprocessing.target",
      "preprocessing.clampPredictions",
    ],
  },
  {
    title: "Network",
    paths: [
      ...["network.hidden", "network.norm", "network.normPlace", "network.activation", "network.dropout"],
      ...["network.biasBeforeNorm", "network.members", "network.embedding"],
    ],
  },
  { title: "Predictions", paths: ["threshold", "interval"] },
  trees,
  {
    title: "Training",
    paths: [
      ...["epochs", "batchSize", "lr", "optimizer", "weightDecay", "decay", "schedule", "loss", "clipGradNorm"],
      ...["patience", "average", "refit", "lengthFolds", "classWeights", "statistics", "compile"],
    ],
  },
];

/** Adds the flags to a command: in its help, those come first that are given most often. */
export function addTrainFlags(command: CommandUnknownOpts): void {
  addColumnFlags(command);
  addDeclaredFlags(command, trainFlagOptions, [...trainGroups].reverse());
  addMeaningFlags(command);
  // --no-early-stopping is of both models, and came before --early-stopping, which nobody has given.
  command.setOptionValueWithSource("earlyStopping", undefined, "default");
}

/** The options of a training, and the tables that were named for parts of its rows. */
interface Told<O> {
  readonly options: O;
  readonly partFiles: PartFiles;
}

/** The flags as `trainTable` takes them. */
export function trainTableOptions(flags: TrainFlags): Told<Omit<TrainTableOptions, "target">> {
  return told(
    flags,
    trainGroups.filter((group) => group !== trees).flatMap((group) => group.paths),
  );
}

/** The flags as `trainTrees` takes them. */
export function treesOptions(flags: TrainFlags): Told<Omit<TrainTreesOptions, "target">> {
  return told(flags, [...trainGroups.filter(isOfTrees).flatMap((group) => group.paths), "refit"]);
}

const isOfTrees = (group: FlagGroup) => group === trees || ["Rows", "Predictions"].includes(group.title);

function told<O extends Pick<TrainTableOptions, "split">>(flags: TrainFlags, own: readonly string[]): Told<O> {
  const paths = [...columnGroup.paths, ...meaningGroup.paths, ...own];
  const options = optionValues(flags, trainFlagOptions, paths) as O;
  const { validation, test, ...split } = (options.split ?? {}) as Readonly<Record<string, unknown>>;
  const shares = Object.fromEntries(
    Object.entries({ validation, test }).filter(([, part]) => typeof part === "number"),
  );
  const drawn = { ...split, ...shares };
  return {
    options: { ...options, split: Object.keys(drawn).length === 0 ? undefined : drawn },
    partFiles: {
      ...(typeof validation === "string" && { validation }),
      ...(typeof test === "string" && { test }),
    },
  };
}

/** The flags that say something about one of the models alone. */
export function flagsOfOne(): { readonly network: readonly string[]; readonly trees: readonly string[] } {
  const named = (groups: readonly FlagGroup[]) =>
    groups
      .flatMap((group) => group.paths)
      .filter((path) => path !== "refit")
      .flatMap((path) => flagsOf(trainFlagOptions, path, "").map((flag) => flag.long ?? flag.flags));
  const network = named(trainGroups.filter((group) => !isOfTrees(group)));
  return { network: network.filter((flag) => flag !== "--no-early-stopping"), trees: named([trees]) };
}
