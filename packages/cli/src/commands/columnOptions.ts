import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import type { SchemaOptions, Table, Task, ToldKind } from "evenkeel/tabular";
import { printable } from "../shell/terminal.ts";
import { UsageError } from "../shell/usageError.ts";
import { names, pairs } from "./arguments.ts";

/** What a command can be told about the columns, as commander parses it. */
export interface ColumnFlags {
  readonly target?: string;
  readonly features?: string[];
  readonly ignore?: string[];
  readonly kind?: Record<string, string>;
  readonly task?: Task;
}

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

/** The options as the library takes them; without what was not given, so that its defaults hold. */
export function schemaOptions({ features, ignore, kind, task }: ColumnFlags, target: string): SchemaOptions {
  return {
    target,
    ...(task && { task }),
    ...(features && { features }),
    ...(ignore && { ignore }),
    ...(kind && { kinds: kind as SchemaOptions["kinds"] }),
  };
}

/**
 * The target: the one that was asked for, or the table's own.
 * @throws UsageError if there is neither
 */
export function targetOf(table: Table & { readonly target?: string }, { target = table.target }: ColumnFlags): string {
  if (target !== undefined) return target;
  const all = table.columns.map(({ name }) => printable(name));
  const listed = all.length > 12 ? `${all.slice(0, 12).join(", ")} and ${all.length - 12} more` : all.join(", ");
  throw new UsageError(`say which column to predict with --target; there are ${listed}`);
}
