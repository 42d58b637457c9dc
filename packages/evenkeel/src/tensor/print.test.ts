import { afterEach, describe, expect, test } from "vitest";
import { allocate, type DType, type Shape } from "../core/index.ts";
import { formatTensor, type PrintSuffix, setPrintOptions } from "./print.ts";

// Every text below was printed by torch 1.13 for the same values and options (`torch.` taken out of
// the dtypes): torch.set_printoptions(profile="default"); torch.set_printoptions(...);
// print(torch.tensor(...))

interface Given {
  readonly shape?: Shape;
  readonly dtype?: DType;
  readonly suffix?: PrintSuffix;
}

function print(values: readonly number[], { shape = [values.length], dtype = "float32", suffix }: Given = {}): string {
  const data = allocate(dtype, values.length);
  data.set(values);
  return formatTensor({ data, shape, dtype }, suffix);
}

const counting = (length: number, step = 1) => Array.from({ length }, (_, i) => i * step);
const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

afterEach(() => setPrintOptions({ profile: "default" }));

describe("formatTensor prints as torch does", () => {
  test.each<[string, readonly number[], Given]>([
    ["tensor(3.)", [3], { shape: [] }],
    ["tensor(True)", [1], { shape: [], dtype: "bool" }],
    ["tensor(-7, dtype=int32)", [-7], { shape: [], dtype: "int32" }],
    ["tensor(0.1000, dtype=float64)", [0.1], { shape: [], dtype: "float64" }],
    ["tensor([ 1.,  2., -3.])", [1, 2, -3], {}],
    ["tensor([ 0.0312,  0.0938, -0.0010])", [0.03125, 0.09375, -1e-3], {}],
    ["tensor([1., nan, inf, -inf, -0.])", [1, nan, inf, -inf, -0], {}],
    ["tensor([nan, 0.])", [nan, 0], {}],
    ["tensor([1.5000,    nan,    inf,   -inf, -0.0000])", [1.5, nan, inf, -inf, -0], {}],
    ["tensor([1.0000e-05, 1.0000e+00])", [1e-5, 1], {}],
    ["tensor([1.0000e+00, 1.0010e+03])", [1, 1001], {}],
    ["tensor([1.0000e+05, 5.0000e-01])", [100005, 0.5], {}],
    ["tensor([2.0000e+08])", [2e8], {}],
    ["tensor([1.5000e+00, -0.0000e+00,        inf, 1.0000e+10])", [1.5, -0, inf, 1e10], {}],
    ["tensor([[ True, False]])", [1, 0], { shape: [1, 2], dtype: "bool" }],
    ["tensor([[0, 1, 2],\n        [3, 4, 5]], dtype=int32)", counting(6), { shape: [2, 3], dtype: "int32" }],
  ])("%s", (text, values, given) => {
    expect(print(values, given)).toBe(text);
  });

  test.each<[string, Given]>([
    ["tensor([])", { shape: [0] }],
    ["tensor([], size=(0, 3))", { shape: [0, 3] }],
    ["tensor([], size=(2, 0), dtype=int32)", { shape: [2, 0], dtype: "int32" }],
    ["tensor([], dtype=bool)", { shape: [0], dtype: "bool" }],
  ])("without elements: %s", (text, given) => {
    expect(print([], given)).toBe(text);
  });

  test("blocks of three dimensions stand apart", () => {
    expect(print(counting(12, 1 / 8), { shape: [2, 3, 2] })).toBe(
      `tensor([[[0.0000, 0.1250],
         [0.2500, 0.3750],
         [0.5000, 0.6250]],

        [[0.7500, 0.8750],
         [1.0000, 1.1250],
         [1.2500, 1.3750]]])`,
    );
  });

  test("rows longer than a line are broken", () => {
    expect(print(counting(30, 1 / 8))).toBe(
      `tensor([0.0000, 0.1250, 0.2500, 0.3750, 0.5000, 0.6250, 0.7500, 0.8750, 1.0000,
        1.1250, 1.2500, 1.3750, 1.5000, 1.6250, 1.7500, 1.8750, 2.0000, 2.1250,
        2.2500, 2.3750, 2.5000, 2.6250, 2.7500, 2.8750, 3.0000, 3.1250, 3.2500,
        3.3750, 3.5000, 3.6250])`,
    );
  });

  test("more than 1000 elements are summarised, by the shown ones alone", () => {
    expect(print(counting(1001))).toBe("tensor([   0.,    1.,    2.,  ...,  998.,  999., 1000.])");
    expect(print(counting(2000, 1 / 8), { shape: [40, 50] })).toBe(
      `tensor([[0.0000e+00, 1.2500e-01, 2.5000e-01,  ..., 5.8750e+00, 6.0000e+00,
         6.1250e+00],
        [6.2500e+00, 6.3750e+00, 6.5000e+00,  ..., 1.2125e+01, 1.2250e+01,
         1.2375e+01],
        [1.2500e+01, 1.2625e+01, 1.2750e+01,  ..., 1.8375e+01, 1.8500e+01,
         1.8625e+01],
        ...,
        [2.3125e+02, 2.3138e+02, 2.3150e+02,  ..., 2.3712e+02, 2.3725e+02,
         2.3738e+02],
        [2.3750e+02, 2.3762e+02, 2.3775e+02,  ..., 2.4338e+02, 2.4350e+02,
         2.4362e+02],
        [2.4375e+02, 2.4388e+02, 2.4400e+02,  ..., 2.4962e+02, 2.4975e+02,
         2.4988e+02]])`,
    );
  });

  test("what stands behind the values", () => {
    expect(print([1, 2], { suffix: { requiresGrad: true } })).toBe("tensor([1., 2.], requires_grad=True)");
    expect(print([2, 4], { suffix: { requiresGrad: true, gradFn: "MulBackward0" } })).toBe(
      "tensor([2., 4.], grad_fn=<MulBackward0>)",
    );
    const values = [0.2371, 0.7143, 2.6462, -0.2324];
    expect(print(values, { dtype: "float64", suffix: { requiresGrad: true } })).toBe(
      "tensor([ 0.2371,  0.7143,  2.6462, -0.2324], dtype=float64,\n       requires_grad=True)",
    );
  });
});

describe("setPrintOptions", () => {
  test("changes what it names", () => {
    setPrintOptions({ precision: 1 });
    expect(print([1.12345, 2.5])).toBe("tensor([1.1, 2.5])");
    setPrintOptions({ linewidth: 30 });
    expect(print(counting(6, 1 / 8))).toBe("tensor([0.0, 0.1, 0.2, 0.4,\n        0.5, 0.6])");
    setPrintOptions({ profile: "default", linewidth: 30 });
    expect(print(counting(6, 1 / 8))).toBe(
      "tensor([0.0000, 0.1250,\n        0.2500, 0.3750,\n        0.5000, 0.6250])",
    );
  });

  test("summarises by the options", () => {
    setPrintOptions({ threshold: 5, edgeitems: 2 });
    expect(print(counting(10), { dtype: "int32" })).toBe("tensor([0, 1,  ..., 8, 9], dtype=int32)");
    setPrintOptions({ profile: "full" });
    expect(print(counting(1001)).split(",")).toHaveLength(1001);
  });

  test("sciMode overrules the choice, until the next call", () => {
    setPrintOptions({ sciMode: true });
    expect(print([1, 2])).toBe("tensor([1.0000e+00, 2.0000e+00])");
    setPrintOptions({ sciMode: false });
    expect(print([1, 12345.5])).toBe("tensor([    1.0000, 12345.5000])");
    expect(print([1e22, 0])).toBe("tensor([9999999778196308361216.,         0.])");
    setPrintOptions({});
    expect(print([1, 12345.5])).toBe("tensor([1.0000e+00, 1.2346e+04])");
  });

  test("refuses what makes no sense and stays as it was", () => {
    setPrintOptions({ precision: 2 });
    expect(() => setPrintOptions({ precision: -1 })).toThrow(/precision must be a whole number from 0 to 100, got -1/);
    expect(() => setPrintOptions({ precision: 101 })).toThrow(RangeError);
    expect(() => setPrintOptions({ edgeitems: 1.5 })).toThrow(/edgeitems must be a whole number/);
    expect(() => setPrintOptions({ sciMode: 1 as never })).toThrow(/sciMode must be true, false or null/);
    expect(() => setPrintOptions({ precision: 3, width: 80 } as never)).toThrow(/unknown print option "width"/);
    expect(() => setPrintOptions({ profile: "long" as never })).toThrow(/unknown profile "long"/);
    expect(print([0.123])).toBe("tensor([0.12])");
  });
});
