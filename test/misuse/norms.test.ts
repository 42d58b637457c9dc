import { compile, F, nn, ones, optim, zeros } from "evenkeel";
import { misuse, testMisuses, withInput, wrong } from "./misuse.ts";

const none = () => undefined;
const image = () => ones([2, 4, 3, 3]);

testMisuses("shapes of normalizations", [
  misuse(
    "BatchNorm2d on rows",
    RangeError,
    ["BatchNorm2d: input has shape [4, 3]", "expected 4D input [N, 3, H, W] (got 2D input)"],
    withInput(() => new nn.BatchNorm2d(3), [4, 3]),
    ({ model, x }) => model(x),
  ),
  misuse(
    "BatchNorm3d on images",
    RangeError,
    ["BatchNorm3d: input has shape [2, 3, 4, 4]", "expected 5D input [N, 3, D, H, W] (got 4D input)"],
    withInput(() => new nn.BatchNorm3d(3), [2, 3, 4, 4]),
    ({ model, x }) => model(x),
  ),
  misuse(
    "BatchNorm2d on other channels",
    RangeError,
    ["BatchNorm2d: input has shape [2, 4, 5, 5], 4 channels, expected 3", "numFeatures"],
    withInput(() => new nn.BatchNorm2d(3), [2, 4, 5, 5]),
    ({ model, x }) => model(x),
  ),
  misuse(
    "BatchNorm2d in training on one pixel",
    RangeError,
    ["more than 1 value per channel", "[1, 3, 1, 1]"],
    withInput(() => new nn.BatchNorm2d(3), [1, 3, 1, 1]),
    ({ model, x }) => model(x),
  ),
  misuse(
    "InstanceNorm1d on images",
    RangeError,
    ["InstanceNorm1d: input has shape [2, 3, 4, 4]", "expected 2D or 3D input, [3, L] or [N, 3, L] (got 4D input)"],
    withInput(() => new nn.InstanceNorm1d(3), [2, 3, 4, 4]),
    ({ model, x }) => model(x),
  ),
  misuse(
    "InstanceNorm2d that learns, on other channels",
    RangeError,
    ["InstanceNorm2d: input has shape [2, 4, 5, 5], 4 channels, expected 3", "numFeatures"],
    withInput(() => new nn.InstanceNorm2d(3, { affine: true, trackRunningStats: true }), [2, 4, 5, 5]),
    ({ model, x }) => model(x),
  ),
  misuse(
    "InstanceNorm2d on one pixel",
    RangeError,
    ["Expected more than 1 spatial element when training", "[2, 3, 1, 1]", "more than one place per channel"],
    withInput(() => new nn.InstanceNorm2d(3, { trackRunningStats: true }), [2, 3, 1, 1]),
    ({ model, x }) => model(x),
  ),
  misuse("instanceNorm of a vector", RangeError, ["instanceNorm: input has shape [3]", "[N, C, ...]"], none, () =>
    F.instanceNorm(ones([3])),
  ),
  misuse(
    "GroupNorm on other channels",
    RangeError,
    ["groupNorm: weight has shape [6], expected [4]", "[2, 4, 3, 3]"],
    () => ({ layer: new nn.GroupNorm(2, 6), x: image() }),
    ({ layer, x }) => layer(x),
  ),
  misuse(
    "groups that do not fit the input",
    RangeError,
    ["groupNorm: the input has 4 channels, which is no multiple of numGroups 3", "divisor of 4"],
    image,
    (x) => F.groupNorm(x, 3),
  ),
  misuse(
    "a group of one value",
    RangeError,
    ["Expected more than 1 value per channel", "[1, 3]", "fewer groups"],
    none,
    () => F.groupNorm(ones([1, 3]), 3),
  ),
  misuse(
    "RMSNorm on other features",
    RangeError,
    ["rmsNorm: input has shape [4, 5], expected [..., 3]", "normalizedShape"],
    withInput(() => new nn.RMSNorm(3), [4, 5]),
    ({ model, x }) => model(x),
  ),
  misuse("a weight for rmsNorm", RangeError, ["rmsNorm: weight has shape [2], expected [3]"], none, () =>
    F.rmsNorm(ones([4, 3]), 3, { weight: ones([2]) }),
  ),
  misuse(
    "LocalResponseNorm on rows",
    RangeError,
    ["localResponseNorm: input has shape [4, 3]", "expected 3D or higher dimensionality input", "(got 2 dimensions)"],
    withInput(() => new nn.LocalResponseNorm(2), [4, 3]),
    ({ model, x }) => model(x),
  ),
]);

testMisuses("kinds of inputs of normalizations", [
  misuse("an array", TypeError, ["InstanceNorm1d: input is a list of", "tensor(...)"], none, () =>
    new nn.InstanceNorm1d(3)(wrong([[1, 2]])),
  ),
  misuse("integers for groupNorm", TypeError, ["groupNorm: input has dtype int32"], none, () =>
    F.groupNorm(ones([2, 4], { dtype: "int32" }), 2),
  ),
  misuse(
    "another dtype for RMSNorm",
    TypeError,
    ["rmsNorm", "float64", "float32", "convert"],
    withInput(() => new nn.RMSNorm(3), [4, 3], { dtype: "float64" }),
    ({ model, x }) => model(x),
  ),
  misuse("integers for localResponseNorm", TypeError, ["localResponseNorm: input has dtype int32"], none, () =>
    F.localResponseNorm(ones([2, 4, 3], { dtype: "int32" }), 2),
  ),
  misuse(
    "one of the running statistics",
    TypeError,
    ["instanceNorm: only one of runningMean and runningVar is given"],
    () => zeros([4]),
    (runningMean) => F.instanceNorm(image(), { runningMean }),
  ),
  misuse(
    "evaluation without running statistics",
    Error,
    ["instanceNorm: with useInputStats: false", "give both"],
    none,
    () => F.instanceNorm(image(), { useInputStats: false }),
  ),
  misuse("a flag that is none", TypeError, ["instanceNorm: useInputStats is 1", "true or false"], none, () =>
    F.instanceNorm(image(), { useInputStats: wrong(1) }),
  ),
]);

testMisuses("settings of normalizations", [
  misuse(
    "channels that groups do not share",
    RangeError,
    ["GroupNorm: there are 6 channels", "numGroups 4"],
    none,
    () => new nn.GroupNorm(4, 6),
  ),
  misuse("no groups", RangeError, ["GroupNorm: numGroups is 0", "at least 1"], none, () => new nn.GroupNorm(0, 6)),
  misuse(
    "a negative eps",
    RangeError,
    ["GroupNorm: eps is -1", "at least 0"],
    none,
    () => new nn.GroupNorm(1, 6, { eps: -1 }),
  ),
  misuse(
    "eps by place",
    TypeError,
    ["GroupNorm: the options are 0.001"],
    none,
    () => new nn.GroupNorm(1, 6, wrong(1e-3)),
  ),
  misuse(
    "a misspelled option",
    TypeError,
    ['BatchNorm2d: unknown option "track_running_stats"'],
    none,
    () => new nn.BatchNorm2d(3, wrong({ track_running_stats: false })),
  ),
  misuse(
    "no channels",
    RangeError,
    ["InstanceNorm3d: numFeatures is 0", "at least 1"],
    none,
    () => new nn.InstanceNorm3d(0),
  ),
  misuse(
    "an eps that is none",
    RangeError,
    ["RMSNorm: eps is NaN", "finite"],
    none,
    () => new nn.RMSNorm(3, { eps: Number.NaN }),
  ),
  misuse(
    "a bias that RMSNorm has not",
    TypeError,
    ['RMSNorm: unknown option "bias"'],
    none,
    () => new nn.RMSNorm(3, wrong({ bias: true })),
  ),
  misuse(
    "no neighbours",
    RangeError,
    ["LocalResponseNorm: size is 0", "at least 1"],
    none,
    () => new nn.LocalResponseNorm(0),
  ),
  misuse(
    "an exponent that is none",
    RangeError,
    ["LocalResponseNorm: beta is Infinity", "finite"],
    none,
    () => new nn.LocalResponseNorm(2, { beta: Number.POSITIVE_INFINITY }),
  ),
]);

const lazyNet = () => new nn.Sequential(new nn.LazyLinear(4), new nn.LazyBatchNorm1d());

testMisuses("lazy layers", [
  misuse(
    "an optimizer before the first call",
    Error,
    ["parameter 0 is <UninitializedParameter> of a lazy layer", "call the network once"],
    none,
    () => new optim.Adam(lazyNet().parameters()),
  ),
  misuse(
    "the shape before the first call",
    Error,
    ["<UninitializedParameter> has no shape and no values yet", "call the network once with a batch"],
    none,
    () => lazyNet().parameters()[0].shape,
  ),
  misuse("arithmetic before the first call", Error, ["<UninitializedParameter> has no shape"], none, () =>
    new nn.LazyLinear(3).weight.add(1),
  ),
  misuse("starting values before the first call", Error, ["<UninitializedParameter> has no shape"], none, () =>
    nn.init.ones_(new nn.LazyLinear(3).weight),
  ),
  misuse(
    "the first call in a compiled step",
    Error,
    ["the first call of LazyLinear", "once before the step"],
    none,
    () => {
      const net = lazyNet();
      compile((x: ReturnType<typeof ones>) => net(x))(ones([4, 3]));
    },
  ),
  misuse("an array for the first call", TypeError, ["LazyLinear: input is a list of", "tensor(...)"], none, () =>
    new nn.LazyLinear(3)(wrong([[1, 2]])),
  ),
  misuse(
    "a generator",
    TypeError,
    ['LazyLinear: there is no option "generator"', "manualSeed"],
    none,
    () => new nn.LazyLinear(3, wrong({ generator: undefined })),
  ),
  misuse("no outputs", RangeError, ["LazyLinear: outFeatures is 0"], none, () => new nn.LazyLinear(0)),
  misuse(
    "an option of another layer",
    TypeError,
    ['LazyBatchNorm2d: unknown option "bias"'],
    none,
    () => new nn.LazyBatchNorm2d(wrong({ bias: false })),
  ),
  misuse(
    "a state dict without values",
    Error,
    ["no values for weight", "<UninitializedParameter>", "Nothing was loaded"],
    () => new nn.Linear(3, 4),
    (layer) => layer.loadStateDict(new nn.LazyLinear(4).stateDict()),
  ),
  misuse("a shape that is none", RangeError, ["<UninitializedParameter>: the shape"], none, () =>
    new nn.UninitializedParameter().materialize([-1]),
  ),
]);
