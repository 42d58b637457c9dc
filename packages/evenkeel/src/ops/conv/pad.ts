import {
  checkStorable,
  defineOp,
  formatShape,
  type Gradients,
  type NdArray,
  refuse,
  type Shape,
  type Spec,
  stridesOf,
} from "../../core/index.ts";
import { requireShape } from "../shapes.ts";

/**
 * Borders around arrays. Each position of a border is read from a position inside; negative
 * constant borders crop.
 */

type PadMode = "constant" | "reflect" | "replicate" | "circular";

export interface PadAttrs {
  /** One entry per dimension of the input. */
  readonly pads: readonly (readonly [before: number, after: number])[];
  readonly mode: PadMode;
  /** The value of a constant border. */
  readonly value: number;
}

interface PadBackwardAttrs extends Pick<PadAttrs, "pads" | "mode"> {
  /** The shape of the input of the pad. */
  readonly shape: Shape;
}

const paddedShape = (shape: Shape, pads: PadAttrs["pads"]) => shape.map((n, i) => n + pads[i][0] + pads[i][1]);

/** The input with a border: each size grows by the padding before and after. */
export const pad = defineOp({
  name: "pad",
  inputs: ["input"],
  shape: ([x], { pads, value }: PadAttrs): Spec[] => {
    checkStorable("pad", value, x.dtype);
    const shape = paddedShape(x.shape, pads);
    if (shape.some((n) => n < 0)) {
      throw refuse(
        "wrong-shape",
        "pad",
        `padding [${pads.join("], [")}] cuts more off ${formatShape(x.shape)} than there is`,
      );
    }
    return [{ shape, dtype: x.dtype }];
  },
  reference: ([x], [y], { pads, mode, value }) => {
    if (mode === "constant") y.data.fill(y.dtype === "bool" ? Number(value !== 0) : value);
    const [from, to] = [x.data, y.data];
    forEachPlace(x, y, pads, mode, (inner, outer) => {
      to[outer] = from[inner];
    });
  },
  grad: (dy, _, { attrs: { pads, mode }, inputs: [x] }): Gradients => [
    mode === "constant"
      ? pad(dy, { pads: pads.map(([before, after]) => [-before, -after] as const), mode, value: 0 })
      : padBackward(dy, { pads, mode, shape: x.shape }),
  ],
});

/**
 * The transpose of {@link pad}: adds every value of dy to the position that it was read from, with
 * sums in double.
 */
export const padBackward = defineOp({
  name: "padBackward",
  inputs: ["dy"],
  shape: ([dy], { pads, shape }: PadBackwardAttrs): Spec[] => {
    requireShape("padBackward", "dy", dy, paddedShape(shape, pads));
    return [{ shape, dtype: dy.dtype }];
  },
  reference: ([dy], [dx], { pads, mode }) => {
    const [totals, from] = [new Float64Array(dx.data.length), dy.data];
    forEachPlace(dx, dy, pads, mode, (inner, outer) => {
      totals[inner] += from[outer];
    });
    dx.data.set(totals);
  },
  grad: (ddx, _, { attrs: { pads, mode } }): Gradients => [pad(ddx, { pads, mode, value: 0 })],
});

/**
 * Visits the positions of the padded array that are read from the inner one, as pairs of offsets.
 */
function forEachPlace(
  inner: NdArray,
  outer: NdArray,
  pads: PadAttrs["pads"],
  mode: PadMode,
  visit: (inner: number, outer: number) => void,
): void {
  if (outer.data.length === 0) return;
  const rank = outer.shape.length;
  const [innerSteps, outerSteps] = [stridesOf(inner.shape), stridesOf(outer.shape)];
  const sources = outer.shape.map((n, d) => sourcesOf(inner.shape[d], n, pads[d][0], mode));
  const line = (d: number, from: number, to: number) => {
    const places = d < rank ? sources[d] : [0];
    if (d >= rank - 1) {
      for (let i = 0; i < places.length; i++) if (places[i] >= 0) visit(from + places[i], to + i);
      return;
    }
    for (let i = 0; i < places.length; i++) {
      if (places[i] >= 0) line(d + 1, from + places[i] * innerSteps[d], to + i * outerSteps[d]);
    }
  };
  line(0, 0, 0);
}

/**
 * For each position of a padded dimension the position that it is read from; -1 for the constant.
 */
function sourcesOf(size: number, padded: number, before: number, mode: PadMode): Int32Array {
  return Int32Array.from({ length: padded }, (_, i) => {
    const place = i - before;
    if (place >= 0 && place < size) return place;
    switch (mode) {
      case "constant":
        return -1;
      case "reflect":
        return place < 0 ? -place : 2 * (size - 1) - place;
      case "replicate":
        return place < 0 ? 0 : size - 1;
      case "circular":
        return place < 0 ? place + size : place - size;
      default:
        throw refuse("internal", "pad", `unknown mode ${mode satisfies never}`);
    }
  });
}
