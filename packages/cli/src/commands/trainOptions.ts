import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Options } from "evenkeel";
import type { Check } from "evenkeel/problem";
import { trainTableOptions as library, type TrainTableOptions } from "evenkeel/train";
import type { ColumnFlags } from "../actions/columns.ts";
import { addColumnFlags, columnGroup, meaningGroup } from "./columnOptions.ts";
import { addDeclaredFlags, type FlagGroup, type FlagValues, optionValues } from "./declaredFlags.ts";

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

/** The options of `trainTable` that have flags, as the help groups them. */
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
  {
    title: "Training",
    paths: [
      ...["epochs", "batchSize", "lr", "optimizer", "weightDecay", "decay", "schedule", "loss", "clipGradNorm"],
      ...["patience", "average", "refit", "lengthFolds", "classWeights", "statistics", "compile"],
    ],
  },
];

/** Adds the flags to a command. */
export function addTrainFlags(command: CommandUnknownOpts): void {
  addColumnFlags(command);
  addDeclaredFlags(command, trainFlagOptions, trainGroups);
}

/** The flags as the library takes them, and the tables that were named for parts. */
export function trainTableOptions(flags: TrainFlags): {
  readonly options: Omit<TrainTableOptions, "target">;
  readonly partFiles: PartFiles;
} {
  const paths = [columnGroup, meaningGroup, ...trainGroups].flatMap((group) => group.paths);
  const options: Omit<TrainTableOptions, "target"> = optionValues(flags, trainFlagOptions, paths);
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
