import { compile, type Tensor, tensor, zeros } from "evenkeel";
import { integers, matrix, misuse, testMisuses, wrong } from "./misuse.ts";

const int = (data: number[]) => tensor(data, { dtype: "int32" });
const withIndex = (index: Tensor) => () => ({ x: matrix(), index });

testMisuses("reading by index", [
  misuse("a place beyond the end", RangeError, ["at: index 3 is out of range", "dimension 1", "[2, 3]"], matrix, (x) =>
    x.at(":", 3),
  ),
  misuse("half a place", RangeError, ["at: index 0.5 is out of range"], matrix, (x) => x.at(0.5)),
  misuse("a place in a list beyond the end", RangeError, ["index -3", "dimension 0", "[2, 3]"], matrix, (x) =>
    x.at([0, -3]),
  ),
  misuse(
    "a place in a tensor beyond the end",
    RangeError,
    ["at: index 7 is out of range", "dimension 1", "[2, 3]"],
    withIndex(int([0, 7])),
    ({ x, index }) => x.at(":", index),
  ),
  misuse(
    "a place beyond the end that another row would have",
    RangeError,
    ["at: index 4 is out of range", "dimension 1"],
    withIndex(int([4])),
    ({ x, index }) => x.at([0], index),
  ),
  misuse("too many", RangeError, ["3 dimensions are indexed", "[2, 3] has 2"], matrix, (x) => x.at(0, 0, 0)),
  misuse("two ellipses", RangeError, ['"..." is there twice'], matrix, (x) => x.at("...", "...")),
  misuse("a step backwards", RangeError, ["step -1", "at least 1"], matrix, (x) => x.at("::-1")),
  misuse("text that is no slice", TypeError, ['index 0 is "a:b"', '"1:"'], matrix, (x) => x.at(wrong("a:b"))),
  misuse("nothing", TypeError, ["index 1 is undefined", "expected a place"], matrix, (x) => x.at(0, wrong(undefined))),
  misuse("a boolean", TypeError, ["index 0 is true", "expected a place"], matrix, (x) => x.at(wrong(true))),
  misuse("a function", TypeError, ["index 0 is Function"], matrix, (x) => x.at(wrong(() => 0))),
  misuse("fractions in a list", TypeError, ["index 0", "0.5", "whole numbers only"], matrix, (x) => x.at([0, 0.5])),
  misuse("places and booleans", TypeError, ["index 0", "true", "booleans only"], matrix, (x) => x.at(wrong([0, true]))),
  misuse("rows of different lengths", RangeError, ["rows of different lengths"], matrix, (x) => x.at([[0, 1], [1]])),
  misuse("a value among rows", TypeError, ["index 0 is a list"], matrix, (x) => x.at(wrong([[0, 1], 1]))),
  misuse(
    "a tensor of floats",
    TypeError,
    ["index 0 is a tensor of float32", "int32", "bool", ".int()"],
    withIndex(tensor([0, 1])),
    ({ x, index }) => x.at(index),
  ),
  misuse(
    "a mask of another size",
    RangeError,
    ["mask of shape [3]", "does not fit shape [2, 3] from dimension 0"],
    withIndex(tensor([true, false, true])),
    ({ x, index }) => x.at(index),
  ),
  misuse("lists that do not broadcast", RangeError, ["[2]", "[3]", "do not broadcast"], matrix, (x) =>
    x.at([0, 1], [0, 1, 2]),
  ),
]);

testMisuses("writing by index", [
  misuse("no value", TypeError, ['the value, the last argument, is ":"', "number or a Tensor"], matrix, (x) =>
    x.set_(0, wrong(":")),
  ),
  misuse("no argument", TypeError, ["the last argument, is undefined"], matrix, (x) => x.set_(...wrong([]))),
  misuse("a list for a value", TypeError, ["the last argument, is ["], matrix, (x) => x.set_(0, wrong([1, 2, 3]))),
  misuse(
    "a value that does not fit",
    RangeError,
    ["set_: a value of shape [2]", "of shape [3]", "broadcasts"],
    () => ({ x: matrix(), value: zeros([2]) }),
    ({ x, value }) => x.set_(0, value),
  ),
  misuse(
    "a value that is larger than what is picked",
    RangeError,
    ["a value of shape [2, 3]", "of shape [3]"],
    () => ({ x: matrix(), value: zeros([2, 3]) }),
    ({ x, value }) => x.set_(0, value),
  ),
  misuse("a place beyond the end", RangeError, ["set_: index 2 is out of range", "[2, 3]"], matrix, (x) =>
    x.set_(2, 0),
  ),
  misuse("NaN into integers", RangeError, ["NaN does not fit int32"], integers, (x) => x.set_(0, Number.NaN)),
  misuse(
    "a leaf whose gradient is recorded",
    Error,
    ["set_: a leaf tensor", "noGrad(() => x.set_(...))"],
    () => tensor([1, 2], { requiresGrad: true }),
    (x) => x.set_(0, 0),
  ),
  misuse(
    "sources of another shape",
    RangeError,
    ["scatterAdd", "[2, 3]", "[2, 1]"],
    () => ({ x: matrix(), index: zeros([2, 1], { dtype: "int32" }) }),
    ({ x, index }) => x.scatterAdd(1, index, x),
  ),
  misuse(
    "an index to scatter to beyond the end",
    RangeError,
    ["index 3 is out of range"],
    () => ({ x: matrix(), index: tensor([[3]], { dtype: "int32" }) }),
    ({ x, index }) => x.scatter_(1, index, 0),
  ),
]);

testMisuses("masks in compiled steps", [
  misuse(
    "an argument as a mask",
    Error,
    ["at: how many elements a mask picks", "while the step is traced", "where(mask, x, 0)"],
    () => ({ x: matrix(), step: compile((x: Tensor) => x.at(x.gt(2)).sum()) }),
    ({ x, step }) => step(x),
  ),
  misuse(
    "a mask from outside, which may change",
    Error,
    ["maskedSelect: how many elements", "while the step is traced"],
    () => {
      const mask = matrix().gt(2);
      return { x: matrix(), step: compile((x: Tensor) => x.maskedSelect(mask).sum()) };
    },
    ({ x, step }) => step(x),
  ),
  misuse(
    "a place out of range, which only the program can see",
    RangeError,
    ["index -1 is out of range"],
    () => ({ x: matrix(), place: int([4]), step: compile((x: Tensor, place: Tensor) => x.at([0], place)) }),
    ({ x, place, step }) => step(x, place),
  ),
]);
