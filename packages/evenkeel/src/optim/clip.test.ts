import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Tensor, tensor } from "../tensor/index.ts";
import { clipGradNorm, clipGradNorm_, clipGradValue, clipGradValue_ } from "./index.ts";

/** Parameters with the given gradients, and one without. */
function withGradients(...gradients: number[][]): Tensor[] {
  const params = gradients.map((gradient) => {
    const param = tensor(new Float32Array(gradient.length), { requiresGrad: true });
    param.grad = tensor(gradient);
    return param;
  });
  return [...params, tensor([1], { requiresGrad: true })];
}

const gradients = (params: Tensor[]) => params.flatMap(({ grad }) => (grad === null ? [] : Array.from(grad.data)));

describe("clipGradNorm", () => {
  // Values are those of torch 1.13.
  it.each([
    { maxNorm: 1, normType: 2, norm: 13, clipped: [0.23076921701431274, 0.307692289352417, -0.923076868057251] },
    { maxNorm: 100, normType: 2, norm: 13, clipped: [3, 4, -12] },
    { maxNorm: 1, normType: 1, norm: 19, clipped: [0.15789471566677094, 0.21052628755569458, -0.6315788626670837] },
    { maxNorm: 1, normType: Number.POSITIVE_INFINITY, norm: 12, clipped: [0.25, 0.333333313, -0.99999994] },
    { maxNorm: 2, normType: 3, norm: 12.207056999206543, clipped: [0.4915189147, 0.6553585529, -1.966075658] },
  ])("scales all gradients together: $maxNorm in the $normType-norm", ({ maxNorm, normType, norm, clipped }) => {
    const params = withGradients([3, 4], [-12]);
    const total = clipGradNorm(params, maxNorm, { normType });
    expect(total.shape).toEqual([]);
    expect(total.item()).toBeCloseTo(norm, 5);
    for (const [i, value] of gradients(params).entries()) expect(value).toBeCloseTo(clipped[i], 6);
  });

  it("takes a single tensor, any iterable, and nothing to clip", () => {
    const [param] = withGradients([3, 4]);
    expect(clipGradNorm(param, 1).item()).toBe(5);
    expect(clipGradNorm(new Set(withGradients([6, 8])).values(), 1).item()).toBe(10);
    expect(clipGradNorm([tensor([1], { requiresGrad: true })], 1).item()).toBe(0);
  });

  it("never leaves a larger norm, and keeps the direction", () => {
    const values = fc.array(fc.float({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 6 });
    const cases = fc.tuple(
      fc.array(values, { minLength: 1, maxLength: 3 }),
      fc.float({ min: Math.fround(0.01), max: 100, noNaN: true }),
    );
    fc.assert(
      fc.property(cases, ([lists, maxNorm]) => {
        const params = withGradients(...lists);
        const before = gradients(params);
        const total = clipGradNorm(params, maxNorm).item();
        const after = gradients(params);
        expect(Math.hypot(...after)).toBeLessThanOrEqual(maxNorm * (1 + 1e-5));
        const scale = Math.min(1, maxNorm / (total + 1e-6));
        for (const [i, value] of after.entries()) {
          expect(Math.abs(value - before[i] * scale)).toBeLessThanOrEqual(1e-6 * Math.abs(before[i] * scale) + 1e-30);
        }
      }),
    );
  });

  it("leaves gradients alone when it throws", () => {
    const params = withGradients([1, Number.POSITIVE_INFINITY], [2]);
    expect(() => clipGradNorm(params, 1, { errorIfNonfinite: true })).toThrow(
      /total norm of order 2 for gradients from parameters is Infinity, so it cannot be clipped.*errorIfNonfinite/,
    );
    expect(gradients(params)).toEqual([1, Number.POSITIVE_INFINITY, 2]);
    expect(clipGradNorm(params, 1).item()).toBe(Number.POSITIVE_INFINITY);
    expect(gradients(params)).toEqual([0, Number.NaN, 0]);
  });

  it.each<[string, () => unknown, RegExp]>([
    ["a negative maxNorm", () => clipGradNorm([], -1), /maxNorm is -1, expected a number of at least 0/],
    ["maxNorm NaN", () => clipGradNorm([], Number.NaN), /maxNorm is NaN/],
    [
      "normType 0",
      () => clipGradNorm([], 1, { normType: 0 }),
      /normType is 0, expected a finite number above 0, or Infinity/,
    ],
    // @ts-expect-error PyTorch takes "inf" too
    ["a norm by name", () => clipGradNorm([], 1, { normType: "inf" }), /normType is "inf", expected a finite number/],
    // @ts-expect-error: PyTorch's positional norm
    ["an option by position", () => clipGradNorm([], 1, 1), /clipGradNorm: the options are 1, expected an object/],
    // @ts-expect-error: PyTorch's spelling
    ["an unknown option", () => clipGradNorm([], 1, { norm_type: 1 }), /unknown option "norm_type", expected normType/],
    // @ts-expect-error no maxNorm
    ["no maxNorm", () => clipGradNorm([]), /maxNorm is undefined, expected a number/],
    // @ts-expect-error numbers
    ["numbers", () => clipGradNorm([1], 1), /parameter 0 is 1, expected a Tensor/],
    // @ts-expect-error nothing
    ["nothing", () => clipGradValue(null, 1), /parameters is null, expected a Tensor or an iterable of Tensors/],
    ["a negative clipValue", () => clipGradValue([], -1), /clipValue is -1, expected a number of at least 0/],
  ])("refuses %s", (_, attempt, message) => {
    expect(attempt).toThrow(message);
  });
});

describe("clipGradValue", () => {
  it("clips each number", () => {
    const params = withGradients([3, 4], [-12]);
    const grad = params[0].grad;
    clipGradValue(params, 3.5);
    expect(gradients(params)).toEqual([3, 3.5, -3.5]);
    expect(params[0].grad).toBe(grad);
  });
});

it("PyTorch's names are the same functions", () => {
  expect([clipGradNorm_, clipGradValue_]).toEqual([clipGradNorm, clipGradValue]);
});
