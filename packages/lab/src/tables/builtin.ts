import { type Table, tableFromRows } from "evenkeel/tabular";
import type { TableName } from "../state/setup.ts";

interface Builtin {
  /** For people. */
  readonly title: string;
  readonly target: string;
  readonly table: () => Promise<Table>;
}

/** The tables that come with the page, out of the packages vega-datasets and mnist; each is loaded when it is wanted. */
export const builtins: Readonly<Record<Exclude<TableName, "own">, Builtin>> = {
  mpg: {
    title: "mpg: 406 cars, fuel economy",
    target: "Miles_per_Gallon",
    table: async () => tableFromRows((await import("vega-datasets/data/cars.json")).default),
  },
  penguins: {
    title: "penguins: 344 birds, their species",
    target: "Species",
    table: async () => tableFromRows((await import("vega-datasets/data/penguins.json")).default),
  },
  digits: {
    title: "digits: 2,000 small pictures",
    target: "digit",
    table: async () => (await loadPictureParts()).loadDigits(),
  },
};

/** What the page needs of pictures. */
export const loadPictureParts = () => import("../pictures/parts.ts");

/** A built-in table, read as the command reads it. */
export async function loadBuiltin(name: Exclude<TableName, "own">): Promise<{ table: Table; target: string }> {
  const { table, target } = builtins[name];
  return { table: await table(), target };
}
