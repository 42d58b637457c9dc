import { afterEach, describe, expect, it, vi } from "vitest";
import { ndArray, noise, runReference } from "../../../../test/kernelHarness.ts";
import { type AnyOp, allocate, type NdArray, sizeOf } from "../core/index.ts";
import { batchNorm, batchNormBackward, batchNormEval } from "../ops/index.ts";
import { fasterReferences } from "./faster.ts";

/** Batch normalization in WebAssembly against the references, to the bit. */

afterEach(() => vi.restoreAllMocks());

type References = typeof fasterReferences;

const random = (shape: readonly number[], seed: number, dtype: NdArray["dtype"] = "float32") =>
  ndArray(shape, noise(seed), dtype);
const positive = (shape: readonly number[], seed: number, dtype: NdArray["dtype"] = "float32") => {
  const next = noise(seed);
  return ndArray(shape, () => Math.abs(next()), dtype);
};

function expectReference(op: AnyOp, inputs: readonly NdArray[], references: References = fasterReferences): void {
  const attrs = { eps: 1e-5 };
  const found = op.shape(inputs, attrs as never).map((spec) => {
    return { ...spec, data: allocate(spec.dtype, sizeOf(spec.shape)) };
  });
  references.get(op)?.(inputs, found, attrs as never);
  for (const [o, { data }] of runReference(op, inputs, attrs).entries()) {
    const wrong = data.findIndex((value, i) => !Object.is(value, found[o].data[i]));
    if (wrong < 0) continue;
    expect.fail(
      `${op.name} of [${inputs[0].shape}], output ${o}: element ${wrong} is ${found[o].data[wrong]}, expected ${data[wrong]}`,
    );
  }
}

/** All three rows, for x of a shape. */
function expectAll(x: NdArray, references?: References): void {
  const channels = [x.shape[1]];
  const [weight, bias] = [random(channels, 2, x.dtype), random(channels, 3, x.dtype)];
  expectReference(batchNorm, [x, weight, bias], references);
  const statistics = ["float32", "float64"] as const;
  for (const dtype of statistics) {
    const [mean, variance] = [random(channels, 4, dtype), positive(channels, 5, dtype)];
    expectReference(batchNormEval, [x, mean, variance, weight, bias], references);
  }
  const dy = ndArray(x.shape, noise(6), x.dtype);
  const [mean, variance] = [random(channels, 4, "float64"), positive(channels, 5, "float64")];
  expectReference(batchNormBackward, [dy, x, weight, mean, variance], references);
}

/** Beyond the number of elements from which on the code is made. */
const warm = () => expectAll(random([1000, 30], 1));

describe("batch normalization", () => {
  it("makes its code once, and not for a few small calls", async () => {
    vi.resetModules();
    const { fasterReferences: fresh } = await import("./faster.ts");
    const rows = await import("../ops/index.ts");
    const compiled = vi.spyOn(WebAssembly, "Module");
    const call = (shape: readonly number[]) => {
      const inputs = [random(shape, 1), random([shape[1]], 2), random([shape[1]], 3)];
      const outputs = runReference(rows.batchNorm, inputs, { eps: 1e-5 });
      fresh.get(rows.batchNorm)?.(inputs, outputs, { eps: 1e-5 } as never);
    };
    call([32, 50]);
    expect(compiled).not.toHaveBeenCalled();
    for (let i = 0; i < 3; i++) call([1000, 30]);
    expect(compiled).toHaveBeenCalledTimes(1);
  });

  it("has the bits of the references for all numbers of channels, around the edges of vectors and pieces", () => {
    warm();
    for (const channels of [1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 50, 64, 257]) {
      for (const rows of [2, 3, 33, Math.floor(8192 / channels), Math.floor(8192 / channels) + 1]) {
        expectAll(random([rows, channels], rows + channels));
      }
    }
    for (const channels of [2047, 2048, 2049]) expectAll(random([9, channels], channels));
  });

  it("keeps the digits of columns with a large mean", () => {
    warm();
    const next = noise(3);
    expectAll(ndArray([500, 7], () => 1e6 + next()));
  });

  it("cancels a large mean of the gradients as the references do", () => {
    warm();
    const next = noise(5);
    const [x, weight] = [random([2000, 9], 1), random([9], 2)];
    const [, mean, variance] = runReference(batchNorm, [x, weight, weight], { eps: 1e-5 });
    const dy = ndArray(x.shape, () => 1e9 + 1e4 * next());
    expectReference(batchNormBackward, [dy, x, weight, mean, variance]);
  });

  it("has them among NaN, infinities and the smallest numbers", () => {
    warm();
    const special = [Number.NaN, 1 / 0, -1 / 0, 0, -0, 1e-45, -1e-40, 3.4e38];
    const next = noise(4);
    // In some of the columns only.
    expectAll(ndArray([400, 15], (i) => (i % 15 < 8 && i > 3000 ? special[i % 15] : next())));
  });

  it("has them for pictures, single channels and doubles, which are left to the loops", () => {
    warm();
    for (const shape of [
      [20, 6, 10],
      [8, 5, 6, 6],
      [30, 4, 1],
    ])
      expectAll(random(shape, 1));
    expectAll(random([600, 10], 1, "float64"));
    expectAll(random([0, 10], 1));
  });

  it("leaves nothing of one call in the next", () => {
    warm();
    expectAll(ndArray([300, 9], () => Number.NaN));
    expectAll(random([299, 9], 8));
    expectAll(random([300, 5], 9));
  });
});

it("runs the loops where the engine refuses to compile, which is asked once", async () => {
  vi.resetModules();
  const { fasterPasses } = await import("./batchNorm.ts");
  const spy = vi.spyOn(WebAssembly, "Module").mockImplementation(() => {
    throw new WebAssembly.CompileError("Wasm code generation disallowed by embedder");
  });
  const sums = new Float64Array(4);
  for (let i = 0; i < 3; i++) fasterPasses.addValues(new Float32Array(400_000).fill(1), [4, 1], sums);
  expect([...sums]).toEqual([300_000, 300_000, 300_000, 300_000]);
  expect(spy).toHaveBeenCalledTimes(1);
});
