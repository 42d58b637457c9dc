import {
  defineOp,
  formatShape,
  type Gradients,
  mismatch,
  type NdArray,
  refuse,
  type Spec,
  sameShape,
  sizeOf,
  type Value,
  wrongShape,
} from "../../core/index.ts";
import { gather, reshape } from "../movement/movement.ts";
import { requireDtype, requireFloat } from "../shapes.ts";
import {
  evenPlanes,
  type Planes,
  planesOf,
  pooledShape,
  requirePlanes,
  type WindowAttrs,
  withPlane,
} from "./window.ts";

/** The largest value of each window, and where in its plane it stands. */

export interface MaxPoolAttrs extends WindowAttrs {
  readonly dilation: readonly number[];
}

/** `indices` count within a plane, row-major. */
function largestOf(x: NdArray, y: NdArray, indices: NdArray, [depth, height, width]: Planes): void {
  const plane = depth.size * height.size * width.size;
  const [from, to, at] = [x.data, y.data, indices.data];
  let place = 0;
  for (let base = 0; place < to.length; base += plane) {
    for (let i = 0; i < depth.start.length; i++) {
      for (let j = 0; j < height.start.length; j++) {
        for (let k = 0; k < width.start.length; k++) {
          let index = (depth.start[i] * height.size + height.start[j]) * width.size + width.start[k];
          let top = -Infinity;
          for (let d = depth.start[i]; d < depth.end[i]; d += depth.step) {
            for (let h = height.start[j]; h < height.end[j]; h += height.step) {
              const row = (d * height.size + h) * width.size;
              for (let w = width.start[k]; w < width.end[k]; w += width.step) {
                const value = from[base + row + w];
                // Every NaN is greater than all earlier values, another NaN too: as in PyTorch, the
                // last of them wins.
                if (value > top || Number.isNaN(value)) {
                  top = value;
                  index = row + w;
                }
              }
            }
          }
          to[place] = top;
          at[place] = index;
          place++;
        }
      }
    }
  }
}

/**
 * The largest value of each window; of equal ones the first counts, and a NaN is above all numbers.
 * `indices` (int32) says where in its plane each stands.
 * https://pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html
 */
export const maxPool = defineOp({
  name: "maxPool",
  inputs: ["input"],
  outputs: ["output", "indices"],
  shape: ([x], attrs: MaxPoolAttrs) => {
    const name = `maxPool${attrs.kernel.length}d`;
    requireFloat(name, "input", x);
    const shape = pooledShape(name, x, attrs);
    return [
      { shape, dtype: x.dtype },
      { shape, dtype: "int32" },
    ];
  },
  reference: ([x], [y, indices], attrs) => largestOf(x, y, indices, planesOf(x.shape, attrs)),
  saves: ["indices"],
  grad: (dy, { indices }, { inputs, attrs }): Gradients => [
    maxPoolBackward(dy, indices, { size: inputs[0].shape.slice(-attrs.kernel.length) }),
  ],
});

/**
 * Like {@link maxPool}, over windows that divide each dimension of the plane evenly: `outputSize`
 * of them.
 */
export const adaptiveMaxPool = defineOp({
  name: "adaptiveMaxPool",
  inputs: ["input"],
  outputs: ["output", "indices"],
  shape: ([x], { outputSize }: { readonly outputSize: readonly number[] }) => {
    const name = `adaptiveMaxPool${outputSize.length}d`;
    requireFloat(name, "input", x);
    requirePlanes(name, x, outputSize.length);
    const shape = withPlane(x.shape, outputSize);
    return [
      { shape, dtype: x.dtype },
      { shape, dtype: "int32" },
    ];
  },
  reference: ([x], [y, indices], { outputSize }) => largestOf(x, y, indices, evenPlanes(x.shape, outputSize)),
  saves: ["indices"],
  grad: (dy, { indices }, { inputs, attrs }): Gradients => [
    maxPoolBackward(dy, indices, { size: inputs[0].shape.slice(-attrs.outputSize.length) }),
  ],
});

interface PlaneAttrs {
  /** Sizes of the plane that the indices count in. */
  readonly size: readonly number[];
}

function requirePlaces(op: string, [x, indices]: readonly Spec[], rank: number): void {
  requireDtype(op, "indices", indices, ["int32"], "they are what max pooling gives with returnIndices");
  if (!sameShape(x.shape, indices.shape)) {
    throw mismatch(
      "wrong-shape",
      op,
      `indices have shape ${formatShape(indices.shape)}`,
      `that of the input, ${formatShape(x.shape)}`,
    );
  }
  if (x.shape.length < rank) {
    throw wrongShape(op, "input", x.shape, `at least ${rank} dimensions`);
  }
}

/** Calls `visit` for every value with the place that its index names, all of them checked. */
function forEachPlace(op: string, indices: NdArray, size: readonly number[], visit: (i: number, to: number) => void) {
  const plane = sizeOf(size);
  const places = sizeOf(indices.shape.slice(-size.length));
  for (const index of indices.data) {
    if (index >= 0 && index < plane) continue;
    throw refuse(
      "wrong-value",
      op,
      `index ${index} is out of range for a plane ${formatShape(size)} of ${plane} values`,
    );
  }
  for (let i = 0; i < indices.data.length; i++) visit(i, Math.floor(i / places) * plane + indices.data[i]);
}

/**
 * The values at these positions of each plane: the transpose of {@link maxPoolBackward}, by
 * existing rows.
 */
function gatherPlaces(x: Value, indices: Value, rank: number): Value {
  const flat = (value: Value) => {
    const lead = value.shape.slice(0, value.shape.length - rank);
    return reshape(value, { shape: [...lead, sizeOf(value.shape.slice(lead.length))] });
  };
  const found = gather(flat(x), flat(indices), { dim: x.shape.length - rank });
  return reshape(found, { shape: indices.shape });
}

/** Adds the gradient of each window to the position of its maximum. */
export const maxPoolBackward = defineOp({
  name: "maxPoolBackward",
  inputs: ["dy", "indices"],
  shape: (inputs, { size }: PlaneAttrs) => {
    requirePlaces("maxPoolBackward", inputs, size.length);
    return [{ shape: withPlane(inputs[0].shape, size), dtype: inputs[0].dtype }];
  },
  reference: ([dy, indices], [dx], { size }) => {
    const sums = new Float64Array(dx.data.length);
    forEachPlace("maxPoolBackward", indices, size, (i, to) => {
      sums[to] += dy.data[i];
    });
    dx.data.set(sums);
  },
  saves: ["indices"],
  grad: (dy, { indices }, { attrs: { size } }): Gradients => [gatherPlaces(dy, indices, size.length), null],
});

/**
 * Writes values to their indices in zeros of `size`: the partial inverse of max pooling. If several
 * have one index the last wins, and, as in PyTorch, each of them gets that position's gradient.
 * https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html
 */
export const maxUnpool = defineOp({
  name: "maxUnpool",
  inputs: ["input", "indices"],
  shape: (inputs, { size }: PlaneAttrs) => {
    const [x] = inputs;
    const name = `maxUnpool${size.length}d`;
    requireFloat(name, "input", x);
    requirePlanes(name, x, size.length, x.shape.length === size.length + 2);
    requirePlaces(name, inputs, size.length);
    return [{ shape: withPlane(x.shape, size), dtype: x.dtype }];
  },
  reference: ([x, indices], [y], { size }) => {
    forEachPlace(`maxUnpool${size.length}d`, indices, size, (i, to) => {
      y.data[to] = x.data[i];
    });
  },
  saves: ["indices"],
  grad: (dy, { indices }, { attrs: { size } }): Gradients => [gatherPlaces(dy, indices, size.length), null],
});
