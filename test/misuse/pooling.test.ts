import { F, nn, ones } from "evenkeel";
import { misuse, testMisuses, withInput, wrong } from "./misuse.ts";

const none = () => undefined;
const picture = (shape = [1, 4, 4, 4]) => ones(shape);
const of = (shape: readonly number[]) => () => ({ x: ones(shape) });

testMisuses("pooling", [
  misuse("a vector", RangeError, ["maxPool2d", "[4]", "expected [N, C, H, W] or [C, H, W]"], of([4]), ({ x }) =>
    F.maxPool2d(x, 2),
  ),
  misuse(
    "a picture where a line is due",
    RangeError,
    ["maxPool1d", "[1, 1, 4, 4]", "[N, C, L]"],
    of([1, 1, 4, 4]),
    ({ x }) => F.maxPool1d(x, 2),
  ),
  misuse("one dimension too many", RangeError, ["avgPool3d", "[N, C, D, H, W]"], of([1, 1, 1, 4, 4, 4]), ({ x }) =>
    F.avgPool3d(x, 2),
  ),
  misuse("no channels", RangeError, ["[1, 0, 4, 4]", "only N may be 0"], of([1, 0, 4, 4]), ({ x }) =>
    F.maxPool2d(x, 2),
  ),
  misuse("no height", RangeError, ["[1, 2, 0, 4]", "only N may be 0"], of([1, 2, 0, 4]), ({ x }) => F.avgPool2d(x, 2)),
  misuse("adaptive pooling of nothing", RangeError, ["adaptiveAvgPool2d", "[1, 2, 0, 4]"], of([1, 2, 0, 4]), ({ x }) =>
    F.adaptiveAvgPool2d(x, 2),
  ),
  misuse(
    "a kernel larger than the input",
    RangeError,
    ["maxPool2d", "do not fit", "[1, 1, 3, 4]", "kernel of 4", "make the kernel smaller"],
    of([1, 1, 3, 4]),
    ({ x }) => F.maxPool2d(x, 4),
  ),
  misuse("average of a smaller input", RangeError, ["avgPool1d", "do not fit", "[2, 3]"], of([2, 3]), ({ x }) =>
    F.avgPool1d(x, 5),
  ),
  misuse(
    "a window of padding alone",
    RangeError,
    ["window 0", "nothing but padding", "dilation smaller"],
    of([1, 1, 1]),
    ({ x }) => F.maxPool2d(x, 2, { padding: 1, dilation: 2 }),
  ),
  misuse(
    "padding beyond half the kernel",
    RangeError,
    ["padding is 2 and kernelSize 3", "at most half"],
    none,
    () => new nn.MaxPool2d(3, { padding: 2 }),
  ),
  misuse("padding of one side beyond it", RangeError, ["padding is 1 and kernelSize 1"], picture, (x) =>
    F.avgPool2d(x, [3, 1], { padding: 1 }),
  ),
  misuse("a kernel of 0", RangeError, ["MaxPool2d: kernelSize is 0", "at least 1"], none, () => new nn.MaxPool2d(0)),
  misuse("a fraction for a kernel", RangeError, ["kernelSize is 2.5"], none, () => new nn.AvgPool2d(2.5)),
  misuse(
    "a kernel of three numbers for a picture",
    RangeError,
    ["kernelSize is [2, 2, 2]", "a list of 2"],
    none,
    () => new nn.MaxPool2d([2, 2, 2]),
  ),
  misuse(
    "a kernel in words",
    TypeError,
    ['kernelSize is "2"', "expected a whole number"],
    none,
    () => new nn.MaxPool2d(wrong("2")),
  ),
  misuse("no kernel", TypeError, ["kernelSize is undefined"], picture, (x) => F.maxPool2d(x, wrong(undefined))),
  misuse("a stride of 0", RangeError, ["stride is 0", "at least 1"], picture, (x) => F.maxPool2d(x, 2, 0)),
  misuse("a negative padding", RangeError, ["padding is -1", "at least 0"], picture, (x) =>
    F.maxPool2d(x, 2, { padding: -1 }),
  ),
  misuse("a dilation of 0", RangeError, ["dilation is [1, 0]"], none, () => new nn.MaxPool2d(2, { dilation: [1, 0] })),
  misuse(
    "padding by its place",
    TypeError,
    ["MaxPool2d: the options are 1", "{ padding: ... }"],
    none,
    () => new nn.MaxPool2d(3, 2, wrong(1)),
  ),
  misuse(
    "PyTorch's spelling of an option",
    TypeError,
    ['unknown option "ceil_mode"', "ceilMode"],
    none,
    () => new nn.MaxPool2d(2, wrong({ ceil_mode: true })),
  ),
  misuse("dilation of an average", TypeError, ['unknown option "dilation"'], picture, (x) =>
    F.avgPool2d(x, 2, wrong({ dilation: 2 })),
  ),
  misuse(
    "a divisor for lines",
    TypeError,
    ['unknown option "divisorOverride"'],
    none,
    () => new nn.AvgPool1d(2, wrong({ divisorOverride: 3 })),
  ),
  misuse("a divisor of 0", RangeError, ["divisorOverride is 0", "other than 0"], picture, (x) =>
    F.avgPool2d(x, 2, { divisorOverride: 0 }),
  ),
  misuse(
    "ceilMode that is no flag",
    TypeError,
    ["ceilMode is 1", "true or false"],
    none,
    () => new nn.AvgPool2d(2, { ceilMode: wrong(1) }),
  ),
  misuse(
    "returnIndices that is no flag",
    TypeError,
    ['returnIndices is "yes"'],
    none,
    () => new nn.AdaptiveMaxPool2d(2, { returnIndices: wrong("yes") }),
  ),
  misuse(
    "whole numbers in max pooling",
    TypeError,
    ["maxPool2d", "int32", ".float()"],
    () => picture().int(),
    (x) => F.maxPool2d(x, 2),
  ),
  misuse(
    "bools in average pooling",
    TypeError,
    ["avgPool2d", "bool", ".float()"],
    () => picture().gt(0),
    (x) => F.avgPool2d(x, 2),
  ),
  misuse(
    "whole numbers in adaptive pooling",
    TypeError,
    ["adaptiveAvgPool2d", "int32"],
    () => picture().int(),
    (x) => F.adaptiveAvgPool2d(x, 1),
  ),
  misuse("a list for an input", TypeError, ["maxPool2d: input is a list of", "tensor(...)"], none, () =>
    F.maxPool2d(wrong([[1]]), 2),
  ),
  misuse(
    "a layer on another rank",
    RangeError,
    ["maxPool2d", "[3, 4]"],
    withInput(() => new nn.MaxPool2d(2), [3, 4]),
    ({ model, x }) => model(x),
  ),
  misuse(
    "a negative size to adapt to",
    RangeError,
    ["AdaptiveAvgPool2d: outputSize is -1", "at least 0"],
    none,
    () => new nn.AdaptiveAvgPool2d(-1),
  ),
  misuse("three sizes for a picture", RangeError, ["outputSize is [1, 2, 3]", "a list of 2"], picture, (x) =>
    F.adaptiveMaxPool2d(x, [1, 2, 3]),
  ),
  misuse(
    "no size to adapt to",
    TypeError,
    ["outputSize is undefined"],
    none,
    () => new nn.AdaptiveAvgPool2d(wrong(undefined)),
  ),
  misuse("a norm of type 0", RangeError, ["lpPool2d: normType is 0"], picture, (x) => F.lpPool2d(x, 0, 2)),
  misuse(
    "an infinite norm",
    RangeError,
    ["LPPool2d: normType is Infinity", "finite"],
    none,
    () => new nn.LPPool2d(Infinity, 2),
  ),
  misuse(
    "a norm of whole numbers",
    TypeError,
    ["lpPool2d", "int32"],
    () => picture().int(),
    (x) => F.lpPool2d(x, 2, 2),
  ),
  misuse(
    "indices of another shape",
    RangeError,
    ["maxUnpool2d: indices have shape [1, 4, 4, 3]", "[1, 4, 4, 4]"],
    picture,
    (x) => F.maxUnpool2d(x, ones([1, 4, 4, 3]).int(), 2),
  ),
  misuse(
    "indices that are floats",
    TypeError,
    ["maxUnpool2d: indices has dtype float32", "returnIndices"],
    picture,
    (x) => F.maxUnpool2d(x, x, 2),
  ),
  misuse("an index beyond the plane", RangeError, ["maxUnpool2d: index 64 is out of range", "[8, 8]"], picture, (x) =>
    F.maxUnpool2d(x, ones([1, 4, 4, 4]).mul(64).int(), 2),
  ),
  misuse("an output size too far off", RangeError, ["outputSize is [10, 8]", "expected 7 to 9"], picture, (x) =>
    F.maxUnpool2d(x, x.int(), 2, { outputSize: [10, 8] }),
  ),
]);

testMisuses("resizing", [
  misuse("neither size nor scale", TypeError, ["interpolate: neither of size and scaleFactor"], picture, (x) =>
    F.interpolate(x, {}),
  ),
  misuse(
    "size and scale",
    TypeError,
    ["Upsample: both of size and scaleFactor"],
    none,
    () => new nn.Upsample({ size: 2, scaleFactor: 2 }),
  ),
  misuse("a scale by its place", TypeError, ["interpolate: the options are 2", "{ size: ... }"], picture, (x) =>
    F.interpolate(x, wrong(2)),
  ),
  misuse("an unknown mode", RangeError, ['mode is "cubic"', "bicubic"], picture, (x) =>
    F.interpolate(x, { size: 2, mode: wrong("cubic") }),
  ),
  misuse("lines for pictures", RangeError, ['mode "linear"', 'use "bilinear"'], picture, (x) =>
    F.interpolate(x, { size: 2, mode: "linear" }),
  ),
  misuse("an unbatched picture of two dimensions", RangeError, ["[4, 4]", "[N, C, L]"], of([4, 4]), ({ x }) =>
    F.interpolate(x, { size: 2 }),
  ),
  misuse("corners of the nearest place", TypeError, ["alignCorners", "leave it out for nearest"], picture, (x) =>
    F.interpolate(x, { size: 2, alignCorners: false }),
  ),
  misuse(
    "recomputing a size",
    TypeError,
    ["recomputeScaleFactor has no meaning with size"],
    none,
    () => new nn.Upsample({ size: 2, recomputeScaleFactor: true }),
  ),
  misuse("a size of 0", RangeError, ["interpolate: size is 0"], picture, (x) => F.interpolate(x, { size: 0 })),
  misuse("a list of sizes that is too short", RangeError, ["size is [2]", "a list of 2"], picture, (x) =>
    F.interpolate(x, { size: [2] }),
  ),
  misuse("a negative scale", RangeError, ["scaleFactor is [-1, -1]", "above 0"], picture, (x) =>
    F.interpolate(x, { scaleFactor: -1 }),
  ),
  misuse("nothing left", RangeError, ["nothing is left", "scaleFactor 0.1, 0.1"], picture, (x) =>
    F.interpolate(x, { scaleFactor: 0.1 }),
  ),
  misuse(
    "whole numbers",
    TypeError,
    ["interpolate", "int32"],
    () => picture().int(),
    (x) => F.interpolate(x, { size: 2 }),
  ),
  misuse("no channels", RangeError, ["[1, 0, 4, 4]", "no size of 0 but N"], of([1, 0, 4, 4]), ({ x }) =>
    F.interpolate(x, { size: 2 }),
  ),
  misuse(
    "a mode for one that has its own",
    TypeError,
    ['unknown option "mode"', "size, scaleFactor"],
    none,
    () => new nn.UpsamplingNearest2d(wrong({ size: 2, mode: "bilinear" })),
  ),
  misuse(
    "channels that no square divides",
    RangeError,
    ["pixelShuffle", "6 channels", "a multiple of 4"],
    of([1, 6, 2, 2]),
    ({ x }) => F.pixelShuffle(x, 2),
  ),
  misuse("a factor of 0", RangeError, ["PixelShuffle: upscaleFactor is 0"], none, () => new nn.PixelShuffle(0)),
  misuse(
    "sides that the factor does not divide",
    RangeError,
    ["pixelUnshuffle", "[1, 4, 4, 4]", "multiples of 3"],
    picture,
    (x) => F.pixelUnshuffle(x, 3),
  ),
  misuse("a matrix to shuffle", RangeError, ["pixelShuffle", "at least 3 dimensions"], of([4, 4]), ({ x }) =>
    F.pixelShuffle(x, 2),
  ),
  misuse(
    "groups that do not divide the channels",
    RangeError,
    ["channelShuffle", "3 groups of equal size"],
    picture,
    (x) => F.channelShuffle(x, 3),
  ),
]);
