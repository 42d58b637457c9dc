import { expect, it } from "vitest";
import { Preprocessing } from "../encoding/preprocessing.ts";
import { inferSchema } from "../schema/inferSchema.ts";
import { tableFromRows } from "../table/tableFrom.ts";
import { unfamiliarValues } from "./unfamiliar.ts";

const training = tableFromRows(
  Array.from({ length: 20 }, (_, i) => ({
    size: i / 3,
    used: i % 3 === 0,
    since: new Date(Date.UTC(2000 + i, i % 12)),
    origin: ["USA", "Japan"][i % 2],
    cylinders: [4, 6][i % 2],
    y: Math.sin(i),
  })),
);
const schema = inferSchema(training, { target: "y", kinds: { cylinders: "category" } });
const preprocessing = Preprocessing.fit(
  training,
  schema,
  Int32Array.from({ length: 20 }, (_, i) => i),
);

it("counts categories that training had too rarely", () => {
  const table = tableFromRows(
    Array.from({ length: 20 }, (_, i) => ({ c: i < 2 ? "rare" : "uvw"[i % 3], y: Math.sin(i) })),
  );
  const rows = Int32Array.from({ length: 20 }, (_, i) => i);
  const fitted = Preprocessing.fit(table, inferSchema(table, { target: "y" }), rows, { rareBelow: 3 });
  expect(unfamiliarValues(fitted, table)).toEqual([{ column: "c", missing: 0, unknown: 2, examples: ["rare"] }]);
});

it("counts missing values, and categories that training did not have, by column", () => {
  expect(unfamiliarValues(preprocessing, training)).toEqual([]);
  const table = tableFromRows([
    { size: "NA", used: null, since: "2001-01-01", origin: "Japan", cylinders: 4 },
    { size: 1, used: true, since: null, origin: "France", cylinders: 5 },
    { size: 2, used: null, since: "2001-01-01", origin: "n/a", cylinders: null },
    { size: 3, used: false, since: "2001-01-01", origin: "Italy", cylinders: 6 },
    { size: 3, used: false, since: "2001-01-01", origin: "France", cylinders: 6 },
  ]);
  expect(unfamiliarValues(preprocessing, table)).toEqual([
    { column: "size", missing: 1, unknown: 0, examples: [] },
    { column: "used", missing: 2, unknown: 0, examples: [] },
    { column: "since", missing: 1, unknown: 0, examples: [] },
    { column: "origin", missing: 1, unknown: 3, examples: ["France", "Italy"] },
    { column: "cylinders", missing: 1, unknown: 1, examples: ["5"] },
  ]);
});

it("finds numbers and dates outside the range of the training rows", () => {
  const table = tableFromRows([
    { size: 6.4, used: true, since: "2001-01-01", origin: "USA", cylinders: 4 },
    { size: null, used: true, since: "2019-08-01", origin: "USA", cylinders: 4 },
    { size: -9, used: true, since: "1999-12-31T12:00", origin: "USA", cylinders: 4 },
    { size: 19 / 3, used: true, since: "2030-02-03", origin: "USA", cylinders: 4 },
  ]);
  const day = (...date: [number, number, number]) => Date.UTC(...date);
  expect(unfamiliarValues(preprocessing, table)).toEqual([
    {
      ...{ column: "size", missing: 1, unknown: 0, examples: [] },
      outside: { kind: "numeric", rows: Int32Array.of(0, 2), least: 0, most: 19 / 3, furthest: -9, squashed: true },
    },
    {
      ...{ column: "since", missing: 0, unknown: 0, examples: [] },
      outside: {
        ...{ kind: "date", rows: Int32Array.of(2, 3), squashed: true },
        ...{ least: day(2000, 0, 1), most: day(2019, 7, 1), furthest: day(2030, 1, 3) },
      },
    },
  ]);
});
