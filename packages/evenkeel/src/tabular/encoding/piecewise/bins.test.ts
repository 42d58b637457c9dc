import fc from "fast-check";
import { expect, it } from "vitest";
import { Generator } from "../../../random/index.ts";
import { rand, tensor } from "../../../tensor/index.ts";
import { binEdges, binsFor, writePiecewise } from "./bins.ts";
import { computeBins, PiecewiseLinearEncoding } from "./piecewiseLinearEncoding.ts";

it.each<[present: number, columns: number, bins: number]>([
  [100_000, 1, 16],
  [100_000, 16, 16],
  [100_000, 17, 15],
  [100_000, 64, 4],
  [100_000, 1000, 4],
  [127, 1, 15],
  [24, 1, 3],
  [3, 1, 2],
])("%i values, one of %i columns: %i bins", (present, columns, bins) => {
  expect(binsFor(present, columns)).toBe(bins);
});

const numbers = fc.array(fc.oneof(fc.double({ noNaN: true, min: -1e38, max: 1e38 }), fc.integer({ min: -3, max: 3 })), {
  minLength: 1,
  maxLength: 60,
});

it("edges increase, from the least to the most, and values become finite shares that never fall", () => {
  fc.assert(
    fc.property(numbers, fc.integer({ min: 1, max: 20 }), (values, bins) => {
      const edges = binEdges(Float64Array.from(values), bins);
      expect(edges.length).toBeLessThanOrEqual(bins + 1);
      expect([edges[0], edges.at(-1)]).toEqual([Math.min(...values) + 0, Math.max(...values) + 0]);
      for (let i = 1; i < edges.length; i++) expect(edges[i]).toBeGreaterThan(edges[i - 1]);
      const encoded = [...edges, ...values, -3e38, 3e38]
        .sort((a, b) => a - b)
        .map((value) => {
          const out = new Float32Array(edges.length - 1);
          writePiecewise(value, edges, out, 0);
          return out;
        });
      for (const [i, now] of encoded.entries()) {
        expect(now.every((share) => share >= 0 && share <= 1)).toBe(true);
        // A bin begins only where the one before it is full.
        expect(now.every((share, bin) => bin === 0 || share === 0 || now[bin - 1] === 1)).toBe(true);
        if (i > 0) expect(now.every((share, bin) => share >= encoded[i - 1][bin])).toBe(true);
      }
    }),
  );
});

it("the layer does what preprocessing does, to float32", () => {
  const x = rand([200, 3], { generator: new Generator(1) }).mul(tensor([1, 40, -3]));
  const bins = computeBins(x, 16);
  const out = new PiecewiseLinearEncoding(bins)(x);
  const starts = bins.map((_, j) => bins.slice(0, j).reduce((sum, { length }) => sum + length - 1, 0));
  const want = new Float32Array(out.numel());
  for (let i = 0; i < 200; i++) {
    for (const [j, edges] of bins.entries()) {
      writePiecewise(x.data[3 * i + j], edges, want, i * out.shape[1] + starts[j]);
    }
  }
  for (let i = 0; i < want.length; i++) expect(Math.abs(out.data[i] - want[i])).toBeLessThan(2 ** -15);
});

it("edges of equal numbers of another kind are those of the numbers", () => {
  const column = rand([50, 1], { generator: new Generator(2) });
  const [found] = computeBins(column.expand(50, 2), 8);
  expect(found).toEqual(computeBins(column, 8)[0]);
  expect(found.every((edge) => Math.fround(edge) === edge)).toBe(true);
});

it.each<[string, () => unknown, RegExp]>([
  ["a list", () => computeBins([[1], [2]] as never), /computeBins: x is a list of 2, expected a Tensor/],
  ["whole numbers", () => computeBins(tensor([[1], [2]], { dtype: "int32" })), /x has dtype int32/],
  ["one dimension", () => computeBins(tensor([1, 2])), /x has shape \[2\], expected \[n, features\]/],
  ["no rows", () => computeBins(rand([0, 2])), /there are no rows/],
  [
    "NaN",
    () =>
      computeBins(
        tensor([
          [1, 2],
          [3, Number.NaN],
        ]),
      ),
    /x\[1, 1\] is NaN, expected finite numbers/,
  ],
  [
    "a constant column",
    () =>
      computeBins(
        tensor([
          [1, 2],
          [3, 2],
        ]),
      ),
    /column 1 of x has the value 2 in all rows/,
  ],
  ["no bins", () => computeBins(rand([9, 2]), 0), /nBins is 0, expected a whole number from 1/],
  ["one edge", () => new PiecewiseLinearEncoding([[1]]), /bins\[0\] is \[1\], expected two or more edges/],
  [
    "equal edges",
    () =>
      new PiecewiseLinearEncoding([
        [0, 1],
        [1, 1 + 1e-9],
      ]),
    /bins\[1\]\[1\] is .* more than the edge before, 1, in float32/,
  ],
  [
    "a misspelt option",
    () => new PiecewiseLinearEncoding([[0, 1]], { clamp: true } as never),
    /unknown option "clamp"/,
  ],
  [
    "another width",
    () => new PiecewiseLinearEncoding([[0, 1]])(rand([3, 2])),
    /input has shape \[3, 2\], expected \[..., 1\]/,
  ],
])("refuses %s", (_, call, message) => {
  expect(call).toThrow(message);
});
