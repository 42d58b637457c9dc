import { ones, tensor, zeros } from "evenkeel";
import { integers, matrix, misuse, testMisuses, wrong } from "./misuse.ts";

testMisuses("reductions", [
  misuse("a dimension that is not there", RangeError, ["dimension 2 is out of range", "2-d", "-2 to 1"], matrix, (x) =>
    x.sum(2),
  ),
  misuse("one dimension twice", RangeError, ["[0, -2]", "twice", "give each once"], matrix, (x) => x.mean([0, -2])),
  misuse("a dimension in quotes", RangeError, ['dimension "0" is out of range', "-2 to 1"], matrix, (x) =>
    x.sum(wrong("0")),
  ),
  misuse("keepdim, misspelt", TypeError, ['unknown option "keepDim"', "keepdim"], matrix, (x) =>
    x.sum(0, wrong({ keepDim: true })),
  ),
  misuse(
    "keepdim by position",
    TypeError,
    ["the options are true", "expected an object such as { keepdim"],
    matrix,
    (x) => x.sum(0, wrong(true)),
  ),
  misuse("keepdim of a place by position", TypeError, ["argmax: the options are true", "{ keepdim"], matrix, (x) =>
    x.argmax(0, wrong(true)),
  ),
  misuse("keepdim of a minimum by position", TypeError, ["min: the options are true", "{ keepdim"], matrix, (x) =>
    x.min(0, wrong(true)),
  ),
  misuse("keepdim of logsumexp by position", TypeError, ["the options are true", "{ keepdim"], matrix, (x) =>
    x.logsumexp(0, wrong(true)),
  ),
  misuse(
    "the old name of correction",
    TypeError,
    ['unknown option "unbiased"', "write { correction: 0 } for unbiased: false"],
    matrix,
    (x) => x.var(0, wrong({ unbiased: false })),
  ),
  misuse("unbiased alone", TypeError, ["{ correction: 0 }"], matrix, (x) => x.std(wrong({ unbiased: false }))),
  misuse("unbiased by position", TypeError, ["{ correction: 0 }"], matrix, (x) => x.std(wrong(false))),
  misuse("a norm by options alone", TypeError, ["norm: p is a plain object", "x.norm(2, 1, {"], matrix, (x) =>
    x.norm(wrong({ dim: 1 })),
  ),
  misuse("a norm by a name", TypeError, ['norm: p is "fro"', "x.norm(2)"], matrix, (x) => x.norm(wrong("fro"))),
  misuse(
    "a mean of integers",
    TypeError,
    ["mean: input has dtype int32", "expected float32", ".float()"],
    integers,
    (x) => x.mean(),
  ),
  misuse(
    "a norm of integers",
    TypeError,
    ["norm: input has dtype int32", "expected float32", ".float()"],
    integers,
    (x) => x.norm(Infinity),
  ),
  misuse("a norm of order 0", RangeError, ["p is 0", "expected a number above 0"], matrix, (x) => x.norm(0)),
  misuse(
    "the largest of nothing",
    RangeError,
    ["max", "no element to choose from", "[0]"],
    () => zeros([0]),
    (x) => x.max(),
  ),
  misuse(
    "the place of the largest of nothing",
    RangeError,
    ["argmax", "no element", "[2, 0]"],
    () => zeros([2, 0]),
    (x) => x.argmax(1),
  ),
  misuse("a place over several dimensions", RangeError, ["dimension [0, 1] is out of range"], matrix, (x) =>
    x.argmax(wrong([0, 1])),
  ),
  misuse("softmax without a dimension", RangeError, ["dimension undefined is out of range", "-2 to 1"], matrix, (x) =>
    x.softmax(wrong(undefined)),
  ),
  misuse("softmax of integers", TypeError, ["softmax: input has dtype int32", ".float()"], integers, (x) =>
    x.softmax(0),
  ),
]);

testMisuses("matrix products", [
  misuse(
    "inner sizes that differ",
    RangeError,
    ["[2, 3] x [2, 3]", "inner sizes 3 and 2", "equal"],
    () => ({ a: matrix().requiresGrad_(), b: matrix() }),
    ({ a, b }) => a.matmul(b),
  ),
  misuse(
    "batches that do not broadcast",
    RangeError,
    ["[2]", "[3]", "equal"],
    () => ({ a: ones([2, 2, 3]), b: ones([3, 3, 2]) }),
    ({ a, b }) => a.matmul(b),
  ),
  misuse(
    "a single value",
    RangeError,
    ["0-d", "use mul"],
    () => ({ a: tensor(2), b: matrix() }),
    ({ a, b }) => a.matmul(b),
  ),
  misuse(
    "two dtypes",
    TypeError,
    ["float32", "float64", "convert"],
    () => ({ a: matrix(), b: ones([3, 2], { dtype: "float64" }) }),
    ({ a, b }) => a.matmul(b),
  ),
  misuse(
    "bools",
    TypeError,
    ["both operands are bool", ".float()"],
    () => ones([2, 2], { dtype: "bool" }),
    (x) => x.matmul(x),
  ),
  misuse("an array", TypeError, ["matmul: the second is a list of", "expected a Tensor", "tensor(...)"], matrix, (x) =>
    x.matmul(wrong([[1], [2], [3]])),
  ),
]);
