import { F, nn, ones, randn, tensor } from "evenkeel";
import { misuse, testMisuses, wrong } from "./misuse.ts";

const none = () => undefined;

/** Predictions with a graph behind them, and targets of some shape. */
const regression = (shape: number[], options = {}) => {
  return () => ({ input: randn([4, 1]).requiresGrad_().mul(2), target: ones(shape, options) });
};

/** Logits of 2 rows and 3 classes. */
const classification = (...classes: number[]) => {
  return () => ({ input: randn([2, 3], { requiresGrad: true }), target: tensor(Int32Array.from(classes)) });
};

testMisuses("losses of regression", [
  misuse(
    "a target without the column, which PyTorch broadcasts",
    RangeError,
    ["mseLoss", "[4, 1]", "[4]", "not broadcast", "target.reshape([4, 1])"],
    regression([4]),
    ({ input, target }) => F.mseLoss(input, target),
  ),
  misuse(
    "another number of targets",
    RangeError,
    ["[4, 1]", "[3, 1]", "one target for each"],
    regression([3, 1]),
    (s) => new nn.L1Loss()(s.input, s.target),
  ),
  misuse(
    "integers for predictions",
    TypeError,
    ["mseLoss: input has dtype int32", ".float()"],
    () => ({ input: ones([4], { dtype: "int32" }), target: ones([4]) }),
    ({ input, target }) => F.mseLoss(input, target),
  ),
  misuse(
    "an array for the target",
    TypeError,
    ["mseLoss: target is [1, 2]", "expected a Tensor", "tensor(...)"],
    regression([4, 1]),
    ({ input }) => F.mseLoss(input, wrong([1, 2])),
  ),
  misuse(
    "no target",
    TypeError,
    ["huberLoss: target is undefined", "expected a Tensor"],
    regression([4, 1]),
    ({ input }) => new nn.HuberLoss()(input, wrong(undefined)),
  ),
  misuse(
    "an unknown reduction",
    RangeError,
    ['reduction is "average"', '"mean", "sum" or "none"'],
    regression([4, 1]),
    (s) => F.mseLoss(s.input, s.target, { reduction: wrong("average") }),
  ),
  misuse(
    "an option of old PyTorch, functional",
    TypeError,
    ['unknown option "reduce"', "reduction"],
    regression([4, 1]),
    (s) => F.mseLoss(s.input, s.target, wrong({ reduce: false })),
  ),
  misuse(
    "an option of old PyTorch",
    TypeError,
    ['unknown option "reduce"', "expected reduction"],
    none,
    () => new nn.MSELoss(wrong({ reduce: true })),
  ),
  misuse(
    "a reduction by position",
    TypeError,
    ['the options are "sum"', "{ reduction: ... }"],
    none,
    () => new nn.MSELoss(wrong("sum")),
  ),
  misuse("a delta of 0", RangeError, ["huberLoss: delta is 0", "above 0"], regression([4, 1]), ({ input, target }) =>
    F.huberLoss(input, target, { delta: 0 }),
  ),
  misuse(
    "a negative delta",
    RangeError,
    ["HuberLoss: delta is -1", "above 0"],
    none,
    () => new nn.HuberLoss({ delta: -1 }),
  ),
  misuse("a negative beta", RangeError, ["smoothL1Loss: beta is -1", "at least 0"], regression([4, 1]), (s) =>
    F.smoothL1Loss(s.input, s.target, { beta: -1 }),
  ),
]);

testMisuses("losses of classification", [
  misuse(
    "a class that is not there",
    RangeError,
    ["target 3 at [1]", "3 classes", "expected 0 to 2"],
    classification(0, 3),
    ({ input, target }) => F.crossEntropy(input, target),
  ),
  misuse(
    "a negative class",
    RangeError,
    ["target -1 at [0]", "expected 0 to 2 or ignoreIndex"],
    classification(-1, 0),
    (s) => new nn.CrossEntropyLoss()(s.input, s.target),
  ),
  misuse(
    "classes in an array",
    TypeError,
    ["crossEntropy: target is [0, 1]", "expected a Tensor", "tensor(...)"],
    classification(0, 1),
    ({ input }) => F.crossEntropy(input, wrong([0, 1])),
  ),
  misuse(
    "log-probabilities in an array",
    TypeError,
    ["nllLoss: input is Array", "tensor(...)"],
    classification(0, 1),
    ({ target }) => F.nllLoss(wrong([[0, 0, 0]]), target),
  ),
  misuse(
    "weights in an array, functional",
    TypeError,
    ["crossEntropy: weight is [1, 2, 3]", "tensor(...)"],
    classification(0, 1),
    ({ input, target }) => F.crossEntropy(input, target, { weight: wrong([1, 2, 3]) }),
  ),
  misuse(
    "a number for posWeight",
    TypeError,
    ["binaryCrossEntropyWithLogits: posWeight is 3", "expected a Tensor"],
    () => ({ input: randn([2]), target: ones([2]) }),
    ({ input, target }) => F.binaryCrossEntropyWithLogits(input, target, { posWeight: wrong(3) }),
  ),
  misuse("classes for oneHot in an array", TypeError, ["oneHot: classes is [0, 1]", "tensor(...)"], none, () =>
    F.oneHot(wrong([0, 1])),
  ),
  misuse(
    "classes that are floats",
    TypeError,
    ["target [2] has dtype float32", "expected int32", ".int()"],
    () => ({ input: randn([2, 3]), target: tensor([0, 1]) }),
    ({ input, target }) => F.crossEntropy(input, target),
  ),
  misuse(
    "classes in a column",
    RangeError,
    ["shape [2, 1]", "expected [2]", "one class for each row", "[2, 3]"],
    () => ({ input: randn([2, 3]), target: tensor([[0], [1]], { dtype: "int32" }) }),
    ({ input, target }) => F.crossEntropy(input, target),
  ),
  misuse("another number of rows", RangeError, ["shape [3]", "expected [2]"], classification(0, 1, 2), (s) =>
    F.crossEntropy(s.input, s.target),
  ),
  misuse(
    "a weight for each of other classes",
    RangeError,
    ["weight (one value per class)", "[2]", "expected [3]"],
    () => ({ ...classification(0, 1)(), weight: ones([2]) }),
    ({ input, target, weight }) => F.crossEntropy(input, target, { weight }),
  ),
  misuse(
    "weights in an array",
    TypeError,
    ["takes a Tensor", "a list of 3", "tensor(...)"],
    none,
    () => new nn.CrossEntropyLoss({ weight: wrong([1, 2, 3]) }),
  ),
  misuse("smoothing above 1", RangeError, ["labelSmoothing is 2", "from 0 to 1"], classification(0, 1), (s) =>
    F.crossEntropy(s.input, s.target, { labelSmoothing: 2 }),
  ),
  misuse(
    "probabilities of another dtype",
    TypeError,
    ["float32", "float64", "convert"],
    () => ({ input: randn([2, 3]), target: ones([2, 3], { dtype: "float64" }) }),
    ({ input, target }) => F.crossEntropy(input, target),
  ),
  misuse(
    "log likelihood of a class that is not there",
    RangeError,
    ["nllLoss: target 5 at [1]", "0 to 2"],
    classification(0, 5),
    (s) => F.nllLoss(s.input, s.target),
  ),
  misuse(
    "logits and targets of different shapes",
    RangeError,
    ["binaryCrossEntropyWithLogits", "[2]", "[2, 1]", "reshape"],
    () => ({ input: randn([2]), target: ones([2, 1]) }),
    ({ input, target }) => F.binaryCrossEntropyWithLogits(input, target),
  ),
  misuse(
    "a posWeight that does not broadcast",
    RangeError,
    ["[3]", "[2]"],
    () => ({ input: randn([2]), target: ones([2]), posWeight: ones([3]) }),
    ({ input, target, posWeight }) => F.binaryCrossEntropyWithLogits(input, target, { posWeight }),
  ),
  misuse(
    "logits for BCELoss",
    RangeError,
    ["binaryCrossEntropy: input -0.5 at [1]", "0 to 1", "sigmoid", "binaryCrossEntropyWithLogits"],
    () => ({ input: tensor([0.5, -0.5]), target: ones([2]) }),
    ({ input, target }) => new nn.BCELoss()(input, target),
  ),
  misuse(
    "NaN for BCELoss",
    RangeError,
    ["input NaN at [0]"],
    () => ({ input: tensor([Number.NaN]), target: ones([1]) }),
    ({ input, target }) => F.binaryCrossEntropy(input, target),
  ),
  misuse(
    "a reduction of klDiv",
    RangeError,
    ['"average"', '"batchmean"'],
    none,
    () => new nn.KLDivLoss({ reduction: wrong("average") }),
  ),
  misuse(
    "log-probabilities and targets of different shapes",
    RangeError,
    ["klDiv", "[2, 3]", "[3]"],
    () => ({ input: randn([2, 3]), target: ones([3]) }),
    ({ input, target }) => F.klDiv(input, target),
  ),
  misuse(
    "a class beyond oneHot's",
    RangeError,
    ["class 3 at [0]", "expected 0 to 2"],
    () => tensor([3], { dtype: "int32" }),
    (classes) => F.oneHot(classes, { numClasses: 3 }),
  ),
]);
