import { describe, expect, it } from "vitest";
import { ndArray, noise, runKernel, runReference } from "../../../../../test/kernelHarness.ts";
import type { NdArray } from "../../core/index.ts";
import { hasRelaxedMadd } from "../../wasm/index.ts";
import { relu } from "../elementwise/activation.ts";
import { batchNormEvalKernel } from "../normalize/normalize.kernel.ts";
import { batchNormEval } from "../normalize/normalize.ts";
import { linearChainKernel } from "./linearChain.kernel.ts";
import { type ChainLayer, linearChain } from "./linearChain.ts";
import { linearKernel, matmulKernel } from "./matmul.kernel.ts";
import { linear, matmul } from "./matmul.ts";

/** Chains of layers against the kernels of the ops, one after the other: bit for bit. */

interface Chain {
  readonly rows: number;
  /** Inputs, then the outputs of each layer. */
  readonly widths: readonly number[];
  readonly layers: readonly ChainLayer[];
}

const eps = 1e-5;
const full: ChainLayer = { bias: true, eps, relu: true };
const plain: ChainLayer = { bias: true, relu: false };
const kinds: readonly ChainLayer[] = [true, false].flatMap((bias) =>
  [eps, undefined].flatMap((eps) => [true, false].map((relu) => ({ bias, eps, relu }))),
);

/** Input and operands; some columns have a large mean, every second norm its statistics in double. */
function inputsOf({ rows, widths, layers }: Chain): NdArray[] {
  let seed = 0;
  const random = (...shape: number[]) => ndArray(shape, noise(++seed));
  const operands = layers.flatMap(({ bias, eps }, i) => {
    const n = widths[i + 1];
    const operands = [random(n, widths[i]), ...(bias ? [random(n)] : [])];
    if (eps === undefined) return operands;
    const dtype = i % 2 === 0 ? "float32" : "float64";
    const statistic = (value: (x: number, c: number) => number): NdArray =>
      ndArray([n], Float64Array.from(random(n).data, value), dtype);
    const mean = statistic((x, c) => 3 * x + (c % 5 === 2 ? 4000 : 0));
    return [...operands, mean, statistic((x) => Math.abs(x) + 0.01), random(n), random(n)];
  });
  return [random(rows, widths[0]), ...operands];
}

/** The layers by the kernels of their ops. */
function apart([x, ...operands]: readonly NdArray[], layers: readonly ChainLayer[], fast: boolean): NdArray[] {
  let y = [x];
  const left = [...operands];
  const next = (count: number) => left.splice(0, count);
  for (const { bias, eps, relu: rectify } of layers) {
    const product = [...y, ...next(bias ? 2 : 1)];
    y = bias
      ? runKernel(linear, linearKernel, product, {}, { fast })
      : runKernel(matmul, matmulKernel, product, { transposeB: true }, { fast });
    if (eps !== undefined) y = runKernel(batchNormEval, batchNormEvalKernel, [...y, ...next(4)], { eps });
    if (rectify) y = runReference(relu, y, {});
  }
  return y;
}

function check(chain: Chain, fast = false): void {
  const inputs = inputsOf(chain);
  const { layers } = chain;
  const what = `${chain.rows} x ${chain.widths.join("-")} ${JSON.stringify(layers)}`;
  expect(runKernel(linearChain, linearChainKernel, inputs, { layers }, { fast }), what).toEqual(
    apart(inputs, layers, fast),
  );
}

describe("a chain of layers has the bits of the ops one after the other", () => {
  it("the tutorial's network, whatever the rows", () => {
    for (const rows of [16, 17, 31, 32, 33, 63, 100, 1001]) {
      check({ rows, widths: [9, 50, 25, 1], layers: [full, full, plain] });
    }
  });

  it("of all kinds of layers, first and last", () => {
    for (const first of kinds) for (const last of kinds) check({ rows: 21, widths: [6, 7, 5], layers: [first, last] });
  });

  it("of every width up to 70", () => {
    for (let width = 1; width <= 70; width++) {
      check({ rows: 19, widths: [width, 71 - width, width], layers: [full, { ...full, relu: false }] });
    }
  });

  it("of few columns and few terms, whose sums run in another order", () => {
    for (const k of [1, 2, 3, 4, 5, 7, 8, 9]) {
      for (const n of [1, 2, 3, 4, 5, 6, 7, 9, 10, 11]) check({ rows: 16, widths: [k, n], layers: [plain] });
    }
  });

  it("of long sums, which have several parts", () => {
    for (const k of [127, 128, 129, 255, 256]) {
      check({ rows: 40, widths: [k, 9, k, 26], layers: [full, plain, full] });
    }
  });

  it.runIf(hasRelaxedMadd())("with relaxed_madd", () => {
    check({ rows: 50, widths: [9, 50, 25, 1], layers: [full, full, plain] }, true);
  });

  it("with NaN, infinities and a column of negative zeros", () => {
    const layers = [full, { ...plain, relu: true }, plain];
    const inputs = inputsOf({ rows: 35, widths: [9, 10, 11, 3], layers });
    inputs[0].data[9 * 3 + 1] = Number.NaN;
    inputs[0].data[9 * 34] = Number.POSITIVE_INFINITY;
    const [normWeight, normBias] = inputs.slice(5, 7);
    normWeight.data[9] = 0;
    normBias.data[9] = -0;
    const [y] = runKernel(linearChain, linearChainKernel, inputs, { layers });
    expect([y]).toEqual(apart(inputs, layers, false));
    expect(y.data.some(Number.isNaN)).toBe(true);
    const [last] = runKernel(linearChain, linearChainKernel, inputs.slice(0, 7), { layers: [full] });
    expect(last.data.some((value) => Object.is(value, -0))).toBe(false);
  });
});

it("the reference is that of the ops one after the other", () => {
  for (const bias of [true, false]) {
    const layers = [{ bias, eps, relu: true }, plain];
    const inputs = inputsOf({ rows: 5, widths: [4, 6, 3], layers });
    const [x, weight, ...rest] = inputs;
    const [product] = bias
      ? runReference(linear, [x, weight, rest[0]], {})
      : runReference(matmul, [x, weight], { transposeB: true });
    const [normalized] = runReference(batchNormEval, [product, ...rest.slice(bias ? 1 : 0, bias ? 5 : 4)], { eps });
    const expected = runReference(linear, [...runReference(relu, [normalized], {}), ...rest.slice(-2)], {});
    expect(runReference(linearChain, inputs, { layers })).toEqual(expected);
  }
});

describe("in parts", () => {
  const run = ({ layers, ...chain }: Chain, divided?: "forwards" | "backwards") => {
    const counts: number[] = [];
    const onParts = (count: number) => void counts.push(count);
    const [y] = runKernel(
      linearChain,
      linearChainKernel,
      inputsOf({ layers, ...chain }),
      { layers },
      { divided, onParts },
    );
    return { data: y.data, counts };
  };

  it.each([1009, 1040, 5000])("%i rows: parts in either order write the bits of the whole", (rows) => {
    const chain = { rows, widths: [30, 60, 5], layers: [full, plain] };
    const { data } = run(chain);
    for (const order of ["forwards", "backwards"] as const) expect(run(chain, order)).toEqual({ data, counts: [8] });
  });

  it("small ones have none", () => {
    const small = { rows: 500, widths: [9, 50, 25, 1], layers: [full, full, plain] };
    expect(run(small, "forwards").counts).toEqual([]);
  });
});

describe("declines", () => {
  const why = (chain: Chain, change: (inputs: NdArray[]) => void = () => {}) => {
    const inputs = inputsOf(chain);
    change(inputs);
    return linearChainKernel.declines?.(inputs, [], { layers: chain.layers });
  };
  const small = { rows: 32, widths: [4, 6, 3], layers: [full, plain] };
  const cases: readonly [string, Chain, RegExp][] = [
    ["few rows", { ...small, rows: 15 }, /fewer than 16 rows/],
    ["wide layers", { rows: 32, widths: [4, 257], layers: [plain] }, /256 columns/],
    ["many inputs", { rows: 32, widths: [300, 4], layers: [plain] }, /256 columns/],
    ["layers whose products are packed", { rows: 32, widths: [200, 200], layers: [plain] }, /by itself/],
    ["layers summed as dot products", { rows: 16, widths: [128, 8], layers: [plain] }, /by itself/],
    ["many weights", { rows: 99, widths: [150, 200, 150, 200], layers: [plain, plain, plain] }, /weights/],
    ["many layers", { rows: 32, widths: Array(18).fill(2), layers: Array(17).fill(plain) }, /16 layers/],
  ];
  it.each(cases)("%s", (_, chain, message) => expect(why(chain)).toMatch(message));

  it("other dtypes, and nothing else", () => {
    expect(why(small)).toBeUndefined();
    const double = (i: number) => (inputs: NdArray[]) => {
      inputs[i] = { ...inputs[i], dtype: "float64" };
    };
    // Statistics may be in double, and are at 3 and 4.
    expect(inputsOf(small).map((_, i) => why(small, double(i)) === undefined)).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7, 8].map((i) => i === 3 || i === 4),
    );
  });
});
