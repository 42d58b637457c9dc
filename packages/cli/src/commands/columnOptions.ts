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

/** Adds the flags about columns, in a group of their own in the help. */
export function addColumnFlags(command: CommandUnknownOpts): void {
  command.addOption(new Option("-t, --target <column>", "the column to predict").helpGroup(`${columnGroup.title}:`));
  addDeclaredFlags(command, schemaOptions, [columnGroup, meaningGroup]);
}

/** Adds the flags about the meaning of columns. */
export function addMeaningFlags(command: CommandUnknownOpts): void {
  addDeclaredFlags(command, schemaOptions, [meaningGroup]);
}
