import { F, nn, ones, randn, unflatten } from "evenkeel";
import { matrix, misuse, testMisuses, withInput, wrong } from "./misuse.ts";

const none = () => undefined;
const integers = { dtype: "int32" };

testMisuses("activations and dropouts", [
  misuse(
    "GLU of an odd size",
    RangeError,
    ["glu: dimension -1 of the input [2, 3] cannot be halved", "an even size", "twice as many outputs"],
    withInput(() => new nn.GLU(), [2, 3]),
    ({ model, x }) => model(x),
  ),
  misuse("GLU of one value", RangeError, ["glu: dimension -1 of the input []", "an even size"], none, () =>
    F.glu(ones([])),
  ),
  misuse("GLU along no dimension", RangeError, ["GLU: dim is 0.5"], none, () => new nn.GLU(0.5)),
  misuse("Softshrink outward", RangeError, ["Softshrink: lambd is -1", "0 or more"], none, () => new nn.Softshrink(-1)),
  misuse("softshrink outward", RangeError, ["softshrink: lambd is -1", "0 or more"], matrix, (x) =>
    F.softshrink(x, { lambd: -1 }),
  ),
  misuse(
    "Hardshrink with a threshold in quotes",
    RangeError,
    ['Hardshrink: lambd is "1"', "finite number"],
    none,
    () => new nn.Hardshrink(wrong("1")),
  ),
  misuse(
    "Hardshrink by PyTorch's other name",
    TypeError,
    ['Hardshrink: unknown option "lambda"', "expected lambd"],
    none,
    () => new nn.Hardshrink(wrong({ lambda: 1 })),
  ),
  misuse(
    "hardswish of integers",
    TypeError,
    ["hardswish: input has dtype int32", ".float()"],
    withInput(() => new nn.Hardswish(), [4], integers),
    ({ model, x }) => model(x),
  ),
  misuse(
    "mish of integers",
    TypeError,
    ["mish: input has dtype int32", ".float()"],
    withInput(() => new nn.Mish(), [4], integers),
    ({ model, x }) => model(x),
  ),
  misuse(
    "Softmax2d of a matrix",
    RangeError,
    ["Softmax2d: input has shape [2, 3]", "[N, C, H, W] or [C, H, W]", "new nn.Softmax(dim)"],
    withInput(() => new nn.Softmax2d(), [2, 3]),
    ({ model, x }) => model(x),
  ),
  misuse(
    "RReLU turned round",
    RangeError,
    ["RReLU: lower is 0.5 and upper 0.25", "at least as large"],
    none,
    () => new nn.RReLU(0.5, 0.25),
  ),
  misuse("rrelu of no number", RangeError, ["rrelu: upper is NaN", "finite number"], matrix, (x) =>
    F.rrelu(x, { upper: Number.NaN }),
  ),
  misuse(
    "RReLU of integers in training",
    TypeError,
    ["rrelu: input has dtype int32", ".float()"],
    withInput(() => new nn.RReLU(), [4], integers),
    ({ model, x }) => model(x),
  ),
  misuse(
    "a probability above 1 for channels",
    RangeError,
    ["Dropout2d: p is 1.5", "from 0 to 1"],
    none,
    () => new nn.Dropout2d(1.5),
  ),
  misuse(
    "AlphaDropout in place by a number",
    TypeError,
    ["AlphaDropout: inplace is 1", "true or false"],
    none,
    () => new nn.AlphaDropout(0.5, { inplace: wrong(1) }),
  ),
  misuse(
    "Dropout1d of pictures",
    RangeError,
    ["dropout1d: input has shape [2, 3, 4, 4]", "[C, L] or [N, C, L]", "dropout takes any shape"],
    () => randn([2, 3, 4, 4]),
    (x) => F.dropout1d(x),
  ),
  misuse(
    "Dropout2d of rows, in eval too",
    RangeError,
    ["dropout2d: input has shape [2, 3]", "[N, C, L] or [N, C, H, W]"],
    withInput(() => new nn.Dropout2d().eval(), [2, 3]),
    ({ model, x }) => model(x),
  ),
  misuse(
    "Dropout3d of rows",
    RangeError,
    ["dropout3d: input has shape [2, 3]", "[C, D, H, W] or [N, C, D, H, W]"],
    matrix,
    (x) => F.dropout3d(x),
  ),
  misuse(
    "channels of a vector",
    RangeError,
    ["featureAlphaDropout: input has shape [3]", "[N, C, ...]", "alphaDropout takes any shape"],
    withInput(() => new nn.FeatureAlphaDropout(), [3]),
    ({ model, x }) => model(x),
  ),
  misuse("unflatten into nothing", TypeError, ["unflatten: sizes is 2", "a list of sizes"], matrix, (x) =>
    x.unflatten(0, wrong(2)),
  ),
  misuse("unflatten with two sizes open", RangeError, ["sizes is [-1, -1]", "one of them -1 at most"], matrix, (x) =>
    unflatten(x, 1, [-1, -1]),
  ),
  misuse(
    "Unflatten with two sizes open",
    RangeError,
    ["Unflatten: unflattenedSize is [-1, -1]"],
    none,
    () => new nn.Unflatten(1, [-1, -1]),
  ),
  misuse("unflatten that leaves a rest", RangeError, ["dimension 1 of the input [2, 3] has 3 values"], matrix, (x) =>
    x.unflatten(1, [2, -1]),
  ),
  misuse("unflatten of one value", RangeError, ["dimension 0 of the input [] has no values"], none, () =>
    ones([]).unflatten(0, [1]),
  ),
]);
