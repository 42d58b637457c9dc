import { listed, nearest } from "../../shell/nearest.ts";
import { type TableReadError, unreadable } from "../readError.ts";

/** A file, or a query, and the columns that it has. */
interface Named {
  readonly name: string;
  readonly columns: readonly { readonly name: string }[];
}

/**
 * The columns that are read, in the order of the first file.
 *
 * @throws TableReadError if one that is wanted is not there, or the files differ in their columns
 */
export function namesOf([first, ...others]: readonly Named[], wanted?: readonly string[]): string[] {
  const all = first.columns.map(({ name }) => name);
  const known = new Set(all);
  for (const name of wanted ?? []) if (!known.has(name)) throw noColumn(first, name, all);
  for (const part of others) sameColumns(first, part, wanted);
  const taken = wanted === undefined ? known : new Set(wanted);
  return all.filter((name) => taken.has(name));
}

function noColumn(part: Named, name: string, all: readonly string[]): TableReadError {
  const near = nearest(name, all);
  return unreadable(
    "wrong-value",
    `${part.name} has no column "${name}"${near ? `; did you mean "${near}"?` : ""} It has ${listed(all)}.`,
  );
}

/** Files of one pattern have the same columns, in any order. */
function sameColumns(first: Named, part: Named, wanted?: readonly string[]): void {
  const taken = wanted && new Set(wanted);
  const names = (one: Named) => one.columns.map(({ name }) => name).filter((name) => taken?.has(name) ?? true);
  const [here, there] = [names(first), names(part)];
  const [inHere, inThere] = [new Set(here), new Set(there)];
  const lacking = here.find((name) => !inThere.has(name));
  if (lacking !== undefined)
    throw unreadable("wrong-value", `${part.name} has no column "${lacking}", which ${first.name} has`);
  const extra = there.find((name) => !inHere.has(name));
  if (extra !== undefined)
    throw unreadable("wrong-value", `${part.name} has a column "${extra}", which ${first.name} has not`);
}
