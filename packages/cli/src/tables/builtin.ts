import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A table that comes with evenkeel, out of the vega-datasets package. */
interface BuiltinTable {
  readonly name: string;
  readonly path: string;
  /** The column that is predicted unless another is named. */
  readonly target: string;
}

const tables: Readonly<Record<string, { readonly file: string; readonly target: string }>> = {
  mpg: { file: "cars.json", target: "Miles_per_Gallon" },
  penguins: { file: "penguins.json", target: "Species" },
  flights: { file: "flights-200k.json", target: "delay" },
  "flights-3m": { file: "flights-3m.parquet", target: "delay" },
};

export const builtinNames: readonly string[] = Object.keys(tables);

/** The table of this name, if there is one. */
export function builtinTable(name: string): BuiltinTable | undefined {
  if (!Object.hasOwn(tables, name)) return undefined;
  // The package exports its loaders only, which fetch from the network; the files lie beside them.
  const entry = createRequire(import.meta.url).resolve("vega-datasets");
  const { file, target } = tables[name];
  return { name, path: join(dirname(entry), "../data", file), target };
}
