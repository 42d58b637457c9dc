import { defineOp, formatShape, type Gradients, mismatch, type NdArray, type Spec, sizeOf } from "../../core/index.ts";
import { withPlane } from "../pool/window.ts";
import { requireFloat } from "../shapes.ts";
import { type ResizeAttrs, type Taps, tapsOf } from "./taps.ts";

/**
 * Planes made larger or smaller: each value of the output is a weighted sum of a few places of the
 * input.
 */

const one: Taps = { size: 1, count: 1, width: 1, at: Int32Array.of(0), weight: Float64Array.of(1) };

/** One per dimension of a plane, three of them: in front one place, which is kept. */
export function planeTaps(plane: Spec, attrs: ResizeAttrs): [Taps, Taps, Taps] {
  const sizes = plane.shape.slice(-attrs.outputSize.length);
  const taps = sizes.map((size, d) => tapsOf(size, attrs, d, plane.dtype));
  return [...new Array<Taps>(3 - taps.length).fill(one), ...taps] as [Taps, Taps, Taps];
}

/**
 * Calls `visit` for each position that an output reads, with the indices of output and position,
 * and the weight.
 */
function forEachTap(
  outputs: number,
  [deep, high, wide]: readonly [Taps, Taps, Taps],
  visit: (output: number, place: number, weight: number) => void,
): void {
  let output = 0;
  for (let base = 0; output < outputs; base += deep.size * high.size * wide.size) {
    for (let i = 0; i < deep.count; i++) {
      for (let j = 0; j < high.count; j++) {
        for (let k = 0; k < wide.count; k++, output++) {
          for (let a = i * deep.width; a < (i + 1) * deep.width; a++) {
            for (let b = j * high.width; b < (j + 1) * high.width; b++) {
              const row = base + (deep.at[a] * high.size + high.at[b]) * wide.size;
              const weight = deep.weight[a] * high.weight[b];
              for (let c = k * wide.width; c < (k + 1) * wide.width; c++) {
                visit(output, row + wide.at[c], weight * wide.weight[c]);
              }
            }
          }
        }
      }
    }
  }
}

/** Sums in double. */
function accumulate(to: NdArray, run: (sums: Float64Array) => void): void {
  const sums = new Float64Array(to.data.length);
  run(sums);
  to.data.set(sums);
}

/**
 * Another size of each plane of an input [N, C, ...]: the nearest place, or a mean of the two or
 * four around, per dimension.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html
 */
export const resize = defineOp({
  name: "resize",
  inputs: ["input"],
  shape: ([x], { outputSize }: ResizeAttrs) => {
    requireFloat("interpolate", "input", x);
    const rank = outputSize.length;
    if (x.shape.length !== rank + 2 || sizeOf(x.shape.slice(1)) === 0 || outputSize.some((size) => size < 1)) {
      throw mismatch(
        "wrong-shape",
        "interpolate",
        `input ${formatShape(x.shape)} cannot be resized to ${formatShape(outputSize)}`,
        `[N, C, ...] with ${rank} more dimensions, and no size of 0 but N`,
      );
    }
    return [{ shape: withPlane(x.shape, outputSize), dtype: x.dtype }];
  },
  reference: ([x], [y], attrs) => {
    accumulate(y, (sums) => {
      forEachTap(sums.length, planeTaps(x, attrs), (output, place, weight) => {
        sums[output] += weight * x.data[place];
      });
    });
  },
  grad: (dy, _, { inputs, attrs }): Gradients => [
    resizeBackward(dy, { ...attrs, size: inputs[0].shape.slice(-attrs.outputSize.length) }),
  ],
});

/**
 * The transpose of {@link resize}: distributes each value to the positions that it was read from,
 * in a plane of `size`.
 */
export const resizeBackward = defineOp({
  name: "resizeBackward",
  inputs: ["dy"],
  shape: ([dy], { size }: ResizeAttrs & { readonly size: readonly number[] }) => {
    requireFloat("resizeBackward", "dy", dy);
    return [{ shape: withPlane(dy.shape, size), dtype: dy.dtype }];
  },
  reference: ([dy], [dx], attrs) => {
    accumulate(dx, (sums) => {
      forEachTap(dy.data.length, planeTaps(dx, attrs), (output, place, weight) => {
        sums[place] += weight * dy.data[output];
      });
    });
  },
  grad: (dy, _, { attrs: { size, ...attrs } }): Gradients => [resize(dy, attrs)],
});
