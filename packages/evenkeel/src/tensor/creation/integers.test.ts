import { compile, nn, tensor } from "evenkeel";
import { describe, expect, it } from "vitest";
import { sum } from "../../ops/index.ts";
import type { Tensor } from "../tensor.ts";

const int = (values: number[]) => tensor(values, { dtype: "int32" });
const { functional: F } = nn;
const most = 2 ** 31 - 1;

/**
 * PyTorch adds up int32 in int64, which is not here: what does not fit is refused, by programs too.
 */
describe.each([false, true])("sums and products of int32, compiled: %s", (compiled) => {
  const run = (fn: (x: Tensor) => Tensor, x: Tensor) => (compiled ? compile(fn) : fn)(x);

  it("fit up to the ends, whatever lies between", () => {
    expect(run((x) => x.sum(), int([most, most, 1, -most, -1])).item()).toBe(most);
    expect(run((x) => x.sum(), int([most, -most, -most, -1])).item()).toBe(-(2 ** 31));
    expect(run((x) => x.prod(), int([2 ** 16, -(2 ** 15)])).item()).toBe(-(2 ** 31));
    expect(run((x) => x.prod(), int([...new Array<number>(40).fill(most), 0, 5])).item()).toBe(0);
    expect(run((x) => x.bool().sum(0), int([0, 7, -1])).item()).toBe(2);
  });

  it.each<[string, (x: Tensor) => Tensor, number[], string]>([
    ["a sum", (x) => x.sum(), [most, most], "sum: 4294967294 does not fit int32"],
    ["a sum along a dimension", (x) => x.reshape(2, 2).sum(1), [1, 2, -most, -2], "sum: -2147483649 does not"],
    ["a sum of others", (x) => x.mul(1).sum().add(1), [most, 1], "sum: 2147483648 does not fit int32"],
    ["a product", (x) => x.prod(), [65536, 65536], "prod: 4294967296 does not fit int32"],
    ["a product of many", (x) => x.prod(), new Array<number>(20).fill(most), "e+186 does not fit int32"],
    [
      "a product beyond doubles",
      (x) => x.prod(),
      new Array<number>(99).fill(most),
      "prod: Infinity does not fit int32",
    ],
    ["a matrix product", (x) => x.reshape(1, 2).matmul(x.reshape(2, 1)), [40000, 40000], "matmul: 3200000000 does not"],
  ])("refuse %s that does not, and name it", (_, fn, values, message) => {
    expect(() => run(fn, int(values))).toThrow(RangeError);
    expect(() => run(fn, int(values))).toThrow(message);
    expect(() => run(fn, int(values))).toThrow("convert with .double() before");
    expect(
      run((x) => fn(x.double()), int(values))
        .isnan()
        .any()
        .item(),
    ).toBe(0);
  });
});

it("a sum of int32 that was beyond 2^53 on its way is refused, because a double may have lost what leads back", () => {
  const half = 2 ** 22 + 3;
  const data = new Int32Array(2 * half).fill(most, 0, half).fill(-most, half);
  const [x, y] = [
    { shape: [2 * half], dtype: "int32", data },
    { shape: [], dtype: "int32", data: new Int32Array(1) },
  ] as const;
  expect(() => sum.reference([x], [y], { dims: [0], keepdim: false })).toThrow("sum: 9007201398030336 does not fit");
});

it("a matrix product of int32 whose sums may exceed 2^53 on the way is refused", () => {
  const x = int([most, most - 1]).reshape(1, 2);
  const y = int([most, -most - 1]).reshape(2, 1);
  expect(() => x.matmul(y)).toThrow(
    "matmul: sums of 2 products of int32 up to 2147483647 and 2147483648 may exceed 2^53",
  );
  expect(() => F.linear(x, y.T, int([0]))).toThrow("linear: sums of 2 products");
});

it("a number beside int32 must fit it: PyTorch wraps it around, even to compare", () => {
  const x = int([1, 2]);
  for (const call of [() => x.add(3e9), () => x.mul(-3e9), () => x.gt(3e9), () => x.pow(2 ** 31)]) {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(/does not fit int32, expected -2\^31 to 2\^31 - 1; use float64/);
  }
  expect(x.double().add(3e9).toArray()).toEqual([3000000001, 3000000002]);
  expect(x.lt(Infinity).toArray()).toEqual([true, true]);
});
