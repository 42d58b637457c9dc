import { describe, expect, it } from "vitest";
import { ndArray, noise, runKernel, runReference } from "../../../../../test/kernelHarness.ts";
import type { AnyOp, NdArray } from "../../core/index.ts";
import type { Kernel } from "../../wasm/index.ts";
import { type Border, borderedShape, noBorder, toLast } from "./border.ts";
import {
  batchNormEvalLastKernel,
  batchNormLastKernel,
  batchNormReluLastKernel,
  batchNormReluMaxPoolLastKernel,
  batchNormReluMeanLastKernel,
} from "./norm.kernel.ts";
import {
  batchNormEvalLast,
  batchNormLast,
  batchNormReluLast,
  batchNormReluMaxPoolLast,
  batchNormReluMeanLast,
} from "./norm.ts";
import {
  batchNormBackwardLastKernel,
  batchNormReluBackwardLastKernel,
  batchNormReluMaxPoolBackwardLastKernel,
  batchNormReluMeanBackwardLastKernel,
} from "./normBackward.kernel.ts";
import {
  batchNormBackwardLast,
  batchNormReluBackwardLast,
  batchNormReluMaxPoolBackwardLast,
  batchNormReluMeanBackwardLast,
} from "./normBackward.ts";

const eps = 1e-5;

const around: Border = [
  [1, 1],
  [1, 1],
];
const uneven: Border = [
  [2, 0],
  [1, 3],
];

type Planes = readonly [n: number, c: number, h: number, w: number];

/** Channels-last pictures, from values for [N, C, H, W]; the border is zero. */
function last([n, c, h, w]: Planes, border: Border, value: (channel: number, i: number) => number): NdArray {
  const pictures = ndArray([n, c, h, w], (i) => value(Math.floor(i / (h * w)) % c, i));
  const y = ndArray(borderedShape({ count: n, height: h, width: w, channels: c }, border), () => 0);
  toLast(pictures, y, border);
  return y;
}

/** Channels of different means and spreads. */
function batch(planes: Planes, border: Border): NdArray {
  const next = noise(planes[0] + planes[1] * 7 + planes[2]);
  return last(planes, border, (c) => next() * (0.5 + (c % 5)) + (c % 3) * 10 - 7);
}

const perChannel = (c: number, seed: number) => {
  const next = noise(seed);
  return ndArray([c], () => next());
};

const asDouble = ({ shape, dtype, data }: NdArray) => ndArray(shape, data, dtype === "float32" ? "float64" : dtype);

/**
 * The largest error of each output against the reference in double, in units of the scale of its
 * terms.
 */
function errors(
  row: AnyOp,
  kernel: Kernel<never>,
  inputs: readonly NdArray[],
  attrs: object,
  units: readonly ((channel: number) => number)[],
): number[] {
  const exact = runReference(row, inputs.map(asDouble), attrs);
  const actual = runKernel(row, kernel as Kernel<object>, inputs, attrs);
  return actual.map(({ data, shape }, output) => {
    let worst = 0;
    for (const [i, value] of data.entries()) {
      const difference = Math.abs(value - exact[output].data[i]);
      // One NaN makes it NaN, which is less than no bound: an expectation for each number takes a
      // minute.
      worst = Math.max(worst, difference / units[output](i % (shape.at(-1) as number)));
    }
    return worst / 2 ** -24;
  });
}

/** The largest magnitude in each channel. */
function largest({ shape, data }: NdArray): (channel: number) => number {
  const channels = shape.at(-1) as number;
  const most = new Float64Array(channels);
  for (const [i, value] of data.entries()) most[i % channels] = Math.max(most[i % channels], Math.abs(value));
  return (c) => most[c];
}

/** The scale of a batch's terms, for each channel. */
function unitsOf(x: NdArray, weight: NdArray, bias: NdArray, attrs: { readonly inputBorder: Border }) {
  const plain = { eps, ...attrs, border: noBorder };
  const ones = weight.data.map(() => 1);
  const unit = { ...weight, data: ones };
  const zero = { ...bias, data: ones.map(() => 0) };
  const [xhat, , variance] = runReference(batchNormLast, [x, unit, zero].map(asDouble), plain);
  const spread = largest(xhat);
  const std = (c: number) => Math.sqrt(variance.data[c]) + 1e-30;
  const scale = (c: number) => Math.abs(weight.data[c]) / Math.sqrt(variance.data[c] + eps);
  return {
    y: (c: number) => spread(c) * Math.abs(weight.data[c]) + Math.abs(bias.data[c]),
    mean: std,
    variance: (c: number) => std(c) ** 2,
    gradients: (dy: NdArray) => {
      const flow = largest(dy);
      const count = x.data.length / x.shape[3];
      return [
        (c: number) => scale(c) * flow(c) * (2 + spread(c) ** 2),
        (c: number) => count * flow(c) * (spread(c) + 1e-6),
        (c: number) => count * flow(c),
      ];
    },
  };
}

const forward = [
  [batchNormLast, batchNormLastKernel],
  [batchNormReluLast, batchNormReluLastKernel],
  [batchNormReluMaxPoolLast, batchNormReluMaxPoolLastKernel],
  [batchNormReluMeanLast, batchNormReluMeanLastKernel],
] as const;

const backward = [
  [batchNormBackwardLast, batchNormBackwardLastKernel],
  [batchNormReluBackwardLast, batchNormReluBackwardLastKernel],
  [batchNormReluMaxPoolBackwardLast, batchNormReluMaxPoolBackwardLastKernel],
  [batchNormReluMeanBackwardLast, batchNormReluMeanBackwardLastKernel],
] as const;

const channels = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 17, 20, 36];
const sizes = [
  [2, 2, 2],
  [3, 4, 6],
  [1, 6, 10],
  [5, 2, 8],
];
const shapes: Planes[] = [
  ...channels.flatMap((c) => sizes.map(([n, h, w]) => [n, c, h, w] as const)),
  [3, 7, 5, 3],
  [4, 8, 1, 1],
  [2, 3, 130, 2],
  [2, 8, 2, 270],
  [1, 36, 4, 150],
  [16, 12, 20, 12],
  [40, 6, 6, 5],
  [17, 3, 32, 2],
];
const borders: readonly (readonly [string, Border, Border])[] = [
  ["no borders", noBorder, noBorder],
  ["borders", around, uneven],
  ["a border behind", noBorder, around],
];

const isEven = ([, , h, w]: Planes) => h % 2 === 0 && w % 2 === 0;

describe.each(shapes.map((shape) => [`[${shape}]`, shape] as const))("over %s", (_, shape) => {
  const c = shape[1];
  it.each(borders)("agrees with the references in double: %s", (_, inputBorder, border) => {
    const x = batch(shape, inputBorder);
    const attrs = { eps, inputBorder, border };
    const parameters = [perChannel(c, 5), perChannel(c, 6)];
    const units = unitsOf(x, parameters[0], parameters[1], attrs);
    for (const [row, kernel] of forward) {
      if (row === batchNormReluMaxPoolLast && !isEven(shape)) continue;
      const [y, mean, variance] = errors(row, kernel, [x, ...parameters], attrs, [units.y, units.mean, units.variance]);
      expect(y, row.name).toBeLessThan(8);
      expect(mean, row.name).toBeLessThan(5);
      expect(variance, row.name).toBeLessThan(8);
    }
    const [, mean, variance] = runReference(batchNormLast, [x, ...parameters], attrs);
    const given = [x, mean, variance, ...parameters];
    const [error] = errors(batchNormEvalLast, batchNormEvalLastKernel, given, attrs, [units.y]);
    expect(error).toBeLessThan(4);
  });

  it.each(borders)("so do the gradients: %s", (_, inputBorder, border) => {
    const x = batch(shape, inputBorder);
    const [weight, bias] = [perChannel(c, 5), perChannel(c, 6)];
    const attrs = { eps, inputBorder, border, dyBorder: border };
    for (const [i, [row, kernel]] of backward.entries()) {
      if (row === batchNormReluMaxPoolBackwardLast && !isEven(shape)) continue;
      const [y, mean, variance] = runReference(forward[i][0], [x, weight, bias], attrs);
      const next = noise(9);
      const dy = ndArray(y.shape, () => next());
      const given = i === 0 ? [dy, x, weight] : [dy, x, weight, bias];
      const units = unitsOf(x, weight, bias, attrs).gradients(dy);
      const [dx, dweight, dbias] = errors(row, kernel, [...given, mean, variance], attrs, units);
      expect(dx, row.name).toBeLessThan(6);
      expect(dweight, row.name).toBeLessThan(4);
      expect(dbias, row.name).toBeLessThan(4);
    }
  });
});

describe("what is odd", () => {
  const shape = [70, 6, 4, 4] as const;
  const attrs = { eps, inputBorder: noBorder, border: noBorder };
  const parameters = [perChannel(6, 5), perChannel(6, 6)];
  const statistics = (x: NdArray, given: { readonly eps: number } = attrs) => {
    const [, mean, variance] = runKernel(batchNormLast, batchNormLastKernel, [x, ...parameters], {
      ...attrs,
      ...given,
    });
    const [, exactMean, exactVariance] = runReference(batchNormLast, [x, ...parameters].map(asDouble), attrs);
    return { mean, variance, exactMean, exactVariance };
  };

  it("channels with a large mean keep their digits", () => {
    const next = noise(3);
    const x = last(shape, noBorder, () => 1e6 + next());
    const units = unitsOf(x, parameters[0], parameters[1], attrs);
    const [y, mean] = errors(batchNormReluLast, batchNormReluLastKernel, [x, ...parameters], attrs, [
      units.y,
      units.mean,
      units.variance,
    ]);
    expect(y).toBeLessThan(8);
    expect(mean).toBeLessThan(5);
  });

  it.each([
    [
      "pixels that lie far from all others where x0 is taken",
      (c: number, i: number) => (c === 2 && ![2, 4, 11, 13].includes(i % 16) ? 1e4 : 0) + (i % 7) / 7,
    ],
    ["squares beyond float32", (_: number, i: number) => 1e25 * ((i % 5) - 2)],
    ["values near the largest", (_: number, i: number) => 3e38 * ((i % 3) - 1)],
    ["a channel that is constant", (c: number, i: number) => (c === 1 ? 3.7 : i % 5)],
  ] as const)("statistics are exact for %s", (_, value) => {
    const { mean, variance, exactMean, exactVariance } = statistics(last(shape, noBorder, value));
    for (let c = 0; c < 6; c++) {
      expect(Math.abs(mean.data[c] - exactMean.data[c])).toBeLessThanOrEqual(1e-6 * Math.sqrt(exactVariance.data[c]));
      expect(Math.abs(variance.data[c] - exactVariance.data[c])).toBeLessThanOrEqual(1e-6 * exactVariance.data[c]);
    }
  });

  it("squares below float32 count where eps is 0", () => {
    const next = noise(3);
    const x = last(shape, noBorder, () => 1e-25 * next());
    const { variance, exactVariance } = statistics(x, { eps: 0 });
    for (let c = 0; c < 6; c++) expect(variance.data[c] / exactVariance.data[c]).toBeCloseTo(1, 5);
  });

  const spoilt = [Number.NaN, Number.POSITIVE_INFINITY].flatMap((value) => [0, 17].map((at) => [value, at] as const));
  it.each(spoilt)("%s at %i spoils its own channel, forward and backward", (value, at) => {
    const x = last(shape, noBorder, (_, i) => (i === at ? value : (i * 7) % 5));
    for (const [i, [row, kernel]] of forward.entries()) {
      const expected = runReference(row, [x, ...parameters], attrs);
      const actual = runKernel(row, kernel, [x, ...parameters], attrs);
      const isNaNs = ({ data }: NdArray) => Array.from(data, Number.isNaN);
      for (const [j, array] of actual.entries()) expect(isNaNs(array)).toEqual(isNaNs(expected[j]));
      const [back, backKernel] = backward[i];
      const [y, mean, variance] = expected;
      const dy = ndArray(y.shape, () => 1);
      const given = [dy, x, ...parameters.slice(0, i === 0 ? 1 : 2), mean, variance];
      const gradAttrs = { ...attrs, dyBorder: noBorder };
      const exact = runReference(back, given, gradAttrs);
      for (const [j, array] of runKernel<never>(
        back,
        backKernel as Kernel<never>,
        given,
        gradAttrs as never,
      ).entries()) {
        expect(isNaNs(array)).toEqual(isNaNs(exact[j]));
      }
    }
  });

  it("of equal values the first of a window gets the gradient, and a scale that is infinite hides nothing", () => {
    const ties = last(
      [1, 4, 2, 2],
      noBorder,
      (c, i) =>
        [
          [5, 1, 5, 5],
          [1, 5, 5, 1],
          [1, 1, 5, 5],
          [1, 1, 1, 5],
        ][c][i % 4],
    );
    const ones = ndArray([4], () => 1);
    const [, mean, variance] = runReference(batchNormLast, [ties, ones, ones], attrs);
    const dy = ndArray([1, 1, 1, 4], () => 1);
    const given = [dy, ties, ones, ones, mean, variance];
    const gradAttrs = { ...attrs, dyBorder: noBorder };
    const [row, kernel] = backward[2];
    const [dx] = runKernel(row, kernel, given, gradAttrs);
    const [exact] = runReference(row, given, gradAttrs);
    for (const [i, value] of dx.data.entries()) expect(value).toBeCloseTo(exact.data[i], 5);

    const [y] = runKernel(
      batchNormReluMaxPoolLast,
      batchNormReluMaxPoolLastKernel,
      [ties, ndArray([4], () => Infinity), ones],
      attrs,
    );
    expect(Array.from(y.data)).toEqual([NaN, NaN, NaN, NaN]);
  });

  it("declines float64 and empty batches", () => {
    const declines = (x: readonly number[], dtype: "float32" | "float64") => {
      const parameter = { shape: [x[3]], dtype };
      return batchNormLastKernel.declines?.([{ shape: x, dtype }, parameter, parameter], [], attrs);
    };
    expect(declines([2, 4, 4, 3], "float32")).toBeUndefined();
    expect(declines([2, 4, 4, 3], "float64")).toContain("float32");
    expect(declines([0, 4, 4, 3], "float32")).toContain("empty");
  });
});
