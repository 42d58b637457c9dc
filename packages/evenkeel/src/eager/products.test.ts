import { describe, expect, it } from "vitest";
import { noise } from "../../../../test/kernelHarness.ts";
import type { TypedArray } from "../core/index.ts";
import { product } from "../ops/matmul/product.ts";
import { Products } from "./products.ts";

/** Products in WebAssembly against the reference, to the bit. */

const products = new Products();

type Floats = Float32Array | Float64Array;

interface Case {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly bias: boolean;
  readonly dtype: "float32" | "float64";
}

function check(given: Case, values: () => number, into: Products = products): void {
  const { m, n, k, transposeA, transposeB, dtype } = given;
  const floats = (length: number): Floats => {
    const data = dtype === "float32" ? new Float32Array(length) : new Float64Array(length);
    for (let i = 0; i < length; i++) data[i] = values();
    return data;
  };
  const [a, b] = [floats(m * k), floats(k * n)];
  const bias = given.bias ? floats(n) : undefined;
  const [y, expected] = [floats(m * n), floats(m * n)];
  into.multiply({ a, transposeA, b, transposeB, y, m, n, k, bias });
  product("matmul", a, transposeA, b, transposeB, expected, m, n, k, bias);
  expectSame(y, expected, JSON.stringify(given));
}

function expectSame(y: TypedArray, expected: TypedArray, what: string): void {
  const wrong = y.findIndex((value, i) => !Object.is(value, expected[i]));
  if (wrong >= 0) expect.fail(`${what}: element ${wrong} is ${y[wrong]}, expected ${expected[wrong]}`);
}

const sides = [false, true];
const variants = sides.flatMap((transposeA) =>
  sides.flatMap((transposeB) =>
    sides.flatMap((bias) =>
      (["float32", "float64"] as const).map((dtype) => ({ transposeA, transposeB, bias, dtype })),
    ),
  ),
);

describe.each(variants)("$dtype, transposed: $transposeA and $transposeB, with a bias: $bias", (variant) => {
  it("has the bits of the reference for small matrices of all sizes", () => {
    const sizes = [1, 2, 3, 4, 5, 8, 9];
    for (const m of sizes)
      for (const n of sizes) for (const k of sizes) check({ ...variant, m, n, k }, noise(m * n + k));
  });

  it("has them around the edges of blocks", () => {
    for (const [m, n, k] of [
      [255, 127, 255],
      [256, 128, 256],
      [257, 129, 257],
      [1, 300, 2],
      [600, 1, 3],
      [2, 1, 1100],
      [259, 133, 1],
      [3, 257, 515],
    ]) {
      check({ ...variant, m, n, k }, noise(m + n + k));
    }
  });

  it("has them for random sizes", () => {
    const random = noise(17);
    const size = (most: number) => 1 + Math.floor((Math.abs(random()) * most) / 3);
    for (let i = 0; i < 40; i++) check({ ...variant, m: size(90), n: size(90), k: size(90) }, random);
  });

  it("has them among NaN, infinities, zeros, and the smallest and largest numbers", () => {
    const special = [Number.NaN, 1 / 0, -1 / 0, 0, -0, 1e-45, -1e-40, 5e-324, 3.4e38, -3e38, 1, -2.5];
    const random = noise(3);
    // Seldom, or every sum is NaN.
    const values = () => (Math.abs(random()) > 1.6 ? special[Math.floor(Math.abs(random()) * 4)] : random());
    for (const [m, n, k] of [
      [7, 9, 5],
      [33, 34, 3],
      [5, 6, 31],
    ]) {
      for (let i = 0; i < 10; i++) check({ ...variant, m, n, k }, values);
    }
  });
});

it("leaves nothing of one product in the next", () => {
  const plain = { transposeA: false, transposeB: true, bias: false, dtype: "float32" } as const;
  for (let i = 0; i < 3; i++) {
    check({ ...plain, m: 70, n: 90, k: 50 }, () => Number.NaN);
    check({ ...plain, m: 5, n: 7, k: 3 }, noise(i));
    check({ ...plain, m: 69, n: 89, k: 51 }, noise(i));
  }
});

it("gives the same bits in memory that is new and in memory that was used", () => {
  const plain = { transposeA: true, transposeB: false, bias: true, dtype: "float32" } as const;
  check({ ...plain, m: 61, n: 43, k: 300 }, noise(5), new Products());
  check({ ...plain, m: 61, n: 43, k: 300 }, noise(5));
});
