import { bmm, dot, max, mm, ones, softmax, tensor, zeros } from "evenkeel";
import { matrix, misuse, testMisuses, wrong } from "./misuse.ts";

// biome-ignore lint/suspicious/noExplicitAny: names that TypeScript would stop
const loose = (x: unknown): any => x;

testMisuses("what a tensor is converted to", [
  misuse("the GPU", RangeError, ['no device "cuda"', "CPU", "leave the call out"], matrix, (x) => x.cuda()),
  misuse("a GPU by number", RangeError, ['no device "cuda:0"', "CPU"], matrix, (x) => x.to(wrong("cuda:0"))),
  misuse("a device among options", RangeError, ['no device "mps"'], matrix, (x) => x.to(wrong({ device: "mps" }))),
  misuse("a dtype that is not there", TypeError, ['no dtype "int64"', "float32, float64, int32, bool"], matrix, (x) =>
    x.to(wrong("int64")),
  ),
  misuse("a type that is not there", TypeError, ['no dtype "torch.LongTensor"'], matrix, (x) =>
    x.type(wrong("torch.LongTensor")),
  ),
  misuse("nothing", TypeError, ["no dtype undefined"], matrix, (x) => x.to(wrong(undefined))),
  misuse("lists of another depth", RangeError, ["shape [2, 3]", "expected 1 dimensions"], matrix, (x) => x.toArray(1)),
  misuse(
    "lists of numbers from bools",
    TypeError,
    ["booleans, not numbers", "int()"],
    () => tensor([true]),
    (x) => x.tolist(1),
  ),
]);

testMisuses("functions", [
  misuse("an array for a tensor", TypeError, ["max: argument 1 (input) is [1, 2]", "tensor(...)"], matrix, () =>
    max(wrong([1, 2])),
  ),
  misuse("the dimension by name", TypeError, ["the dimension is an object", "write 1"], matrix, (x) =>
    softmax(x, wrong({ dim: 1 })),
  ),
  misuse("a reduction's dimension by name", TypeError, ["stands first", "(1, { keepdim: true })"], matrix, (x) =>
    x.sum(wrong({ dim: 1 })),
  ),
  misuse("a tensor for a dimension", TypeError, ["the options are Tensor", "keepdim"], matrix, (x) => x.sum(wrong(x))),
  misuse("keepdim by position", TypeError, ["the options are true", "{ keepdim: ... }"], matrix, (x) =>
    x.sum(1, wrong(true)),
  ),
  misuse(
    "vectors for matrices",
    RangeError,
    ["mm: shapes [3] and [3]", "2 and 2 dimensions", "matmul"],
    () => ones(3),
    (x) => mm(x, x),
  ),
  misuse("matrices for vectors", RangeError, ["dot: shapes [2, 3]", "1 and 1 dimensions"], matrix, (x) => dot(x, x)),
  misuse(
    "batches of different sizes",
    RangeError,
    ["bmm: batches of 2 and 1"],
    () => [zeros(2, 3, 3), zeros(1, 3, 3)],
    ([x, y]) => bmm(x, y),
  ),
  misuse("a number for a matrix", TypeError, ["mv: the second operand is 2", "Tensor"], matrix, (x) => x.mv(wrong(2))),
  misuse(
    "a transpose of a batch",
    RangeError,
    ["t: shape [2, 1, 3]", "at most 2", "transpose"],
    () => zeros(2, 1, 3),
    (x) => x.t(),
  ),
  misuse("more than there is", RangeError, ["topk: k is 4", "0 to 3"], matrix, (x) => x.topk(4)),
  misuse("an order that is not there", TypeError, ['unknown option "reverse"', "descending"], matrix, (x) =>
    x.sort(0, wrong({ reverse: true })),
  ),
  misuse(
    "the triangle of a vector",
    RangeError,
    ["tril: shape [3]", "two dimensions"],
    () => ones(3),
    (x) => x.tril(),
  ),
  misuse("fewer times than dimensions", RangeError, ["repeat: 1 numbers", "[2, 3]"], matrix, (x) => x.repeat(2)),
  misuse("half a repetition", RangeError, ["repeatInterleave: times [1.5]"], matrix, (x) => x.repeatInterleave(1.5, 0)),
]);

testMisuses("PyTorch's spellings", [
  misuse("a method in snake_case", TypeError, ["x.index_select is x.indexSelect here"], matrix, (x) =>
    loose(x).index_select(0, x),
  ),
  misuse("a property in snake_case", TypeError, ["x.grad_fn is x.gradFn here"], matrix, (x) => loose(x).grad_fn),
  misuse("a property that is written", TypeError, ["x.requires_grad is x.requiresGrad here"], matrix, (x) => {
    loose(x).requires_grad = true;
  }),
  misuse("in place", TypeError, ["x.masked_fill_ is x.maskedFill_ here"], matrix, (x) => loose(x).masked_fill_(x, 0)),
  misuse("another name", TypeError, ["x.absolute is x.abs here"], matrix, (x) => loose(x).absolute()),
]);
