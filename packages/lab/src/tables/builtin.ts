import { type Table, tableFromRows } from "evenkeel/tabular";
import type { TableName } from "../state/setup.ts";

interface Builtin {
  /** For people. */
  readonly title: string;
  readonly target: string;
  readonly rows: () => Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** The tables that come with the page, out of the vega-datasets package; each is loaded when it is wanted. */
export const builtins: Readonly<Record<Exclude<TableName, "own">, Builtin>> = {
  mpg: {
    title: "mpg: 406 cars, fuel economy",
    target: "Miles_per_Gallon",
    rows: async () => (await import("vega-datasets/data/cars.json")).default,
  },
  penguins: {
    title: "penguins: 344 birds, their species",
    target: "Species",
    rows: async () => (await import("vega-datasets/data/penguins.json")).default,
  },
};

/** A built-in table, read as the command reads it. */
export async function loadBuiltin(name: Exclude<TableName, "own">): Promise<{ table: Table; target: string }> {
  const { rows, target } = builtins[name];
  return { table: tableFromRows(await rows()), target };
}
