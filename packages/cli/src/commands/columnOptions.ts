import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { schemaOptions } from "evenkeel/tabular";
import { addDeclaredFlags, type FlagGroup } from "./declaredFlags.ts";

/** The options about columns that have flags. */
export const columnGroup: FlagGroup = { title: "Columns", paths: ["features", "ignore", "kinds", "task"] };

/** Adds the flags about columns, in a group of their own in the help. */
export function addColumnFlags(command: CommandUnknownOpts): void {
  command.addOption(new Option("-t, --target <column>", "the column to predict").helpGroup(`${columnGroup.title}:`));
  addDeclaredFlags(command, schemaOptions, [columnGroup]);
}
