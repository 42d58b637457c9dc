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
