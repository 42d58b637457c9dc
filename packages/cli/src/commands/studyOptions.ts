import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Options } from "evenkeel";
import { listOf, oneOf, string, wholeNumber } from "evenkeel/problem";
import { studyOptions as declared, type StudyOptions, scales } from "evenkeel/study";
import { norms } from "evenkeel/tabular";
import { trainTableOptions } from "evenkeel/train";
import { addColumnFlags, addMeaningFlags } from "./columnOptions.ts";
import { addDeclaredFlags, type FlagGroup, type FlagValues, optionValues } from "./declaredFlags.ts";

/** Flags that only the command has: a program gives the seeds and the arms themselves. */
const commandOnly: Options = {
  firstSeed: {
    check: wholeNumber(0, 2 ** 23),
    help: "The first of the seeds; the others follow it.",
    default: 0,
  },
  rareClasses: trainTableOptions.rareClasses,
  arms: {
    check: { ...string(), noun: "arms" },
    help:
      "What is compared with the first: 'zscore+batch, zscore+dropout0.3, raw+layer', or a JSON file of arms. Each name is a scaling, " +
      "a normalization and a dropout.",
    defaultText: "those of the question",
  },
  scales: {
    check: listOf(oneOf(scales), `scalings of the features: ${scales.join(", ")}`, { noun: "names", least: 1 }),
    help: `Scalings of the features that are compared: ${scales.join(", ")}.`,
    default: ["raw", "zscore"],
  },
  norms: {
    check: listOf(oneOf(norms), `normalizations: ${norms.join(", ")}`, { noun: "names", least: 1 }),
    help: `Normalizations that are compared: ${norms.join(", ")}.`,
    default: norms,
  },
};

/** All options of a study that have flags. */
export const studyFlagOptions: Options = { ...declared, ...commandOnly };

/** How the help groups them. */
export const studyGroups: readonly FlagGroup[] = [
  {
    title: "Rows",
    paths: ["seeds", "firstSeed", "validation", "test", "group", "time", "rareClasses", "rowFractions", "rescale"],
  },
  {
    title: "What is compared",
    paths: ["arms", "scales", "norms", "dropout", "lrs", "metric", "targetError", "worth", "quick"],
  },
  { title: "Networks", paths: ["hidden", "activation", "target"] },
  {
    title: "Training",
    paths: [
      ...["epochs", "epochFractions", "batchSize", "train.optimizer", "train.weightDecay", "train.schedule"],
      ...["train.loss", "train.clipGradNorm", "train.classWeights", "train.patience"],
    ],
  },
];

/** The function whose options they are. */
export const studyCaller = "planStudy";

/** Adds the flags to a command. */
export function addStudyFlags(command: CommandUnknownOpts): void {
  addColumnFlags(command);
  addDeclaredFlags(command, studyFlagOptions, studyGroups, studyCaller);
  addMeaningFlags(command);
}

/** The flags as the library takes them, but for those that only the command has. */
export function studyOptions(flags: FlagValues): StudyOptions {
  const paths = studyGroups.flatMap((group) => group.paths).filter((path) => !Object.hasOwn(commandOnly, path));
  return optionValues(flags, declared, paths, studyCaller);
}
