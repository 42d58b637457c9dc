import { allocate, defineOp, type NdArray, type Spec, sizeOf, unfused, type Value } from "../../core/index.ts";
import { relu } from "../elementwise/activation.ts";
import { le } from "../elementwise/compare.ts";
import { div, where } from "../elementwise/elementwise.ts";
import { expand, reshape } from "../movement/movement.ts";
import { type BatchNormAttrs, batchNorm, batchNormBackward, batchNormEval } from "../normalize/normalize.ts";
import { maxPool, maxPoolBackward } from "../pool/maxPool.ts";
import { requireShape } from "../shapes.ts";
import { asPlanes, type Border, toLast } from "./border.ts";
import { type After, afters, inputSpec, outputSpec, windows } from "./norm.ts";
import { fromChannelsLast, toChannelsLast } from "./turn.ts";

/**
 * The gradients of the rows of norm.ts. The gradient through ReLU and pooling is recomputed from
 * the input, weight and bias: only the input need be kept.
 */

export interface BatchNormBackwardLastAttrs extends BatchNormAttrs {
  readonly dyBorder: Border;
  readonly inputBorder: Border;
  /** Around the gradient of the input. */
  readonly border: Border;
}

/**
 * The gradient of the normalized values z through the rest of the row, all of them [N, C, H, W].
 */
type Flow = (z: Value, dy: Value) => Value;

const through = (y: Value, dy: Value): Value => where(le(y, 0), 0, dy);

const flows: Record<keyof typeof afters, Flow> = {
  nothing: (_, dy) => dy,
  relu: (z, dy) => through(z, dy),
  reluMaxPool: (z, dy) => through(z, maxPoolBackward(dy, maxPool(relu(z), windows)[1], { size: z.shape.slice(2) })),
  reluMean: (z, dy) => {
    const [n, c, h, w] = z.shape;
    return through(z, expand(reshape(div(dy, h * w), { shape: [n, c, 1, 1] }), { shape: z.shape }));
  },
};

/** The same on arrays: maps `dy` to the gradient of `z`. */
const references: Record<keyof typeof afters, (z: NdArray, dy: NdArray) => NdArray> = {
  nothing: (_, dy) => dy,
  relu: (z, dy) => masked(z, dy),
  reluMaxPool: (z, dy) => {
    const y: NdArray = { ...z, data: allocate(z.dtype, z.data.length) };
    relu.reference([z], [y], {});
    const pooled: NdArray = { ...dy, data: allocate(dy.dtype, dy.data.length) };
    const indices: NdArray = { shape: dy.shape, dtype: "int32", data: allocate("int32", dy.data.length) };
    maxPool.reference([y], [pooled, indices], windows);
    const dz: NdArray = { ...z, data: allocate(z.dtype, z.data.length) };
    maxPoolBackward.reference([dy, indices], [dz], { size: z.shape.slice(2) });
    return masked(z, dz);
  },
  reluMean: (z, dy) => {
    const pixels = z.shape[2] * z.shape[3];
    const dz: NdArray = { ...z, data: z.data.map((_, i) => dy.data[Math.floor(i / pixels)] / pixels) };
    return masked(z, dz);
  },
};

function masked(z: NdArray, dy: NdArray): NdArray {
  return { ...dy, data: dy.data.map((value, i) => (z.data[i] <= 0 ? 0 : value)) };
}

/** The output array of the gradient. */
function requireFlow(op: string, dy: Spec, planes: Spec, border: Border, after: After): void {
  requireShape(op, "dy", dy, outputSpec(after.shape(planes.shape), planes, border, after).shape);
}

const dyPlanes = (dy: NdArray, border: Border, { pictures }: After): NdArray => (pictures ? asPlanes(dy, border) : dy);

const dyValue = (dy: Value, border: Border, { pictures }: After): Value =>
  pictures ? fromChannelsLast(dy, { border }) : dy;

/** Gradients of `batchNormLast`: those of `batchNorm`. */
export const batchNormBackwardLast = defineOp({
  name: "batchNormBackwardLast",
  inputs: ["dy", "input", "weight", "mean", "variance"],
  outputs: ["dinput", "dweight", "dbias"],
  shape: ([dy, x, ...rest], attrs: BatchNormBackwardLastAttrs) => {
    const planes = inputSpec("batchNormBackwardLast", x, attrs.inputBorder, afters.nothing);
    requireFlow("batchNormBackwardLast", dy, planes, attrs.dyBorder, afters.nothing);
    return gradientSpecs(planes, rest, attrs);
  },
  reference: ([dy, x, ...rest], outputs, attrs) => {
    const planes = asPlanes(x, attrs.inputBorder);
    gradients(asPlanes(dy, attrs.dyBorder), planes, rest, outputs, attrs);
  },
  grad: unfused(([dy, x, weight, mean, variance], attrs: BatchNormBackwardLastAttrs) => {
    const planes = fromChannelsLast(x, { border: attrs.inputBorder });
    const flow = fromChannelsLast(dy, { border: attrs.dyBorder });
    const [dx, ...rest] = batchNormBackward(flow, planes, weight, mean, variance, attrs);
    return [toChannelsLast(dx, { border: attrs.border }), ...rest];
  }),
});

function gradientSpecs(planes: Spec, rest: readonly Spec[], attrs: BatchNormBackwardLastAttrs): Spec[] {
  const [{ shape }, ...parameters] = batchNormBackward.shape([planes, planes, ...rest], attrs);
  return [outputSpec(shape, planes, attrs.border, afters.nothing), ...parameters];
}

function gradients(
  dz: NdArray,
  x: NdArray,
  rest: readonly NdArray[],
  [dx, ...parameters]: readonly NdArray[],
  attrs: BatchNormBackwardLastAttrs,
): void {
  const planes: NdArray = { ...x, data: allocate(x.dtype, sizeOf(x.shape)) };
  batchNormBackward.reference([dz, x, ...rest], [planes, ...parameters], attrs);
  toLast(planes, dx, attrs.border);
}

function backwardRow(name: string, kind: Exclude<keyof typeof afters, "nothing">) {
  const after: After = afters[kind];
  return defineOp({
    name,
    inputs: ["dy", "input", "weight", "bias", "mean", "variance"],
    outputs: ["dinput", "dweight", "dbias"],
    shape: ([dy, x, weight, bias, mean, variance], attrs: BatchNormBackwardLastAttrs) => {
      const planes = inputSpec(name, x, attrs.inputBorder, after);
      requireFlow(name, dy, planes, attrs.dyBorder, after);
      requireShape(name, "bias", bias, weight.shape);
      return gradientSpecs(planes, [weight, mean, variance], attrs);
    },
    reference: ([dy, x, weight, bias, mean, variance], outputs, attrs) => {
      const planes = asPlanes(x, attrs.inputBorder);
      const z: NdArray = { ...planes, data: allocate(planes.dtype, planes.data.length) };
      batchNormEval.reference([planes, mean, variance, weight, bias], [z], attrs);
      const dz = references[kind](z, dyPlanes(dy, attrs.dyBorder, after));
      gradients(dz, planes, [weight, mean, variance], outputs, attrs);
    },
    grad: unfused(([dy, x, weight, bias, mean, variance], attrs: BatchNormBackwardLastAttrs) => {
      const planes = fromChannelsLast(x, { border: attrs.inputBorder });
      const [z] = batchNorm(planes, weight, bias, attrs);
      const dz = flows[kind](z, dyValue(dy, attrs.dyBorder, after));
      const [dx, ...rest] = batchNormBackward(dz, planes, weight, mean, variance, attrs);
      return [toChannelsLast(dx, { border: attrs.border }), ...rest];
    }),
  });
}

/** Gradients of `batchNormReluLast`. */
export const batchNormReluBackwardLast = backwardRow("batchNormReluBackwardLast", "relu");

/**
 * Gradients of `batchNormReluMaxPoolLast`: of equal values the first in a window gets the gradient.
 */
export const batchNormReluMaxPoolBackwardLast = backwardRow("batchNormReluMaxPoolBackwardLast", "reluMaxPool");

/** Gradients of `batchNormReluMeanLast`. */
export const batchNormReluMeanBackwardLast = backwardRow("batchNormReluMeanBackwardLast", "reluMean");
