import { F, nn, ones, tensor } from "evenkeel";
import { integers, matrix, misuse, testMisuses, withInput, wrong } from "./misuse.ts";

const none = () => undefined;
const norm = () => new nn.LayerNorm([2, 3]);
const table = () => ({ layer: new nn.Embedding(4, 2), index: tensor([0, 4], { dtype: "int32" }) });

testMisuses("layer normalization", [
  misuse("no size", TypeError, ["normalizedShape", "expected the size"], none, () => new nn.LayerNorm([])),
  misuse(
    "a size that was forgotten",
    TypeError,
    ["LayerNorm: normalizedShape is undefined", "size of the last dimension"],
    none,
    () => new nn.LayerNorm(wrong(undefined)),
  ),
  misuse("a size of 0", RangeError, ["size of normalizedShape is 0", "at least 1"], none, () => new nn.LayerNorm(0)),
  misuse(
    "an eps by position",
    TypeError,
    ["LayerNorm: the options are 0.1", "{ eps: ... }"],
    none,
    () => new nn.LayerNorm(3, wrong(0.1)),
  ),
  misuse(
    "a negative eps",
    RangeError,
    ["LayerNorm: eps is -1", "at least 0"],
    none,
    () => new nn.LayerNorm(3, { eps: -1 }),
  ),
  misuse(
    "PyTorch's spelling of an option",
    TypeError,
    ['unknown option "elementwise_affine"', "elementwiseAffine"],
    none,
    () => new nn.LayerNorm(3, wrong({ elementwise_affine: false })),
  ),
  misuse(
    "a word for bias",
    TypeError,
    ['LayerNorm: bias is "no"', "true or false"],
    none,
    () => new nn.LayerNorm(3, { bias: wrong("no") }),
  ),
  misuse(
    "an input that ends otherwise",
    RangeError,
    ["[4, 3, 2]", "expected [..., 2, 3]", "normalizedShape"],
    withInput(norm, [4, 3, 2]),
    ({ model, x }) => model(x),
  ),
  misuse("an input of too few dimensions", RangeError, ["shape [3]", "[..., 2, 3]"], withInput(norm, [3]), (s) =>
    s.model(s.x),
  ),
  misuse(
    "another dtype",
    TypeError,
    ["float64", "float32", "convert"],
    withInput(norm, [2, 3], { dtype: "float64" }),
    ({ model, x }) => model(x),
  ),
  misuse(
    "integers",
    TypeError,
    ["layerNorm: input has dtype int32", ".float()"],
    withInput(norm, [2, 3], { dtype: "int32" }),
    ({ model, x }) => model(x),
  ),
  misuse(
    "a weight of another shape",
    RangeError,
    ["weight has shape [2]", "expected [3]"],
    () => ({ x: matrix(), weight: ones([2]) }),
    ({ x, weight }) => F.layerNorm(x, 3, { weight }),
  ),
]);

testMisuses("embeddings", [
  misuse("no rows", RangeError, ["Embedding: numEmbeddings is 0", "at least 1"], none, () => new nn.Embedding(0, 2)),
  misuse(
    "a dimension that was forgotten",
    RangeError,
    ["Embedding: embeddingDim is undefined", "at least 1"],
    none,
    () => new nn.Embedding(3, wrong(undefined)),
  ),
  misuse(
    "a padding that is not there",
    RangeError,
    ["Embedding: paddingIdx is 3", "0 to 2"],
    none,
    () => new nn.Embedding(3, 2, { paddingIdx: 3 }),
  ),
  misuse(
    "an option that is not there",
    TypeError,
    ['unknown option "maxNorm"', "paddingIdx"],
    none,
    () => new nn.Embedding(3, 2, wrong({ maxNorm: 1 })),
  ),
  misuse(
    "a number without a row",
    RangeError,
    ["index 4 is out of range", "expected 0 to 3", "table larger"],
    table,
    ({ layer, index }) => layer(index),
  ),
  misuse(
    "a negative number",
    RangeError,
    ["index -1 is out of range", "expected 0 to 3"],
    () => ({ ...table(), index: tensor([-1], { dtype: "int32" }) }),
    ({ layer, index }) => layer(index),
  ),
  misuse(
    "numbers with a fraction",
    TypeError,
    ["embedding: input has dtype float32", "int32", ".int()"],
    () => ({ ...table(), index: tensor([0, 1]) }),
    ({ layer, index }) => layer(index),
  ),
  misuse("an array", TypeError, ["embedding: input is [0]", "tensor(...)"], table, ({ layer }) => layer(wrong([0]))),
  misuse(
    "a weight that is no matrix",
    RangeError,
    ["weight has shape [2]", "[V, D]"],
    () => ({ index: integers(), weight: ones([2]) }),
    ({ index, weight }) => F.embedding(index, weight),
  ),
]);
