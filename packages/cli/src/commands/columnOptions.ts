import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import type { Task, ToldKind } from "evenkeel/tabular";
import { names, pairs } from "./arguments.ts";

const kinds: readonly ToldKind[] = ["numeric", "category", "boolean", "date", "date:dmy", "date:mdy", "text"];
const tasks: readonly Task[] = ["regression", "binary", "multiclass"];

/** Adds the options, in a group of their own in the help. */
export function addColumnFlags(command: CommandUnknownOpts): void {
  const options = [
    new Option("-t, --target <column>", "the column to predict"),
    new Option(
      "--features <columns>",
      "the columns to predict from, separated by commas (default: all others)",
    ).argParser(names),
    new Option("--ignore <columns>", "columns to leave out").argParser(names),
    new Option("--kind <column=kind>", `what a column means: ${kinds.join(", ")}; may be repeated`).argParser(pairs),
    new Option("--task <task>", "what is predicted (default: by the target)").choices(tasks),
  ];
  for (const option of options) command.addOption(option.helpGroup("Columns:"));
}
