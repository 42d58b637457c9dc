import { F, nn, ones } from "evenkeel";
import { linear, matrix, misuse, network, testMisuses, withInput, wrong } from "./misuse.ts";

const norm = () => new nn.BatchNorm1d(3);
const none = () => undefined;

testMisuses("layers", [
  misuse(
    "another number of features",
    RangeError,
    ["[4, 5] has 5 features", "[2, 3] expects 3", "with 5 inputs"],
    withInput(linear, [4, 5]),
    ({ model, x }) => model(x),
  ),
  misuse("a single value", RangeError, ["a single value", "expected [..., 3]", "reshape"], withInput(linear, []), (s) =>
    s.model(s.x),
  ),
  misuse(
    "another dtype",
    TypeError,
    ["float64", "float32", "convert"],
    withInput(linear, [4, 3], { dtype: "float64" }),
    ({ model, x }) => model(x),
  ),
  misuse(
    "integers",
    TypeError,
    ["int32", "float32", "convert"],
    withInput(linear, [4, 3], { dtype: "int32" }),
    ({ model, x }) => model(x),
  ),
  misuse(
    "layers that do not fit together",
    RangeError,
    ["[2, 4] has 4 features", "[1, 5] expects 5"],
    withInput(() => new nn.Sequential(new nn.Linear(3, 4), new nn.ReLU(), new nn.Linear(5, 1)), [2, 3]),
    ({ model, x }) => model(x),
  ),
  misuse(
    "BatchNorm in training on one row",
    RangeError,
    ["more than 1 value per channel", "[1, 3]", "dropLast", "eval()"],
    withInput(norm, [1, 3]),
    ({ model, x }) => model(x),
  ),
  misuse(
    "a batch of one row somewhere behind other layers",
    RangeError,
    ["more than 1 value per channel", "[1, 4]", "dropLast"],
    withInput(network, [1, 3]),
    ({ model, x }) => model(x),
  ),
  misuse(
    "BatchNorm on other channels",
    RangeError,
    ["[4, 5]", "5 channels, expected 3", "numFeatures"],
    withInput(norm, [4, 5]),
    ({ model, x }) => model(x),
  ),
  misuse(
    "BatchNorm on a vector",
    RangeError,
    ["shape [3]", "expected [N, 3] or [N, 3, L]"],
    withInput(norm, [3]),
    (s) => s.model(s.x),
  ),
  misuse("BatchNorm on images", RangeError, ["[2, 3, 4, 4]", "[N, 3, L]"], withInput(norm, [2, 3, 4, 4]), (s) =>
    s.model(s.x),
  ),
  misuse(
    "BatchNorm on another dtype",
    TypeError,
    ["float64", "float32", "convert"],
    withInput(norm, [4, 3], { dtype: "float64" }),
    ({ model, x }) => model(x),
  ),
  misuse(
    "dropout of integers",
    TypeError,
    ["dropout: input has dtype int32", ".float()"],
    withInput(() => new nn.Dropout(), [4], { dtype: "int32" }),
    ({ model, x }) => model(x),
  ),
  misuse(
    "softmax over a dimension that is not there",
    RangeError,
    ["dimension 5 is out of range", "2-d"],
    withInput(() => new nn.Softmax(5), [2, 2]),
    ({ model, x }) => model(x),
  ),
]);

const call = (layer: nn.Module, ...inputs: unknown[]) => layer(...(inputs as [never]));

testMisuses("inputs of layers that are no tensors", [
  misuse("an array", TypeError, ["linear: input is Array", "expected a Tensor", "tensor(...)"], linear, (layer) =>
    call(layer, [[1, 2, 3]]),
  ),
  misuse("none", TypeError, ["linear: input is undefined", "expected a Tensor"], linear, (layer) => call(layer)),
  misuse("an array for BatchNorm", TypeError, ["BatchNorm1d: input is Array", "tensor(...)"], norm, (layer) =>
    call(layer, [[1, 2, 3]]),
  ),
  misuse(
    "an array for Dropout",
    TypeError,
    ["dropout: input is [1, 2]", "tensor(...)"],
    () => new nn.Dropout(),
    (layer) => call(layer, [1, 2]),
  ),
  misuse(
    "an array for Flatten",
    TypeError,
    ["Flatten: input is Array", "tensor(...)"],
    () => new nn.Flatten(),
    (layer) => call(layer, [[1, 2]]),
  ),
  misuse(
    "an array for Softmax",
    TypeError,
    ["softmax: input is [1, 2]", "tensor(...)"],
    () => new nn.Softmax(0),
    (layer) => call(layer, [1, 2]),
  ),
  misuse(
    "an array for ReLU",
    TypeError,
    ["relu: argument 1 (input) is Array", "tensor(...)"],
    () => new nn.ReLU(),
    (layer) => call(layer, [1, 2]),
  ),
  misuse("a weight for linear", TypeError, ["linear: weight is Array", "tensor(...)"], matrix, (x) =>
    F.linear(x, wrong([[1, 2, 3]])),
  ),
  misuse("a bias for linear", TypeError, ["linear: bias is 0", "expected a Tensor"], matrix, (x) =>
    F.linear(x, ones([2, 3]), wrong(0)),
  ),
  misuse("a running mean", TypeError, ["batchNorm: runningMean is [0, 0, 0]", "tensor(...)"], matrix, (x) =>
    F.batchNorm(x, { runningMean: wrong([0, 0, 0]), runningVar: ones([3]) }),
  ),
]);

testMisuses("arguments of layers", [
  misuse("no features", RangeError, ["Linear: inFeatures is 0", "at least 1"], none, () => new nn.Linear(0, 2)),
  misuse(
    "features that were forgotten",
    RangeError,
    ["Linear: outFeatures is undefined", "at least 1"],
    none,
    () => new nn.Linear(3, wrong(undefined)),
  ),
  misuse(
    "features by name",
    RangeError,
    ["BatchNorm1d: numFeatures is Object", "at least 1; it is given by its place, not by name"],
    none,
    () => new nn.BatchNorm1d(wrong({ num_features: 50 })),
  ),
  misuse(
    "bias by position",
    TypeError,
    ["Linear: the options are false", "{ bias: ... }"],
    none,
    () => new nn.Linear(3, 2, wrong(false)),
  ),
  misuse(
    "a misspelt option",
    TypeError,
    ['unknown option "biass"', "expected bias, generator"],
    none,
    () => new nn.Linear(3, 2, wrong({ biass: false })),
  ),
  misuse(
    "PyTorch's spelling of an option",
    TypeError,
    ['unknown option "track_running_stats"', "trackRunningStats"],
    none,
    () => new nn.BatchNorm1d(3, wrong({ track_running_stats: false })),
  ),
  misuse(
    "an eps that is NaN",
    RangeError,
    ["BatchNorm1d: eps is NaN", "finite"],
    none,
    () => new nn.BatchNorm1d(3, { eps: Number.NaN }),
  ),
  misuse(
    "a negative eps",
    RangeError,
    ["BatchNorm1d: eps is -1", "at least 0"],
    none,
    () => new nn.BatchNorm1d(3, { eps: -1 }),
  ),
  misuse(
    "a word for affine",
    TypeError,
    ['BatchNorm1d: affine is "no"', "true or false"],
    none,
    () => new nn.BatchNorm1d(3, { affine: wrong("no") }),
  ),
  misuse(
    "a number for trackRunningStats",
    TypeError,
    ["BatchNorm1d: trackRunningStats is 1", "true or false"],
    none,
    () => new nn.BatchNorm1d(3, { trackRunningStats: wrong(1) }),
  ),
  misuse(
    "a number for bias",
    TypeError,
    ["Linear: bias is 0", "true or false"],
    none,
    () => new nn.Linear(3, 2, { bias: wrong(0) }),
  ),
  misuse(
    "a momentum in quotes",
    RangeError,
    ['momentum is "0.1"', "finite number"],
    none,
    () => new nn.BatchNorm1d(3, { momentum: wrong("0.1") }),
  ),
  misuse(
    "a dropout probability above 1",
    RangeError,
    ["Dropout: p is 1.5", "from 0 to 1"],
    none,
    () => new nn.Dropout(1.5),
  ),
  misuse(
    "a dropout probability in an object",
    RangeError,
    ["Dropout: p is 2", "from 0 to 1"],
    none,
    () => new nn.Dropout({ p: 2 }),
  ),
  misuse(
    "softmax without a dimension",
    RangeError,
    ["Softmax: dim is undefined", "such as 1 or -1"],
    none,
    () => new nn.Softmax(wrong(undefined)),
  ),
  misuse(
    "a slope in quotes",
    RangeError,
    ['negativeSlope is "x"', "finite number"],
    none,
    () => new nn.LeakyReLU(wrong("x")),
  ),
  misuse(
    "an approximation that is not there",
    RangeError,
    ['approximate is "fast"', '"none" or "tanh"'],
    none,
    () => new nn.GELU({ approximate: wrong("fast") }),
  ),
  misuse("CELU divided by 0", RangeError, ["CELU: alpha is 0"], none, () => new nn.CELU(0)),
  misuse("Hardtanh turned round", RangeError, ["minVal is 2 and maxVal 1", "larger"], none, () => new nn.Hardtanh(2)),
  misuse(
    "Threshold without a value",
    RangeError,
    ["Threshold: value is undefined"],
    none,
    () => new nn.Threshold(0.1, wrong(undefined)),
  ),
  misuse(
    "Softmin without a dimension",
    RangeError,
    ["Softmin: dim is undefined"],
    none,
    () => new nn.Softmin(wrong(undefined)),
  ),
  misuse("PReLU of no parameters", RangeError, ["numParameters is 0", "at least 1"], none, () => new nn.PReLU(0)),
  misuse(
    "PReLU for another number of channels",
    RangeError,
    ["prelu: weight has shape [3]", "[4]", "[2, 4]"],
    withInput(() => new nn.PReLU(3), [2, 4]),
    ({ model, x }) => model(x),
  ),
  misuse(
    "Unflatten to a number",
    TypeError,
    ["unflattenedSize is 6", "a list of sizes"],
    none,
    () => new nn.Unflatten(1, wrong(6)),
  ),
  misuse(
    "Unflatten of another size",
    RangeError,
    ["unflatten: dimension 1 of the input [2, 4] has 4 values", "[2, 3]"],
    withInput(() => new nn.Unflatten(1, [2, 3]), [2, 4]),
    ({ model, x }) => model(x),
  ),
  misuse(
    "CosineSimilarity along no dimension",
    RangeError,
    ["CosineSimilarity: dim is 0.5"],
    none,
    () => new nn.CosineSimilarity(0.5),
  ),
  misuse(
    "softplus divided by 0",
    RangeError,
    ["beta is 0", "another number"],
    none,
    () => new nn.Softplus({ beta: 0 }),
  ),
  misuse("a functional probability by position", TypeError, ["dropout: the options are 0.3", "{ p"], matrix, (x) =>
    F.dropout(x, wrong(0.3)),
  ),
  misuse("a functional probability", RangeError, ["dropout: p is 2", "from 0 to 1"], matrix, (x) =>
    F.dropout(x, { p: 2 }),
  ),
]);
