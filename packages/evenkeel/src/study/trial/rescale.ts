import type { Schema, Table } from "../../tabular/index.ts";
import { numbersOf } from "../../tabular/schema/read.ts";
import { readingOf } from "../../tabular/schema/schema.ts";

/**
 * The table with its numeric features multiplied by the factors in turn, as if they were in other
 * units.
 */
export function rescaleTable(table: Table, schema: Schema, factors: readonly number[]): Table {
  const numeric = schema.columns.filter(({ use, kind }) => use === "feature" && kind === "numeric");
  const factorOf = new Map(numeric.map(({ name }, i) => [name, factors[i % factors.length]]));
  const columns = table.columns.map((column) => {
    const factor = factorOf.get(column.name);
    if (factor === undefined) return column;
    const values = Float64Array.from(numbersOf(column, readingOf(schema, column.name)), (value) => value * factor);
    return { name: column.name, type: "number" as const, values };
  });
  return { rows: table.rows, columns };
}
