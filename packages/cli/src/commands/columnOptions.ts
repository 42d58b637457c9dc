import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { schemaOptions } from "evenkeel/tabular";
import { addDeclaredFlags, type FlagGroup } from "./declaredFlags.ts";

/** The options about columns that have flags. */
export const columnGroup: FlagGroup = { title: "Columns", paths: ["features", "ignore", "task"] };

/** Those of them that say what columns mean, whatever is predicted. */
export const meaningGroup: FlagGroup = {
  title: "Meaning of columns",
  paths: ["kinds", "nulls", "onlyNulls", "decimal", "thousands", "numberFormats", "dateFormats"],
};

/** Adds the flag that most tables need. */
export function addTargetFlag(command: CommandUnknownOpts): CommandUnknownOpts {
  return command.addOption(new Option("-t, --target <column>", "the column to predict"));
}

/** Adds the flags that say which columns are used, in a group of their own in the help. */
export function addColumnFlags(command: CommandUnknownOpts): void {
  addDeclaredFlags(command, schemaOptions, [columnGroup]);
}

/** Adds the flags about the meaning of columns. */
export function addMeaningFlags(command: CommandUnknownOpts): void {
  addDeclaredFlags(command, schemaOptions, [meaningGroup]);
}
