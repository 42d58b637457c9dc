import { describe, expect, it } from "vitest";
import { convolutionCases } from "../../../../../test/gradcheck/conv.ts";
import { ndArray, noise, runKernel, runReference } from "../../../../../test/kernelHarness.ts";
import type { AnyOp, NdArray } from "../../core/index.ts";
import type { Kernel } from "../../wasm/index.ts";
import { convolutionInputKernel, convolutionKernel, convolutionWeightKernel } from "./convolution.kernel.ts";
import { type ConvolutionAttrs, convolution, convolutionInput, convolutionWeight } from "./convolution.ts";

const random = noise(7);

/** Both sum in double, in different orders: the results agree except in the last bit. */
function same<A>(row: AnyOp, kernel: Kernel<A>, inputs: readonly NdArray[], attrs: A): void {
  const [[actual], [expected]] = [runKernel(row, kernel, inputs, attrs), runReference(row, inputs, attrs)];
  expect(actual.shape).toEqual(expected.shape);
  const [relative, absolute] = expected.dtype === "float32" ? [2 ** -23, 1e-12] : [2 ** -48, 1e-13];
  const wrong = Array.from(expected.data, (value, i) => [actual.data[i], value]).filter(
    ([got, value]) => !(Math.abs(got - value) <= relative * Math.abs(value) + absolute),
  );
  expect(wrong).toEqual([]);
}

interface Case {
  readonly name: string;
  readonly input: readonly number[];
  readonly weight: readonly number[];
  readonly attrs: ConvolutionAttrs;
}

/** Widths around the vectors and the tiles of the product. */
const widths: Case[] = [1, 2, 3, 4, 5, 8, 9, 17].map((n) => ({
  name: `${n} wide`,
  input: [2, 2, 3, n],
  weight: [3, 2, 2, 1],
  attrs: {
    stride: [1, 1],
    padding: [
      [1, 0],
      [0, 0],
    ] as const,
    dilation: [1, 1],
    groups: 1,
  },
}));

const edges: Case[] = [
  {
    name: "more padding than the window reaches",
    input: [1, 1, 2, 3],
    weight: [1, 1, 2, 2],
    attrs: {
      stride: [1, 1],
      padding: [
        [3, 4],
        [2, 0],
      ],
      dilation: [1, 1],
      groups: 1,
    },
  },
  {
    name: "less behind than nothing",
    input: [1, 2, 7],
    weight: [2, 2, 2],
    attrs: { stride: [2], padding: [[1, -2]], dilation: [2], groups: 1 },
  },
  {
    name: "odd weights in three groups",
    input: [3, 3, 5, 5],
    weight: [3, 1, 3, 3],
    attrs: {
      stride: [2, 1],
      padding: [
        [1, 1],
        [1, 1],
      ],
      dilation: [1, 1],
      groups: 3,
    },
  },
  {
    name: "places behind the last window",
    input: [1, 1, 9, 8],
    weight: [2, 1, 2, 2],
    attrs: {
      stride: [4, 2],
      padding: [
        [0, 0],
        [0, 0],
      ],
      dilation: [1, 3],
      groups: 1,
    },
  },
];

describe.each(["float32", "float64"] as const)("kernels of convolution on %s agree with the references", (dtype) => {
  const array = (shape: readonly number[]) => ndArray(shape, random, dtype);

  it.each([...convolutionCases(), ...widths, ...edges].map((one): [string, Case] => [one.name, one]))(
    "%s",
    (_, { input, weight, attrs }) => {
      const [x, w, bias] = [array(input), array(weight), array(weight.slice(0, 1))];
      const dy = array(convolution.shape([x, w, bias], attrs)[0].shape);
      same(convolution, convolutionKernel, [x, w, bias], attrs);
      const backward = { ...attrs, size: input.slice(2) };
      same(convolutionInput, convolutionInputKernel, [dy, w], backward);
      same(convolutionWeight, convolutionWeightKernel, [dy, x], { ...attrs, kernel: weight.slice(2) });
    },
  );
});

it.each(["float32", "float64"] as const)("multiplies no weight with what lies around or between: %s", (dtype) => {
  // import torch; x = torch.ones(1, 1, 4, 4, requires_grad=True); w = torch.ones(1, 1, 3, 3); w[0,
  // 0, 0, 0] = float("inf") torch.autograd.grad(torch.conv2d(x, w, stride=2, padding=1).sum(), x)
  const expected = [1, 2, 1, 1, 2, Infinity, 2, 2, 1, 2, 1, 1, 1, 2, 1, 1];
  const ones = (shape: readonly number[]) => ndArray(shape, () => 1, dtype);
  const padding = [
    [1, 1],
    [1, 1],
  ] as const;
  for (const wrong of [Infinity, Number.NaN]) {
    const weight = ones([1, 1, 3, 3]);
    weight.data[0] = wrong;
    const attrs = { stride: [2, 2], padding, dilation: [1, 1], groups: 1, size: [4, 4] };
    const [dx] = runKernel(convolutionInput, convolutionInputKernel, [ones([1, 1, 2, 2]), weight], attrs);
    expect([...dx.data]).toEqual(expected.map((value) => (value === Infinity ? wrong : value)));
  }
});

it("declines what fills the memory", () => {
  const spec = (...shape: number[]) => ({ shape, dtype: "float32" as const });
  const attrs = {
    stride: [1, 1],
    padding: [
      [0, 0],
      [0, 0],
    ] as const,
    dilation: [1, 1],
    groups: 1,
  };
  const [large, many] = [spec(1, 64, 512, 512), spec(1, 64, 510, 510)];
  const w = spec(64, 64, 3, 3);
  expect(convolutionKernel.declines?.([spec(1, 64, 9, 9), w], [spec(1, 64, 7, 7)], attrs)).toBeUndefined();
  expect(convolutionKernel.declines?.([large, w], [many], attrs)).toContain("memory");
  expect(convolutionInputKernel.declines?.([many, w], [large], { ...attrs, size: [512, 512] })).toContain("memory");
});
