import { tableFromRows } from "evenkeel/tabular";
import { expect, it } from "vitest";
import { toEvenkeel } from "../code/toEvenkeel.ts";
import { defaultSetup } from "../state/setup.ts";
import { prepareRows, settleTable } from "./rows.ts";

const table = tableFromRows(
  Array.from({ length: 200 }, (_, i) => {
    const cylinders = [4, 6, 8][i % 3];
    return { cylinders, weight: i % 10 === 0 ? "unknown" : String(1800 + ((i * 937) % 2900)), mpg: 40 - cylinders };
  }),
);
const meaning = { kinds: { cylinders: "category" }, nulls: ["unknown"] } as const;

it("columns mean what their owner says, in the training and in the program of it", () => {
  expect(() => settleTable(table, "mpg", defaultSetup)).toThrow(/"unknown"/);
  const settled = settleTable(table, "mpg", defaultSetup, meaning);
  expect(settled.schema.columns.map(({ kind }) => kind)).toEqual(["category", "numeric", "numeric"]);
  const rows = prepareRows(table, "mpg", defaultSetup, settled);
  expect(rows.preprocessing.features).toHaveLength(5); // three categories, the weight, and whether it is missing
  expect(toEvenkeel(rows, defaultSetup, "right", "cars.json")).toContain(
    'inferSchema(table, { target: "mpg", kinds: { cylinders: "category" }, nulls: ["unknown"] });',
  );
});
