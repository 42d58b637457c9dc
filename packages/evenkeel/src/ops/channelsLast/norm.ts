import {
  allocate,
  defineOp,
  mismatch,
  type NdArray,
  type Shape,
  type Spec,
  sizeOf,
  unfused,
  type Value,
} from "../../core/index.ts";
import { relu } from "../elementwise/activation.ts";
import { type BatchNormAttrs, batchNorm, batchNormEval } from "../normalize/normalize.ts";
import { maxPool } from "../pool/maxPool.ts";
import { mean as meanOf } from "../reduce/reduce.ts";
import { asPlanes, type Border, lastSpec, planesSpec, toLast } from "./border.ts";
import { fromChannelsLast, toChannelsLast } from "./turn.ts";

/**
 * Channels-last batch normalization, alone and fused with the ops that follow it in a ConvNet:
 * compiled programs replace `batchNorm`, `relu`, `maxPool` and `mean` with these rows. Each is
 * defined as: convert the pictures, call the rows for [N, C, H, W], convert the result.
 */

export interface BatchNormLastAttrs extends BatchNormAttrs {
  readonly inputBorder: Border;
  /** Around the output. */
  readonly border: Border;
}

/** What follows the normalization in the same row. */
export interface After {
  /** Maps [N, C, H, W] to the result. */
  readonly shape: (planes: Shape) => Shape;
  readonly compose: (normalized: Value) => Value;
  readonly reference: (normalized: NdArray, output: NdArray) => void;
  /** Whether the output is pictures, with a border, or [N, C]. */
  readonly pictures: boolean;
}

/** Windows of 2 x 2 side by side. */
export const windows = { kernel: [2, 2], stride: [2, 2], padding: [0, 0], dilation: [1, 1], ceilMode: false };

const overPixels = { dims: [2, 3], keepdim: false };

const rectified = (x: NdArray): NdArray => {
  const y = { ...x, data: allocate(x.dtype, x.data.length) };
  relu.reference([x], [y], {});
  return y;
};

export const afters = {
  nothing: {
    shape: (planes) => planes,
    compose: (z) => z,
    reference: (z, y) => y.data.set(z.data),
    pictures: true,
  },
  relu: {
    shape: (planes) => planes,
    compose: (z) => relu(z),
    reference: (z, y) => relu.reference([z], [y], {}),
    pictures: true,
  },
  reluMaxPool: {
    shape: ([n, c, h, w]) => [n, c, h / 2, w / 2],
    compose: (z) => maxPool(relu(z), windows)[0],
    reference: (z, y) => {
      const indices: NdArray = { shape: y.shape, dtype: "int32", data: allocate("int32", y.data.length) };
      maxPool.reference([rectified(z)], [y, indices], windows);
    },
    pictures: true,
  },
  reluMean: {
    shape: ([n, c]) => [n, c],
    compose: (z) => meanOf(relu(z), overPixels),
    reference: (z, y) => meanOf.reference([rectified(z)], [y], overPixels),
    pictures: false,
  },
} as const satisfies Record<string, After>;

/** The spec of the input as [N, C, H, W]. @throws RangeError if windows of 2 x 2 do not cover it */
export function inputSpec(op: string, x: Spec, border: Border, after: After): Spec {
  const planes = planesSpec(op, "the input", x, border);
  const [, , height, width] = planes.shape;
  if (after === afters.reluMaxPool && (height % 2 !== 0 || width % 2 !== 0)) {
    throw mismatch("wrong-shape", op, `pictures of ${height} x ${width}`, "even sizes, for windows of 2 x 2");
  }
  return planes;
}

/** The spec of an output, from its spec before conversion. */
export function outputSpec(planes: Shape, { dtype }: Spec, border: Border, { pictures }: After): Spec {
  return pictures ? lastSpec({ shape: planes, dtype }, border) : { shape: planes, dtype };
}

function trainingRow<const Name extends string>(name: Name, after: After) {
  return defineOp({
    name,
    inputs: ["input", "weight", "bias"],
    outputs: ["output", "mean", "variance"],
    shape: ([x, weight, bias], attrs: BatchNormLastAttrs) => {
      const planes = inputSpec(name, x, attrs.inputBorder, after);
      const [, ...statistics] = batchNorm.shape([planes, weight, bias], attrs);
      return [outputSpec(after.shape(planes.shape), x, attrs.border, after), ...statistics];
    },
    reference: ([x, weight, bias], [y, ...statistics], attrs) => {
      const planes = asPlanes(x, attrs.inputBorder);
      const z: NdArray = { ...planes, data: allocate(planes.dtype, planes.data.length) };
      batchNorm.reference([planes, weight, bias], [z, ...statistics], attrs);
      finish(z, y, attrs.border, after);
    },
    grad: unfused(([x, weight, bias], attrs: BatchNormLastAttrs) => {
      const planes = fromChannelsLast(x, { border: attrs.inputBorder });
      const [z, ...statistics] = batchNorm(planes, weight, bias, attrs);
      const y = after.compose(z);
      return [after.pictures ? toChannelsLast(y, { border: attrs.border }) : y, ...statistics];
    }),
  });
}

function finish(z: NdArray, y: NdArray, border: Border, after: After): void {
  const shape = after.shape(z.shape);
  const planes: NdArray = { shape, dtype: z.dtype, data: allocate(z.dtype, sizeOf(shape)) };
  after.reference(z, planes);
  if (after.pictures) toLast(planes, y, border);
  else y.data.set(planes.data);
}

/** Channels-last `batchNorm`. */
export const batchNormLast = trainingRow("batchNormLast", afters.nothing);

/** `batchNorm`, then `relu`. */
export const batchNormReluLast = trainingRow("batchNormReluLast", afters.relu);

/** `batchNorm`, `relu`, then the maximum of every window of 2 x 2. */
export const batchNormReluMaxPoolLast = trainingRow("batchNormReluMaxPoolLast", afters.reluMaxPool);

/** `batchNorm`, `relu`, then the mean over the pixels: [N, C]. */
export const batchNormReluMeanLast = trainingRow("batchNormReluMeanLast", afters.reluMean);

/** Channels-last `batchNormEval`. */
export const batchNormEvalLast = defineOp({
  name: "batchNormEvalLast",
  inputs: ["input", "mean", "variance", "weight", "bias"],
  shape: ([x, ...rest], attrs: BatchNormLastAttrs) => {
    const planes = inputSpec("batchNormEvalLast", x, attrs.inputBorder, afters.nothing);
    const [{ shape }] = batchNormEval.shape([planes, ...rest], attrs);
    return [outputSpec(shape, x, attrs.border, afters.nothing)];
  },
  reference: ([x, ...rest], [y], attrs) => {
    const planes = asPlanes(x, attrs.inputBorder);
    const z: NdArray = { ...planes, data: allocate(planes.dtype, planes.data.length) };
    batchNormEval.reference([planes, ...rest], [z], attrs);
    finish(z, y, attrs.border, afters.nothing);
  },
  grad: unfused(([x, mean, variance, weight, bias], attrs: BatchNormLastAttrs) => {
    const planes = fromChannelsLast(x, { border: attrs.inputBorder });
    return [toChannelsLast(batchNormEval(planes, mean, variance, weight, bias, attrs), { border: attrs.border })];
  }),
});
