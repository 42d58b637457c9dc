import { ones, pow, tensor, where, zeros } from "evenkeel";
import { integers, matrix, misuse, testMisuses, wrong } from "./misuse.ts";

const bools = () => ({ a: tensor([true, false]), b: tensor([true, true]) });

testMisuses("elementwise operations", [
  misuse(
    "shapes that do not broadcast",
    RangeError,
    ["[2, 3]", "[2, 4]", "sizes 3 and 4", "dimension 1", "reshape"],
    () => ({ a: matrix().requiresGrad_(), b: ones([2, 4]) }),
    ({ a, b }) => a.add(b),
  ),
  misuse(
    "an array for a tensor",
    TypeError,
    ["argument 2 (other) is Array", "expected a Tensor", "tensor("],
    matrix,
    (x) => x.mul(wrong([1, 2, 3])),
  ),
  misuse("a forgotten operand", TypeError, ["sub: argument 2 (other) is undefined", "expected a Tensor"], matrix, (x) =>
    x.sub(wrong(undefined)),
  ),
  misuse("a string for a number", TypeError, ["is String", "expected a Tensor or a number"], matrix, (x) =>
    x.div(wrong("1")),
  ),
  misuse("bools that are subtracted", TypeError, ["sub: bool", "logicalXor", ".int()"], bools, ({ a, b }) => a.sub(b)),
  misuse("a bool that is negated", TypeError, ["dtype bool", "expected float32", "logicalNot"], bools, ({ a }) =>
    a.neg(),
  ),
  misuse("a bool to the power of a bool", TypeError, ["pow: both operands are bool", ".int()"], bools, ({ a, b }) =>
    a.pow(b),
  ),
  misuse("the remainder of bools", TypeError, ["remainder: both operands are bool", ".int()"], bools, ({ a, b }) =>
    a.remainder(b),
  ),
  misuse("bools between bounds", TypeError, ["clamp: input has dtype bool", "expected float32"], bools, ({ a }) =>
    a.clamp({ min: 0 }),
  ),
  misuse("the remainder by 0 of integers", RangeError, ["remainder: 5 divided by 0", ".float()"], integers, (x) =>
    x.remainder(0),
  ),
  misuse("integers to a negative power", RangeError, ["pow: int32", "power of -1", ".float()"], integers, (x) =>
    x.pow(-1),
  ),
  misuse("bools to a negative power", RangeError, ["pow: bool", "power of -2", ".float()"], bools, ({ a }) =>
    pow(a, -2),
  ),
  misuse(
    "a condition that is no bool",
    TypeError,
    ["condition has dtype float32", "expected bool", "comparison"],
    matrix,
    (x) => where(x, x, 0),
  ),
  misuse(
    "branches of where that do not broadcast",
    RangeError,
    ["[2] and [3]", "reshape"],
    () => ({ condition: tensor([true, false]), x: ones([3]) }),
    ({ condition, x }) => where(condition, x, 0),
  ),
  misuse("clamp without bounds", TypeError, ["clamp: give min, max or both"], matrix, (x) => x.clamp({})),
  misuse("clamp to nothing", TypeError, ["clamp: give min, max or both"], matrix, (x) => x.clamp(null, null)),
  misuse("clamp to a bound that is misspelt", TypeError, ['unknown option "minimum"', "min, max"], matrix, (x) =>
    x.clamp(wrong({ minimum: 0 })),
  ),
  misuse("clamp to bounds and a maximum", TypeError, ["both", "clamp(min, max)"], matrix, (x) =>
    x.clamp({ min: 0 }, 1),
  ),
  misuse("half a decimal", RangeError, ["decimals is 0.5", "whole number"], matrix, (x) => x.round({ decimals: 0.5 })),
  misuse("decimals of integers", TypeError, ["round to decimals", "int32", ".float()"], integers, (x) =>
    x.round({ decimals: 1 }),
  ),
  misuse(
    "a mask that is wider than what it fills",
    RangeError,
    ["mask of shape [2, 2, 3]", "[2, 3]"],
    () => ({ x: matrix(), mask: zeros([2, 2, 3], { dtype: "bool" }) }),
    ({ x, mask }) => x.maskedFill_(mask, 0),
  ),
  misuse(
    "a mask of numbers",
    TypeError,
    ["condition has dtype float32", "expected bool"],
    () => ({ x: matrix(), mask: zeros([2, 3]) }),
    ({ x, mask }) => x.maskedFill_(mask, 0),
  ),
  misuse(
    "many values for a mask to fill with",
    RangeError,
    ["value has shape [3]", "expected a number", "where"],
    () => ({ x: matrix(), mask: zeros([2, 3], { dtype: "bool" }), value: zeros([3]) }),
    ({ x, mask, value }) => x.maskedFill_(mask, value),
  ),
  misuse(
    "clamp to a tensor",
    TypeError,
    ["clamp: min is no number", "maximum"],
    () => ({ x: matrix(), min: zeros([3]) }),
    ({ x, min }) => x.clamp({ min: wrong(min) }),
  ),
  misuse("a dtype to convert to that is not there", TypeError, ['"half"', "expected float32"], matrix, (x) =>
    x.to(wrong("half")),
  ),
  misuse("item of several values", RangeError, ["has 6 elements", "expected 1", "toArray()"], matrix, (x) => x.item()),
]);

testMisuses("writing in place", [
  misuse(
    "more than the tensor holds",
    RangeError,
    ["shape [3, 2]", "into a tensor of shape [2]"],
    () => ({ x: ones([2]), y: ones([3, 2]) }),
    ({ x, y }) => x.add_(y),
  ),
  misuse(
    "a shape that does not broadcast",
    RangeError,
    ["[2]", "[3]"],
    () => ({ x: ones([2]), y: ones([3]) }),
    ({ x, y }) => x.copy_(y),
  ),
  misuse("fractions into integers", TypeError, ["dtype float32", "of dtype int32", '.to("int32")'], integers, (x) =>
    x.add_(0.5),
  ),
  misuse("a true division into integers", TypeError, ["dtype float32", "of dtype int32"], integers, (x) => x.div_(2)),
  misuse("an array to copy", TypeError, ["copy_: the source is [1, 2]", "expected a Tensor"], matrix, (x) =>
    x.copy_(wrong([1, 2])),
  ),
  misuse(
    "a tensor to fill with",
    TypeError,
    ["the value is Tensor", "expected a number"],
    () => ({ x: matrix(), value: tensor(1) }),
    ({ x, value }) => x.fill_(wrong(value)),
  ),
  misuse("an alpha that is no number", TypeError, ['alpha is "2"', "expected a number"], matrix, (x) =>
    x.add_(1, { alpha: wrong("2") }),
  ),
  misuse("alpha by position", TypeError, ["add_: the options are 2", "{ alpha: ... }"], matrix, (x) =>
    x.add_(1, wrong(2)),
  ),
  misuse("a tensor for alpha", TypeError, ["sub_: the options are Tensor", "{ alpha: ... }"], matrix, (x) =>
    x.sub_(1, wrong(ones([1]))),
  ),
]);
