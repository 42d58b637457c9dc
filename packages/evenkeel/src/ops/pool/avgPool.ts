import {
  defineOp,
  formatShape,
  type Gradients,
  isFloat,
  type NdArray,
  type Spec,
  sameShape,
  wrongShape,
} from "../../core/index.ts";
import { requireDtype, requireFloat } from "../shapes.ts";
import {
  evenPlanes,
  type Planes,
  planesOf,
  pooledShape,
  requirePlanes,
  type Spans,
  type WindowAttrs,
  withPlane,
} from "./window.ts";

/** The average of each window. Sums are taken in double. */

export interface AvgPoolAttrs extends WindowAttrs {
  /** Whether zeros of the padding are counted, not only summed. */
  readonly countIncludePad: boolean;
  /** The divisor of sums, in place of the count. */
  readonly divisorOverride?: number | undefined;
}

/** The divisor of a window's sum: the product over the dimensions, or one number for all. */
export interface Divisor {
  readonly along: (spans: Spans, i: number) => number;
  readonly override?: number | undefined;
}

const inside = ({ start, end }: Spans, i: number) => end[i] - start[i];
export const counted: Divisor = { along: inside };
export const divisorOf = ({ countIncludePad, divisorOverride }: AvgPoolAttrs): Divisor => ({
  along: countIncludePad ? ({ padded }, i) => padded[i] : inside,
  override: divisorOverride,
});

/** A window's index along each of the three dimensions. */
type At = readonly [depth: number, height: number, width: number];

/** Calls `visit` for every window with its index, the offset of its plane, and its divisor. */
export function forEachWindow(
  count: number,
  planes: Planes,
  { along, override }: Divisor,
  visit: (window: number, base: number, at: At, divisor: number) => void,
): void {
  const [depth, height, width] = planes;
  const plane = depth.size * height.size * width.size;
  const [deep, high, wide] = planes.map((spans) => spans.start.map((_, i) => along(spans, i)));
  const at: [number, number, number] = [0, 0, 0];
  let window = 0;
  for (let base = 0; window < count; base += plane) {
    for (let i = 0; i < deep.length; i++) {
      for (let j = 0; j < high.length; j++) {
        for (let k = 0; k < wide.length; k++) {
          at[0] = i;
          at[1] = j;
          at[2] = k;
          visit(window++, base, at, override ?? deep[i] * high[j] * wide[k]);
        }
      }
    }
  }
}

/** Calls `visit` for every place of a window. */
export function forEachPooled([depth, height, width]: Planes, base: number, at: At, visit: (place: number) => void) {
  const [i, j, k] = at;
  for (let d = depth.start[i]; d < depth.end[i]; d++) {
    for (let h = height.start[j]; h < height.end[j]; h++) {
      const row = base + (d * height.size + h) * width.size;
      for (let w = width.start[k]; w < width.end[k]; w++) visit(row + w);
    }
  }
}

function averages(x: NdArray, y: NdArray, planes: Planes, divisor: Divisor): void {
  const whole = !isFloat(y.dtype);
  forEachWindow(y.data.length, planes, divisor, (window, base, at, count) => {
    let sum = 0;
    forEachPooled(planes, base, at, (place) => {
      sum += x.data[place];
    });
    y.data[window] = whole ? Math.trunc(sum / count) : sum / count;
  });
}

/** The transpose of {@link averages}. */
function shares(dy: NdArray, dx: NdArray, planes: Planes, divisor: Divisor): void {
  const sums = new Float64Array(dx.data.length);
  forEachWindow(dy.data.length, planes, divisor, (window, base, at, count) => {
    const share = dy.data[window] / count;
    forEachPooled(planes, base, at, (place) => {
      sums[place] += share;
    });
  });
  dx.data.set(sums);
}

function requireWindows(op: string, dy: Spec, expected: readonly number[]): void {
  if (sameShape(dy.shape, expected)) return;
  throw wrongShape(op, "dy", dy.shape, formatShape(expected));
}

/**
 * The average of each window over an input [N, C, ...] or [C, ...]. Integers are divided without a
 * remainder, as in PyTorch. https://pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html
 */
export const avgPool = defineOp({
  name: "avgPool",
  inputs: ["input"],
  shape: ([x], attrs: AvgPoolAttrs) => {
    const name = `avgPool${attrs.kernel.length}d`;
    requireDtype(name, "input", x, ["float32", "float64", "int32"], "convert it with .float()");
    return [{ shape: pooledShape(name, x, attrs), dtype: x.dtype }];
  },
  reference: ([x], [y], attrs) => averages(x, y, planesOf(x.shape, attrs), divisorOf(attrs)),
  grad: (dy, _, { inputs, attrs }): Gradients => [
    avgPoolBackward(dy, { ...attrs, size: inputs[0].shape.slice(-attrs.kernel.length) }),
  ],
});

/**
 * The transpose of {@link avgPool}: each window gives an equal share to its places, in a plane of
 * `size`.
 */
export const avgPoolBackward = defineOp({
  name: "avgPoolBackward",
  inputs: ["dy"],
  shape: ([dy], { size, ...attrs }: AvgPoolAttrs & { readonly size: readonly number[] }) => {
    requireFloat("avgPoolBackward", "dy", dy);
    const x = { shape: withPlane(dy.shape, size), dtype: dy.dtype };
    requireWindows("avgPoolBackward", dy, pooledShape("avgPoolBackward", x, attrs));
    return [x];
  },
  reference: ([dy], [dx], attrs) => shares(dy, dx, planesOf(dx.shape, attrs), divisorOf(attrs)),
  grad: (dy, _, { attrs: { size, ...attrs } }): Gradients => [avgPool(dy, attrs)],
});

/**
 * Averages over windows that divide each dimension of the plane evenly: `outputSize` of them.
 * Window i of n reads from floor(i * size / n) to ceil((i + 1) * size / n).
 * https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html
 */
export const adaptiveAvgPool = defineOp({
  name: "adaptiveAvgPool",
  inputs: ["input"],
  shape: ([x], { outputSize }: { readonly outputSize: readonly number[] }) => {
    const name = `adaptiveAvgPool${outputSize.length}d`;
    requireFloat(name, "input", x);
    requirePlanes(name, x, outputSize.length, false);
    return [{ shape: withPlane(x.shape, outputSize), dtype: x.dtype }];
  },
  reference: ([x], [y], { outputSize }) => averages(x, y, evenPlanes(x.shape, outputSize), counted),
  grad: (dy, _, { inputs, attrs: { outputSize } }): Gradients => [
    adaptiveAvgPoolBackward(dy, { size: inputs[0].shape.slice(-outputSize.length) }),
  ],
});

/**
 * The transpose of {@link adaptiveAvgPool}: each window gives an equal share to its places, in a
 * plane of `size`.
 */
export const adaptiveAvgPoolBackward = defineOp({
  name: "adaptiveAvgPoolBackward",
  inputs: ["dy"],
  shape: ([dy], { size }: { readonly size: readonly number[] }) => {
    requireFloat("adaptiveAvgPoolBackward", "dy", dy);
    return [{ shape: withPlane(dy.shape, size), dtype: dy.dtype }];
  },
  reference: ([dy], [dx], { size }) => shares(dy, dx, evenPlanes(dx.shape, dy.shape.slice(-size.length)), counted),
  grad: (dy, _, { inputs, attrs: { size } }): Gradients => [
    adaptiveAvgPool(dy, { outputSize: inputs[0].shape.slice(-size.length) }),
  ],
});
