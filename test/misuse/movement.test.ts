import { cat, ones, stack, tensor } from "evenkeel";
import { integers, matrix, misuse, testMisuses, wrong } from "./misuse.ts";

const scalar = () => tensor(1);

testMisuses("shapes", [
  misuse("another number of values", RangeError, ["[2, 3] (6 values)", "[4, 2]", "same number"], matrix, (x) =>
    x.reshape(4, 2),
  ),
  misuse("two sizes to fill in", RangeError, ["[-1, -1]", "at most one -1"], matrix, (x) => x.reshape(-1, -1)),
  misuse("a size that cannot be filled in", RangeError, ["[2, 3] (6 values)", "[-1, 4]"], matrix, (x) => x.view(-1, 4)),
  misuse("a permutation that leaves one out", RangeError, ["dims [0]", "2 dimensions of [2, 3]"], matrix, (x) =>
    x.permute(0),
  ),
  misuse("a permutation that names one twice", RangeError, ["dims [0, 0]", "once"], matrix, (x) => x.permute(0, 0)),
  misuse("a transpose of one dimension", RangeError, ["dimension undefined is out of range", "-2 to 1"], matrix, (x) =>
    x.transpose(0, wrong(undefined)),
  ),
  misuse(
    "repeating what is not 1",
    RangeError,
    ["cannot expand [2, 3] to [4, 3]", "dimensions of size 1"],
    matrix,
    (x) => x.expand(4, 3),
  ),
  misuse("fewer dimensions", RangeError, ["cannot expand [2, 3] to [3]"], matrix, (x) => x.expand(3)),
  misuse("-1 for a dimension that is new", RangeError, ["shape is [-1, 2, 3]", "at least 0"], matrix, (x) =>
    x.expand(-1, 2, 3),
  ),
  misuse("a range of dimensions from the wrong end", RangeError, ["startDim 1", "endDim 0"], matrix, (x) =>
    x.flatten(1, 0),
  ),
]);

testMisuses("places", [
  misuse("places beyond the end", RangeError, ["2 places from 2", "dimension 1 of [2, 3]"], matrix, (x) =>
    x.narrow(1, 2, 2),
  ),
  misuse("half a place", RangeError, ["from 0.5", "dimension 0 of [2, 3]"], matrix, (x) => x.narrow(0, 0.5, 1)),
  misuse("a step backwards", RangeError, ["step is -1", "at least 1"], matrix, (x) => x.slice(0, 2, 0, -1)),
  misuse("a slice of a single value", RangeError, ["a 0-d tensor given", "at least one", "unsqueeze"], scalar, (x) =>
    x.slice(0, 0, 1),
  ),
  misuse("an index beyond the end", RangeError, ["index 3 is out of range", "dimension 1", "[2, 3]"], matrix, (x) =>
    x.select(1, 3),
  ),
  misuse("more indices than dimensions", RangeError, ["index 0 is out of range", "shape []"], matrix, (x) =>
    x.get(0, 0, 0),
  ),
  misuse("a fraction as an index", RangeError, ["indexSelect: element 1", "0.5"], matrix, (x) =>
    x.indexSelect(0, [0, 0.5]),
  ),
  misuse("a negative index in a list", RangeError, ["indexSelect: element 0", "-1", "x.at("], matrix, (x) =>
    x.indexSelect(0, [-1]),
  ),
  misuse("a list beyond the end", RangeError, ["indexSelect", "9"], matrix, (x) => x.indexSelect(0, [0, 9])),
  misuse(
    "a float index",
    TypeError,
    ["index has dtype float32", "expected int32", ".int()"],
    () => ({ x: matrix(), index: tensor([0, 1]) }),
    ({ x, index }) => x.indexSelect(0, index),
  ),
  misuse(
    "an index out of range",
    RangeError,
    ["index 5 is out of range", "size 2"],
    () => ({ x: matrix(), index: integers() }),
    ({ x, index }) => x.indexSelect(0, index),
  ),
  misuse(
    "a negative index in a tensor",
    RangeError,
    ["index -1 is out of range", "size 3"],
    () => ({ x: matrix(), index: tensor([[-1]], { dtype: "int32" }) }),
    ({ x, index }) => x.gather(1, index),
  ),
  misuse(
    "an index of another rank",
    RangeError,
    ["index [2]", "rank of input [2, 3]"],
    () => ({ x: matrix(), index: integers() }),
    ({ x, index }) => x.gather(1, index),
  ),
]);

testMisuses("joins and cuts", [
  misuse(
    "nothing to join",
    TypeError,
    ["cat expects a list of at least one tensor"],
    () => [],
    (list) => cat(list),
  ),
  misuse("tensors one by one", TypeError, ["cat expects a list", "cat([a, b])"], matrix, (x) =>
    cat(wrong(x), wrong(x)),
  ),
  misuse(
    "sizes that do not fit together",
    RangeError,
    ["element 1 has shape [2, 4]", "element 0 has [2, 3]", "must agree"],
    () => [matrix(), ones([2, 4])],
    (list) => cat(list),
  ),
  misuse("single values end to end", RangeError, ["cat: a 0-d tensor given", "unsqueeze"], scalar, (x) => cat([x, x])),
  misuse(
    "a stack of different shapes",
    RangeError,
    ["stack: element 1 has shape [3]", "element 0 has [2]", "one shape"],
    () => [ones([2]), ones([3])],
    (list) => stack(list),
  ),
  misuse("a stack with a number in it", TypeError, ["stack: element 1 is not a Tensor", "tensor(...)"], matrix, (x) =>
    stack([x, wrong(1)]),
  ),
  misuse("parts of size 0", RangeError, ["split: size is 0", "at least 1"], matrix, (x) => x.split(0)),
  misuse("parts of a single value", RangeError, ["split: a 0-d tensor given", "at least one"], scalar, (x) =>
    x.split(1),
  ),
  misuse("parts that do not add up", RangeError, ["[1, 2] add up to 3", "add up to 2"], matrix, (x) => x.split([1, 2])),
  misuse("a part of negative size", RangeError, ["[3, -1]", "whole numbers"], matrix, (x) => x.split([3, -1])),
  misuse("half a chunk", RangeError, ["1.5 chunks", "whole number of at least 1"], matrix, (x) => x.chunk(1.5)),
]);
