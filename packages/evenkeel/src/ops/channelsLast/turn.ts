import { defineOp, type Gradients, wrongShape } from "../../core/index.ts";
import { requireFloat } from "../shapes.ts";
import { type Border, fromLast, lastSpec, planesSpec, toLast } from "./border.ts";

/** The conversions of compiled programs between [N, C, H, W] and channels-last pictures. */

export interface BorderAttrs {
  readonly border: Border;
}

/** Converts [N, C, H, W] to channels-last order with a border of zeros, for compiled programs. */
export const toChannelsLast = defineOp({
  name: "toChannelsLast",
  inputs: ["input"],
  shape: ([x], { border }: BorderAttrs) => {
    requireFloat("toChannelsLast", "input", x);
    if (x.shape.length !== 4) {
      throw wrongShape("toChannelsLast", "the input", x.shape, "[N, C, H, W]");
    }
    return [lastSpec(x, border)];
  },
  reference: ([x], [y], { border }) => toLast(x, y, border),
  grad: (dy, _, { attrs }): Gradients => [fromChannelsLast(dy, attrs)],
});

/** The inverse of {@link toChannelsLast}, without the border. */
export const fromChannelsLast = defineOp({
  name: "fromChannelsLast",
  inputs: ["input"],
  shape: ([x], { border }: BorderAttrs) => {
    requireFloat("fromChannelsLast", "input", x);
    return [planesSpec("fromChannelsLast", "the input", x, border)];
  },
  reference: ([x], [y], { border }) => fromLast(x, y, border),
  grad: (dy, _, { attrs }): Gradients => [toChannelsLast(dy, attrs)],
});
