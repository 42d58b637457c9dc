import { describe, expect, it } from "vitest";
import { convolutionCases } from "../../../../../test/gradcheck.windows.ts";
import { ndArray, noise, runKernel, runReference } from "../../../../../test/kernelHarness.ts";
import { type AnyOp, type NdArray, sizeOf } from "../../core/index.ts";
import type { Kernel } from "../../wasm/index.ts";
import { convolutionInputKernel, convolutionKernel, convolutionWeightKernel } from "./convolution.kernel.ts";
import { type ConvolutionAttrs, convolution, convolutionInput, convolutionWeight } from "./convolution.ts";

const random = noise(7);

/** Both sum in double, in another order: the results round alike but for the last bit. */
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
      if (sizeOf(attrs.stride) <= 4) same(convolutionInput, convolutionInputKernel, [dy, w], backward);
      same(convolutionWeight, convolutionWeightKernel, [dy, x], { ...attrs, kernel: weight.slice(2) });
    },
  );
});

it("declines what is not worth code", () => {
  const spec = (...shape: number[]) => ({ shape, dtype: "float32" as const });
  const attrs = {
    stride: [3, 3],
    padding: [
      [0, 0],
      [0, 0],
    ] as const,
    dilation: [1, 1],
    groups: 1,
  };
  const [x, w, dy] = [spec(1, 1, 9, 9), spec(1, 1, 3, 3), spec(1, 1, 3, 3)];
  expect(convolutionKernel.declines?.([x, w], [dy], attrs)).toBeUndefined();
  expect(convolutionInputKernel.declines?.([dy, w], [x], { ...attrs, size: [9, 9] })).toContain("stride");
  const [large, many] = [spec(1, 64, 512, 512), spec(1, 64, 510, 510)];
  const plain = { ...attrs, stride: [1, 1] };
  expect(convolutionKernel.declines?.([large, spec(64, 64, 3, 3)], [many], plain)).toContain("memory");
});
