import type { SchemaOptions } from "evenkeel/tabular";
import { misuse } from "../../../shell/errors.ts";
import { listed } from "../../../shell/nearest.ts";
import { printable } from "../../../shell/printed.ts";

/**
 * The columns of shards that a training needs, in the order of the files: those that are left out take no
 * memory, and may hold what cannot be read.
 * @param wanted those that the command reads; all if undefined
 * @throws CommandError if one that is wanted is not there
 */
export function columnsToRead(
  names: readonly string[],
  wanted: readonly string[] | undefined,
  options: Omit<SchemaOptions, "target"> & { readonly target: string | undefined },
): readonly string[] {
  const lacking = wanted?.find((name) => !names.includes(name));
  if (lacking !== undefined) {
    throw misuse("wrong-value", `the shards have no column "${printable(lacking)}"`, `they have ${listed(names)}`);
  }
  const { target, features, ignore = [], kinds = {}, numberFormats = {}, dateFormats = {} } = options;
  const read = names.filter((name) => wanted === undefined || wanted.includes(name));
  // Without a target that is there the error is to name all columns.
  if (target === undefined || !read.includes(target)) return read;
  // What other options name is read, so that they are checked as they are for a table.
  const named = new Set([target, ...(features ?? []), ...[kinds, numberFormats, dateFormats].flatMap(Object.keys)]);
  return read.filter((name) => named.has(name) || (features === undefined && !ignore.includes(name)));
}

/** Of the columns to ignore, those that were read, and names that no column has. */
export function stillIgnored(
  ignore: SchemaOptions["ignore"],
  names: readonly string[],
  read: readonly string[],
): SchemaOptions["ignore"] {
  return ignore?.filter((name) => read.includes(name) || !names.includes(name));
}
