import { allocate, defineOp, type NdArray, sizeOf, unfused } from "../../core/index.ts";
import { type MaxPoolAttrs, maxPool, maxPoolBackward } from "../pool/maxPool.ts";
import { requireShape } from "../shapes.ts";
import {
  asPlanes,
  type Border,
  borderedShape,
  fromLast,
  lastSpec,
  noBorder,
  picturesOf,
  planesSpec,
  toLast,
} from "./border.ts";
import { fromChannelsLast, toChannelsLast } from "./turn.ts";

/** Channels-last max pooling, for compiled programs. */

export interface MaxPoolLastAttrs extends MaxPoolAttrs {
  readonly inputBorder: Border;
  /** Around the output; the indices have none. */
  readonly border: Border;
}

export interface MaxPoolBackwardLastAttrs extends MaxPoolAttrs {
  /** The height and width of the input. */
  readonly size: readonly number[];
  readonly dyBorder: Border;
  /** Around the gradient of the input. */
  readonly border: Border;
}

/** Channels-last `maxPool`; `indices` count within a plane, as those of `maxPool` do. */
export const maxPoolLast = defineOp({
  name: "maxPoolLast",
  inputs: ["input"],
  outputs: ["output", "indices"],
  shape: ([x], attrs: MaxPoolLastAttrs) => {
    const planes = planesSpec("maxPoolLast", "the input", x, attrs.inputBorder);
    const [y, indices] = maxPool.shape([planes], attrs);
    return [lastSpec(y, attrs.border), lastSpec(indices, noBorder)];
  },
  reference: ([x], [y, indices], attrs) => {
    const planes = asPlanes(x, attrs.inputBorder);
    const pooled = maxPool.shape([planes], attrs).map(({ shape, dtype }) => ({
      ...{ shape, dtype },
      data: allocate(dtype, sizeOf(shape)),
    }));
    maxPool.reference([planes], pooled, attrs);
    toLast(pooled[0], y, attrs.border);
    toLast(pooled[1], indices, noBorder);
  },
  grad: unfused(([x], attrs: MaxPoolLastAttrs) => {
    const [y, indices] = maxPool(fromChannelsLast(x, { border: attrs.inputBorder }), attrs);
    return [toChannelsLast(y, { border: attrs.border }), indices];
  }),
});

/** Channels-last `maxPoolBackward`. */
export const maxPoolBackwardLast = defineOp({
  name: "maxPoolBackwardLast",
  inputs: ["dy", "indices"],
  shape: ([dy, indices], { size, dyBorder, border }: MaxPoolBackwardLastAttrs) => {
    const { count, channels, ...sizes } = picturesOf("maxPoolBackwardLast", "dy", dy, dyBorder);
    const expected = borderedShape({ count, channels, ...sizes }, noBorder);
    requireShape("maxPoolBackwardLast", "indices", indices, expected);
    const [height, width] = size;
    return [{ shape: borderedShape({ count, height, width, channels }, border), dtype: dy.dtype }];
  },
  reference: ([dy, indices], [dx], { size, dyBorder, border }) => {
    const planes = asPlanes(dy, dyBorder);
    const places: NdArray = { shape: planes.shape, dtype: "int32", data: allocate("int32", planes.data.length) };
    fromLast(indices, places, noBorder);
    const shape = [...planes.shape.slice(0, 2), ...size];
    const turned: NdArray = { shape, dtype: dy.dtype, data: allocate(dy.dtype, sizeOf(shape)) };
    maxPoolBackward.reference([planes, places], [turned], { size });
    toLast(turned, dx, border);
  },
  grad: {
    kind: "notDifferentiable",
    why: "its indices are channels-last, which happens only in compiled programs, after gradients are recorded",
  },
});
