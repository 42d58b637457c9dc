import { compile, nn, type Tensor, tensor } from "evenkeel";
import {
  computeBins,
  inferSchema,
  PiecewiseLinearEncoding,
  Preprocessing,
  type Table,
  tableFromColumns,
} from "evenkeel/tabular";
import { describe, expect, it } from "vitest";
import { decode, type Golden, load } from "./goldens/golden.ts";

/** Columns as inputs beside numpy's, in float64: see goldens/make_encoding.py. */

interface Bins {
  readonly name: string;
  readonly values: readonly number[];
  readonly bins: number;
  readonly edges: readonly number[];
  readonly points: readonly number[];
  readonly held: Golden;
  readonly free: Golden;
}

interface Encoded {
  readonly name: string;
  readonly train: readonly number[];
  readonly columns: Readonly<Record<string, readonly unknown[]>>;
  readonly inputs: readonly (readonly [name: string, source: number, values: Golden])[];
  readonly codes: readonly (readonly [column: string, categories: number, source: number, codes: number[]])[];
}

const goldens = load<{ bins: Bins[]; tables: Encoded[] }>("encoding.json");

function expectNear(got: ArrayLike<number>, want: ArrayLike<number>, relative: number): void {
  expect(got.length).toBe(want.length);
  for (let i = 0; i < want.length; i++) {
    expect(Math.abs(got[i] - want[i])).toBeLessThanOrEqual(relative * Math.max(1, Math.abs(want[i])));
  }
}

describe("bins", () => {
  it.each(goldens.bins)("$name", ({ values, bins, edges, points, held, free }) => {
    const column = (of: readonly number[]) => tensor(of, { dtype: "float64" }).unsqueeze(1);
    const [found] = computeBins(column(values), bins);
    expectNear(found, edges, 1e-14);
    for (const [extrapolate, want] of [
      [false, held],
      [true, free],
    ] as const) {
      const layer = new PiecewiseLinearEncoding([edges], { extrapolate });
      expect([layer.inFeatures, layer.outFeatures]).toEqual([1, edges.length - 1]);
      const expected = decode(want).data as Float64Array;
      // The layer's edges are float32, and so a place in a bin is off by their rounding beside its width.
      const width = Math.min(...edges.slice(1).map((edge, i) => edge - edges[i]));
      const rounding = (2 ** -22 * Math.max(...edges.map(Math.abs))) / width + 2 ** -20;
      const x = column(points).to("float32");
      const out = layer(x);
      expect(out.shape).toEqual([points.length, edges.length - 1]);
      expectNear(out.data, expected, rounding);
      const program = compile((input: Tensor) => layer(input));
      expect([...program(x).data]).toEqual([...out.data]);
      const doubled = layer.to("float64");
      expect(doubled(column(points)).dtype).toBe("float64");
    }
  });
});

describe("the inputs of a table", () => {
  it.each(goldens.tables)("$name", ({ train, columns, inputs, codes }) => {
    const table = tableFromColumns({ ...columns, y: Object.values(columns)[0].map((_, i) => Math.sin(i)) });
    const preprocessing = fittedOn(table, Int32Array.from(train), Object.keys(columns));
    expect(preprocessing.features).toEqual(inputs.map(([name]) => name));
    expect(preprocessing.embeddings).toEqual(codes.map(([column, categories]) => ({ column, categories })));
    expect(preprocessing.sources).toEqual({
      features: inputs.map(([, source]) => source),
      embeddings: codes.map(([, , source]) => source),
    });
    const encoded = preprocessing.encode(table);
    const width = inputs.length;
    for (const [j, [, , want]] of inputs.entries()) {
      // Computed in double and rounded once.
      expectNear(
        Array.from({ length: table.rows }, (_, i) => encoded.x[i * width + j]),
        decode(want).data,
        2 ** -24,
      );
    }
    for (const [k, [, , , want]] of codes.entries()) {
      expect(Array.from({ length: table.rows }, (_, i) => encoded.codes?.[i * codes.length + k])).toEqual(want);
    }
  });
});

function fittedOn(table: Table, train: Int32Array, features: readonly string[]): Preprocessing {
  const schema = inferSchema(table, { target: "y", features });
  return Preprocessing.fit(table, schema, train, {
    ...{ piecewise: true, effectCoding: true, dropConstant: true, yearDay: true, rareBelow: 3 },
  });
}

it("is a module: in a Sequential, saved with it, without parameters", () => {
  const layer = new PiecewiseLinearEncoding([
    [0, 1, 2],
    [5, 9],
  ]);
  const net = new nn.Sequential(layer, new nn.Linear(layer.outFeatures, 1));
  expect(net(tensor([[0.5, 7]])).shape).toEqual([1, 1]);
  expect([...layer(tensor([[1.5, 7]])).data]).toEqual([1, 0.5, 0.5]);
  expect([...layer.parameters()]).toEqual([]);
  expect(Object.keys(net.stateDict())).toEqual(["0.left", "0.width", "1.weight", "1.bias"]);
});
