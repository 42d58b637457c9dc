import type { SchemaOptions, Table, Task } from "evenkeel/tabular";
import { misuse } from "../shell/errors.ts";
import { listed } from "../shell/nearest.ts";
import { printable } from "../shell/printed.ts";
import type { MeaningOptions } from "../tables/meaning.ts";

/** What an action can be told about the columns. */
export interface ColumnFlags {
  readonly target?: string | undefined;
  readonly features?: string[] | undefined;
  readonly ignore?: string[] | undefined;
  readonly kind?: Record<string, string> | undefined;
  readonly null?: readonly string[] | undefined;
  readonly nullOnly?: readonly string[] | undefined;
  readonly decimal?: SchemaOptions["decimal"] | undefined;
  readonly thousands?: SchemaOptions["thousands"] | undefined;
  readonly numberFormat?: Record<string, string> | undefined;
  readonly dateFormat?: Record<string, string> | undefined;
  readonly task?: Task | undefined;
}

/** The options as the library takes them; without what was not given, so that its defaults hold. */
export function columnOptions(flags: ColumnFlags): Omit<SchemaOptions, "target"> {
  const { features, ignore, task } = flags;
  return {
    ...(task && { task }),
    ...(features && { features }),
    ...(ignore && { ignore }),
    ...meaningOptions(flags),
  };
}

/** Those of them that say what columns mean, whatever is predicted. */
export function meaningOptions(flags: ColumnFlags): MeaningOptions {
  const { kind, nullOnly, decimal, thousands, numberFormat, dateFormat } = flags;
  return {
    ...(kind && { kinds: kind as SchemaOptions["kinds"] }),
    ...(flags.null && { nulls: flags.null }),
    ...(nullOnly && { onlyNulls: nullOnly }),
    ...(decimal !== undefined && { decimal }),
    ...(thousands !== undefined && { thousands }),
    ...(numberFormat && { numberFormats: numberFormat }),
    ...(dateFormat && { dateFormats: dateFormat }),
  };
}

/** The columns that are told to hold texts, or what is read from texts, where they look like numbers. */
export function textColumns({ kinds = {}, dateFormats = {} }: MeaningOptions): string[] {
  const ofKind = Object.keys(kinds).filter((name) => kinds[name] !== "numeric" && kinds[name] !== "boolean");
  return [...ofKind, ...Object.keys(dateFormats)];
}

/**
 * The target: the one that was asked for, or the table's own.
 * @throws CommandError if there is neither
 */
export function targetOf(
  table: Table & { readonly target?: string },
  { target = table.target }: Pick<ColumnFlags, "target">,
): string {
  if (target !== undefined) return target;
  const all = table.columns.map(({ name }) => printable(name));
  throw misuse("missing", "say which column to predict with --target", `there are ${listed(all)}`);
}
