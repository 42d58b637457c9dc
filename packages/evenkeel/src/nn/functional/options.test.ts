import { expect, it } from "vitest";
import { ones, tensor, zeros } from "../../tensor/index.ts";
import * as F from "./index.ts";

const x = tensor([
  [1, 2],
  [3, 4],
]);
const pictures = ones([1, 1, 2, 2]);
const classes = tensor([0, 1], { dtype: "int32" });

const picture = zeros([1, 4, 4, 4]);
const line = zeros([1, 4, 4]);
const volume = zeros([1, 4, 4, 4, 4]);
const places = zeros([1, 4, 4], { dtype: "int32" });

/**
 * Every function that takes options, with the name of its first one; `options` as somebody might
 * give them.
 */
const calls: Readonly<Record<string, [known: string, call: (options: never) => unknown]>> = {
  alphaDropout: ["p", (options) => F.alphaDropout(x, options)],
  batchNorm: ["runningMean", (options) => F.batchNorm(x, options)],
  binaryCrossEntropy: ["weight", (options) => F.binaryCrossEntropy(x.div(4), x, options)],
  binaryCrossEntropyWithLogits: ["weight", (options) => F.binaryCrossEntropyWithLogits(x, x, options)],
  celu: ["alpha", (options) => F.celu(x, options)],
  conv1d: ["stride", (options) => F.conv1d(x, ones([1, 2, 1]), null, options)],
  conv2d: ["stride", (options) => F.conv2d(pictures, ones([1, 1, 1, 1]), null, options)],
  conv3d: ["stride", (options) => F.conv3d(pictures, ones([1, 1, 1, 1, 1]), null, options)],
  convTranspose1d: ["stride", (options) => F.convTranspose1d(x, ones([2, 1, 1]), null, options)],
  convTranspose2d: ["stride", (options) => F.convTranspose2d(pictures, ones([1, 1, 1, 1]), null, options)],
  convTranspose3d: ["stride", (options) => F.convTranspose3d(pictures, ones([1, 1, 1, 1, 1]), null, options)],
  cosineSimilarity: ["dim", (options) => F.cosineSimilarity(x, x, options)],
  crossEntropy: ["weight", (options) => F.crossEntropy(x, classes, options)],
  dropout: ["p", (options) => F.dropout(x, options)],
  dropout1d: ["p", (options) => F.dropout1d(x, options)],
  dropout2d: ["p", (options) => F.dropout2d(x, options)],
  dropout3d: ["p", (options) => F.dropout3d(x, options)],
  elu: ["alpha", (options) => F.elu(x, options)],
  embedding: ["paddingIdx", (options) => F.embedding(classes, x, options)],
  fold: ["dilation", (options) => F.fold(x, 1, 1, options)],
  featureAlphaDropout: ["p", (options) => F.featureAlphaDropout(x, options)],
  gelu: ["approximate", (options) => F.gelu(x, options)],
  glu: ["dim", (options) => F.glu(x, options)],
  hardshrink: ["lambd", (options) => F.hardshrink(x, options)],
  groupNorm: ["weight", (options) => F.groupNorm(x, 1, options)],
  hardsigmoid: ["inplace", (options) => F.hardsigmoid(x, options)],
  hardswish: ["inplace", (options) => F.hardswish(x, options)],
  hardtanh: ["minVal", (options) => F.hardtanh(x, options)],
  huberLoss: ["reduction", (options) => F.huberLoss(x, x, options)],
  instanceNorm: ["runningMean", (options) => F.instanceNorm(x.unsqueeze(0), options)],
  klDiv: ["reduction", (options) => F.klDiv(x, x, options)],
  l1Loss: ["reduction", (options) => F.l1Loss(x, x, options)],
  layerNorm: ["weight", (options) => F.layerNorm(x, 2, options)],
  leakyRelu: ["negativeSlope", (options) => F.leakyRelu(x, options)],
  localResponseNorm: ["alpha", (options) => F.localResponseNorm(x.unsqueeze(0), 2, options)],
  logSoftmax: ["dim", (options) => F.logSoftmax(x, options)],
  mish: ["inplace", (options) => F.mish(x, options)],
  mseLoss: ["reduction", (options) => F.mseLoss(x, x, options)],
  nllLoss: ["weight", (options) => F.nllLoss(x, classes, options)],
  oneHot: ["numClasses", (options) => F.oneHot(classes, options)],
  pad: ["mode", (options) => F.pad(x, [1, 1], options)],
  relu: ["inplace", (options) => F.relu(x, options)],
  relu6: ["inplace", (options) => F.relu6(x, options)],
  rrelu: ["lower", (options) => F.rrelu(x, options)],
  rmsNorm: ["weight", (options) => F.rmsNorm(x, 2, options)],
  selu: ["inplace", (options) => F.selu(x, options)],
  silu: ["inplace", (options) => F.silu(x, options)],
  smoothL1Loss: ["reduction", (options) => F.smoothL1Loss(x, x, options)],
  softmax: ["dim", (options) => F.softmax(x, options)],
  softmin: ["dim", (options) => F.softmin(x, options)],
  softplus: ["beta", (options) => F.softplus(x, options)],
  softshrink: ["lambd", (options) => F.softshrink(x, options)],
  threshold: ["inplace", (options) => F.threshold(x, 0, 1, options)],
  unfold: ["dilation", (options) => F.unfold(pictures, 1, options)],
};

const pooling: typeof calls = {
  adaptiveMaxPool1d: ["returnIndices", (options) => F.adaptiveMaxPool1d(line, 2, options)],
  adaptiveMaxPool2d: ["returnIndices", (options) => F.adaptiveMaxPool2d(picture, 2, options)],
  adaptiveMaxPool3d: ["returnIndices", (options) => F.adaptiveMaxPool3d(volume, 2, options)],
  avgPool1d: ["padding", (options) => F.avgPool1d(line, 2, 2, options)],
  avgPool2d: ["padding", (options) => F.avgPool2d(picture, 2, 2, options)],
  avgPool3d: ["padding", (options) => F.avgPool3d(volume, 2, 2, options)],
  interpolate: ["size", (options) => F.interpolate(picture, options)],
  lpPool1d: ["ceilMode", (options) => F.lpPool1d(line, 2, 2, 2, options)],
  lpPool2d: ["ceilMode", (options) => F.lpPool2d(picture, 2, 2, 2, options)],
  maxPool1d: ["padding", (options) => F.maxPool1d(line, 2, 2, options)],
  maxPool2d: ["padding", (options) => F.maxPool2d(picture, 2, 2, options)],
  maxPool3d: ["padding", (options) => F.maxPool3d(volume, 2, 2, options)],
  maxUnpool1d: ["padding", (options) => F.maxUnpool1d(line, places, 2, 2, options)],
  maxUnpool2d: ["padding", (options) => F.maxUnpool2d(picture, places, 2, 2, options)],
  maxUnpool3d: ["padding", (options) => F.maxUnpool3d(volume, places, 2, 2, options)],
};

const withoutOptions = [
  ...["adaptiveAvgPool1d", "adaptiveAvgPool2d", "adaptiveAvgPool3d"],
  ...["channelShuffle", "pixelShuffle", "pixelUnshuffle"],
  ...["linear", "logSigmoid", "prelu", "sigmoid", "softsign", "tanh", "tanhshrink"],
];

it("no function is forgotten here", () => {
  expect([...Object.keys(calls), ...Object.keys(pooling), ...withoutOptions].sort()).toEqual(Object.keys(F).sort());
});

it.each(Object.entries({ ...calls, ...pooling }))(
  "%s refuses options by position and by another name",
  (name, [known, call]) => {
    for (const options of [0.1, "sum", false, null, [1], x]) expect(() => call(options as never)).toThrow(TypeError);
    expect(() => call(0.1 as never)).toThrow(
      `${name}: the options are 0.1, expected an object such as { ${known}: ... }`,
    );
    expect(() => call({ sise: 1 } as never)).toThrow(`${name}: unknown option "sise", expected ${known}`);
  },
);

it("softmax without a dimension", () => {
  // @ts-expect-error: dim is required
  expect(() => F.softmax(x)).toThrow("softmax: the options are undefined, expected an object such as { dim: ... }");
  // @ts-expect-error: dim is required
  expect(() => F.logSoftmax(x, {})).toThrow(RangeError);
});
