import { expect, it } from "vitest";
import { Preprocessing } from "../encoding/preprocessing.ts";
import { inferSchema } from "../schema/inferSchema.ts";
import { tableFromColumns } from "../table/tableFrom.ts";
import { LinearInputs } from "./linearInputs.ts";

const rows = 400;
const of = <T>(value: (i: number) => T) => Array.from({ length: rows }, (_, i) => value(i));
const noise = (i: number) => Math.sin(i * 12.9898) * 43758.5453 - Math.floor(Math.sin(i * 12.9898) * 43758.5453) - 0.5;

it("say what the product of inputs and weights says, to the bit, also of embedded columns that are cut", () => {
  const table = tableFromColumns({
    number: of(noise),
    kind: of((i) => "xyz"[i % 3]),
    many: of((i) => `m${(i * i) % 97}`),
    others: of((i) => (i % 41 === 0 ? null : `o${i % 23}`)),
    y: of((i) => noise(i + 1000)),
  });
  const schema = inferSchema(table, { target: "y" });
  const all = Int32Array.from(of((i) => i));
  const preprocessing = Preprocessing.fit(table, schema, all, { embedAbove: 10 });
  const inputs = new LinearInputs(table, preprocessing, all.subarray(0, 300));
  expect(preprocessing.embeddings.map(({ column }) => column)).toEqual(["many", "others"]);
  expect(inputs.cut).toEqual(["many"]);
  const { width } = inputs;
  const outputs = 3;
  const weights = Float64Array.from({ length: outputs * (width + 1) }, (_, i) => noise(i + 500));
  const some = all.filter((row) => row % 3 !== 1);
  const x = inputs.of(table, some);
  const expected = Float64Array.from({ length: some.length * outputs }, (_, at) => {
    const [i, k] = [Math.floor(at / outputs), at % outputs];
    let sum = weights[k * (width + 1) + width];
    for (let j = 0; j < width; j++) sum += weights[k * (width + 1) + j] * x[i * width + j];
    return sum;
  });
  expect(inputs.outputs(table, some, weights, outputs)).toEqual(expected);
});
