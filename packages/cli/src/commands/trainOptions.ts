import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { trainTableOptions as declared, type TrainTableOptions } from "evenkeel/train";
import type { ColumnFlags } from "../actions/columns.ts";
import { addColumnFlags, columnGroup, meaningGroup } from "./columnOptions.ts";
import { addDeclaredFlags, type FlagGroup, type FlagValues, optionValues } from "./declaredFlags.ts";

/** What `evenkeel train` can be told about the training, as commander parses it. */
export type TrainFlags = ColumnFlags & FlagValues;

/** The options of `trainTable` that have flags, as the help groups them. */
export const trainGroups: readonly FlagGroup[] = [
  { title: "Rows", paths: ["split.validation", "split.test", "seed"] },
  {
    title: "Preprocessing",
    paths: [
      "preprocessing.scale",
      "preprocessing.target",
      "preprocessing.clampPredictions",
      "preprocessing.embedAbove",
    ],
  },
  {
    title: "Network",
    paths: [
      ...["network.hidden", "network.norm", "network.normPlace", "network.activation", "network.dropout"],
      "network.biasBeforeNorm",
    ],
  },
  {
    title: "Training",
    paths: [
      ...["epochs", "batchSize", "lr", "optimizer", "weightDecay", "schedule", "loss", "clipGradNorm"],
      ...["patience", "refit", "classWeights", "statistics", "compile"],
    ],
  },
];

/** Adds the flags to a command. */
export function addTrainFlags(command: CommandUnknownOpts): void {
  addColumnFlags(command);
  addDeclaredFlags(command, declared, trainGroups);
}

/** The flags as the library takes them. */
export function trainTableOptions(flags: TrainFlags): Omit<TrainTableOptions, "target"> {
  const paths = [columnGroup, meaningGroup, ...trainGroups].flatMap((group) => group.paths);
  return optionValues(flags, declared, paths);
}
