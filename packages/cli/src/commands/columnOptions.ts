import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { schemaOptions } from "evenkeel/tabular";
import { addDeclaredFlags } from "./declaredFlags.ts";

/** Adds the flags about columns, in a group of their own in the help. */
export function addColumnFlags(command: CommandUnknownOpts): void {
  command.addOption(new Option("-t, --target <column>", "the column to predict").helpGroup("Columns:"));
  addDeclaredFlags(command, schemaOptions, [{ title: "Columns", paths: ["features", "ignore", "kinds", "task"] }]);
}
