import { arange, eye, full, linspace, ones, rand, Tensor, tensor, zeros, zerosLike } from "evenkeel";
import { misuse, testMisuses, wrong } from "./misuse.ts";

const none = () => undefined;

testMisuses("creating tensors", [
  misuse(
    "rows of different lengths",
    RangeError,
    ["data[1] has 1 values", "expected 2", "same length"],
    () => [[1, 2], [3]],
    (data) => tensor(data),
  ),
  misuse(
    "a value among rows",
    RangeError,
    ["data[1] has a single value", "expected 2 values"],
    () => [[1, 2], 3],
    (data) => tensor(data),
  ),
  misuse(
    "a string",
    TypeError,
    ['data[1] is the string "2"', "expected a number or a boolean", "convert"],
    () => [1, "2"],
    (data) => tensor(wrong(data)),
  ),
  misuse(
    "a hole in the data",
    TypeError,
    ["data[0][1] is undefined", "expected a number"],
    () => [[1, undefined]],
    (data) => tensor(wrong(data)),
  ),
  misuse(
    "null for missing data",
    TypeError,
    ["data[1] is null", "expected a number"],
    () => [1, null],
    (data) => tensor(wrong(data)),
  ),
  misuse(
    "a list of tensors",
    TypeError,
    ["data[0]", "Tensor", "expected a number", "stack"],
    () => [ones([2]), ones([2])],
    (data) => tensor(wrong(data)),
  ),
  misuse(
    "a Map",
    TypeError,
    ["Map", "expected a number"],
    () => new Map([["a", 1]]),
    (data) => tensor(wrong(data)),
  ),
  misuse(
    "a dtype that is not there",
    TypeError,
    ['"int64"', "expected float32, float64, int32, bool"],
    () => [1],
    (data) => tensor(data, { dtype: wrong("int64") }),
  ),
  misuse(
    "a shape that the values do not fill",
    RangeError,
    ["3 values", "[2, 2]", "holds 4"],
    () => Float32Array.of(1, 2, 3),
    (data) => tensor(data, { shape: [2, 2] }),
  ),
  misuse(
    "a number beyond int32",
    RangeError,
    ["2147483648 does not fit int32", "2^31 - 1", "float64"],
    () => [0, 2 ** 31],
    (data) => tensor(data, { dtype: "int32" }),
  ),
  misuse(
    "a Uint32Array beyond int32",
    RangeError,
    ["tensor: 4294967295 does not fit int32", '{ dtype: "float64" }'],
    () => Uint32Array.of(1, 2 ** 32 - 1),
    (data) => tensor(data),
  ),
  misuse(
    "a BigInt64Array beyond int32",
    RangeError,
    ["tensor: -2147483649 does not fit int32", '{ dtype: "float64" }'],
    () => BigInt64Array.of(-(2n ** 31n) - 1n),
    (data) => tensor(data),
  ),
  misuse(
    "a bigint beyond float64",
    RangeError,
    ["element 1 of the BigUint64Array is 9007199254740993", "2^53", "no dtype holds it", "rounded"],
    () => BigUint64Array.of(1n, 2n ** 53n + 1n),
    (data) => tensor(data, { dtype: "float64" }),
  ),
  misuse(
    "a bigint among numbers",
    TypeError,
    ["data[0][1] is the bigint 2n", "expected a number", "Number()", "2^53"],
    () => [[1, 2n]],
    (data) => tensor(wrong(data)),
  ),
  misuse(
    "NaN of a typed array as an int32",
    RangeError,
    ["tensor: NaN does not fit int32"],
    () => Float64Array.of(1, Number.NaN),
    (data) => tensor(data, { dtype: "int32" }),
  ),
  misuse("bytes without a kind", TypeError, ["data is of the kind DataView", "expected a number"], none, () =>
    tensor(wrong(new DataView(new ArrayBuffer(2)))),
  ),
  misuse("NaN as an int32", RangeError, ["NaN does not fit int32", "float64"], none, () =>
    full([2], Number.NaN, { dtype: "int32" }),
  ),
  misuse(
    "a negative size",
    RangeError,
    ["shape is [2, -1]", "expected whole numbers of at least 0"],
    () => [2, -1],
    (shape) => zeros(shape),
  ),
  misuse("a size that is no whole number", RangeError, ["shape is [1.5]", "whole numbers"], none, () => ones([1.5])),
  misuse("NaN as a size", RangeError, ["shape is [NaN]", "whole numbers"], none, () => zeros([Number.NaN])),
  misuse("no shape", TypeError, ["shape is undefined", "expected a list of sizes such as [2, 3]"], none, () => zeros()),
  misuse("a tensor for a shape", TypeError, ["expected a list of sizes such as [2, 3]"], none, () =>
    zeros(wrong(ones([2]))),
  ),
  misuse("a size behind a list", TypeError, ["zeros: the options are 4", "expected an object"], none, () =>
    zeros([3], wrong(4)),
  ),
  misuse("a list behind a size", TypeError, ["ones: the options are [4]", "expected an object"], none, () =>
    ones(3, wrong([4])),
  ),
  misuse("a size behind the options", TypeError, ["more follows the options", "zeros(2, 3, {"], none, () =>
    zeros(3, ...wrong([{ dtype: "int32" }, 4])),
  ),
  misuse("a step twice", TypeError, ['arange: unknown option "step"'], none, () =>
    arange(0, 10, 2, wrong({ step: 3 })),
  ),
  misuse(
    "the class instead of the function",
    TypeError,
    ["takes a Storage, not [", "tensor([1, 2])"],
    none,
    () => new Tensor(wrong([1, 2]), [2], "float32"),
  ),
  misuse("PyTorch's spelling of an option", TypeError, ['unknown option "requires_grad"', "requiresGrad"], none, () =>
    zeros([2], wrong({ requires_grad: true })),
  ),
  misuse("a device", TypeError, ['tensor: unknown option "device"', "expected dtype"], none, () =>
    tensor([1], wrong({ device: "cuda" })),
  ),
  misuse("a gradient for integers", TypeError, ["only float32 and float64", "this one is int32"], none, () =>
    ones([2], { dtype: "int32", requiresGrad: true }),
  ),
  misuse("a string to fill with", TypeError, ['the value is "1"', "expected a number"], none, () =>
    full([2], wrong("1")),
  ),
  misuse("nothing to fill with", TypeError, ["the value is undefined", "expected a number"], none, () =>
    full([2], wrong(undefined)),
  ),
  misuse("a like that is no tensor", TypeError, ["shape is undefined", "expected a list of sizes"], none, () =>
    zerosLike(wrong(3)),
  ),
  misuse("a range that leads nowhere", RangeError, ["steps of -1", "from 0 to 5", "step must point"], none, () =>
    arange(0, 5, { step: -1 }),
  ),
  misuse("a range without an end", RangeError, ["from 0 to Infinity"], none, () => arange(Infinity)),
  misuse("a range of int32 beyond it", RangeError, ["arange: 2147483648 does not fit int32", "float64"], none, () =>
    arange(2 ** 31 - 1, 2 ** 31 + 1, { dtype: "int32" }),
  ),
  misuse("steps of int32 beyond it", RangeError, ["linspace: -3000000000 does not fit int32"], none, () =>
    linspace(0, -3e9, 4, { dtype: "int32" }),
  ),
  misuse("half a step", RangeError, ["linspace: steps is 2.5", "a whole number"], none, () => linspace(0, 1, 2.5)),
  misuse("a negative identity", RangeError, ["eye: the size is [-1, -1]", "whole numbers"], none, () => eye(-1)),
  misuse(
    "more than memory holds",
    RangeError,
    ["[1000000000, 1000000000]", "4000000000000000000 bytes", "2^32"],
    none,
    () => zeros([1e9, 1e9]),
  ),
  misuse("a random matrix beyond memory", RangeError, ["[1000000, 1000000]", "bytes"], none, () => rand([1e6, 1e6])),
  misuse("an identity beyond memory", RangeError, ["[1000000, 1000000]", "float32", "bytes"], none, () => eye(1e6)),
  misuse(
    "a result beyond memory",
    RangeError,
    ["[1000000, 1000000]", "bytes"],
    () => zeros([1e6, 1]),
    (x) => x.add(zeros([1, 1e6])),
  ),
]);
