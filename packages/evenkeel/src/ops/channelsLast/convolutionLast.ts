import { defineOp, refuse, type Shape, unfused } from "../../core/index.ts";
import {
  type ConvolutionAttrs,
  type ConvolutionInputAttrs,
  type ConvolutionWeightAttrs,
  convolution,
  convolutionInput,
  convolutionWeight,
} from "../conv/convolution.ts";
import { asLast, asPlanes, type Border, lastSpec, planesSpec } from "./border.ts";
import { fromChannelsLast, toChannelsLast } from "./turn.ts";

/**
 * Two-dimensional convolution over channels-last pictures: compiled programs replace `convolution`
 * and its gradients with it. Weights stay [O, C / groups, kh, kw]. Each row is defined as: convert
 * the pictures, call the row for [N, C, H, W], convert the result; the contents of the inputs'
 * borders, which are zeros, do not count.
 */

export interface ConvolutionLastAttrs extends ConvolutionAttrs {
  /** Around the input: at least the padding. */
  readonly inputBorder: Border;
  /** Around the output. */
  readonly border: Border;
}

export interface ConvolutionInputLastAttrs extends ConvolutionInputAttrs {
  readonly dyBorder: Border;
  /** Around the gradient of the input. */
  readonly border: Border;
}

export interface ConvolutionWeightLastAttrs extends ConvolutionWeightAttrs {
  readonly dyBorder: Border;
  /** Around the input: at least the padding. */
  readonly inputBorder: Border;
}

export interface ConvolutionBackwardLastAttrs extends ConvolutionAttrs {
  readonly dyBorder: Border;
  /** Around the input: at least the padding. */
  readonly inputBorder: Border;
  /** Around the gradient of the input. */
  readonly border: Border;
}

const spatial = ({ shape }: { readonly shape: Shape }): Shape => shape.slice(2);

/** Convolutions read their padding from the border. */
function requirePadding(op: string, { padding, inputBorder }: Pick<ConvolutionLastAttrs, "padding" | "inputBorder">) {
  if (padding.some((pair, i) => pair.some((size, side) => size > inputBorder[i][side]))) {
    throw refuse(
      "wrong-shape",
      op,
      `the border of the input, ${JSON.stringify(inputBorder)}, is smaller than the padding, ` +
        `${JSON.stringify(padding)}`,
      "write the input with a border of at least the padding",
    );
  }
}

/** input [N, Hp, Wp, C], weight [O, C / groups, kh, kw], bias [O] -> [N, Hp', Wp', O]. */
export const convolutionLast = defineOp({
  name: "convolutionLast",
  inputs: ["input", "weight", "bias"],
  shape: ([x, weight, bias], attrs: ConvolutionLastAttrs) => {
    requirePadding("convolutionLast", attrs);
    const input = planesSpec("convolutionLast", "the input", x, attrs.inputBorder);
    return [lastSpec(convolution.shape([input, weight, bias], attrs)[0], attrs.border)];
  },
  reference: ([x, weight, bias], [y], attrs) => {
    asLast(y, attrs.border, (planes) =>
      convolution.reference([asPlanes(x, attrs.inputBorder), weight, bias], [planes], attrs),
    );
  },
  grad: unfused(([x, weight, bias], attrs: ConvolutionLastAttrs) => {
    const input = fromChannelsLast(x, { border: attrs.inputBorder });
    return [toChannelsLast(convolution(input, weight, bias, attrs), { border: attrs.border })];
  }),
});

/**
 * The gradient of {@link convolutionLast} by its input, from dy [N, Hp', Wp', O] and the weight.
 */
export const convolutionInputLast = defineOp({
  name: "convolutionInputLast",
  inputs: ["dy", "weight"],
  shape: ([dy, weight], attrs: ConvolutionInputLastAttrs) => {
    const planes = planesSpec("convolutionInputLast", "dy", dy, attrs.dyBorder);
    return [lastSpec(convolutionInput.shape([planes, weight], attrs)[0], attrs.border)];
  },
  reference: ([dy, weight], [dx], attrs) => {
    asLast(dx, attrs.border, (planes) =>
      convolutionInput.reference([asPlanes(dy, attrs.dyBorder), weight], [planes], attrs),
    );
  },
  grad: unfused(([dy, weight], attrs: ConvolutionInputLastAttrs) => {
    const planes = fromChannelsLast(dy, { border: attrs.dyBorder });
    return [toChannelsLast(convolutionInput(planes, weight, attrs), { border: attrs.border })];
  }),
});

/**
 * The gradient of {@link convolutionLast} by its weight, from dy [N, Hp', Wp', O] and the input [N,
 * Hp, Wp, C].
 */
export const convolutionWeightLast = defineOp({
  name: "convolutionWeightLast",
  inputs: ["dy", "input"],
  shape: ([dy, x], attrs: ConvolutionWeightLastAttrs) => {
    requirePadding("convolutionWeightLast", attrs);
    const planes = planesSpec("convolutionWeightLast", "dy", dy, attrs.dyBorder);
    const input = planesSpec("convolutionWeightLast", "the input", x, attrs.inputBorder);
    return convolutionWeight.shape([planes, input], attrs);
  },
  reference: ([dy, x], [dweight], attrs) => {
    const inputs = [asPlanes(dy, attrs.dyBorder), asPlanes(x, attrs.inputBorder)];
    convolutionWeight.reference(inputs, [dweight], attrs);
  },
  grad: unfused(([dy, x], attrs: ConvolutionWeightLastAttrs) => {
    const planes = fromChannelsLast(dy, { border: attrs.dyBorder });
    return [convolutionWeight(planes, fromChannelsLast(x, { border: attrs.inputBorder }), attrs)];
  }),
});

/**
 * Both gradients at once, {@link convolutionInputLast} and {@link convolutionWeightLast}, which
 * share work.
 */
export const convolutionBackwardLast = defineOp({
  name: "convolutionBackwardLast",
  inputs: ["dy", "input", "weight"],
  outputs: ["dinput", "dweight"],
  shape: ([dy, x, weight], attrs: ConvolutionBackwardLastAttrs) => {
    const input = planesSpec("convolutionBackwardLast", "the input", x, attrs.inputBorder);
    return [
      ...convolutionInputLast.shape([dy, weight], { ...attrs, size: spatial(input) }),
      ...convolutionWeightLast.shape([dy, x], { ...attrs, kernel: spatial(weight) }),
    ];
  },
  reference: ([dy, x, weight], [dx, dweight], attrs) => {
    const size = spatial(planesSpec("convolutionBackwardLast", "the input", x, attrs.inputBorder));
    convolutionInputLast.reference([dy, weight], [dx], { ...attrs, size });
    convolutionWeightLast.reference([dy, x], [dweight], { ...attrs, kernel: spatial(weight) });
  },
  grad: unfused(([dy, x, weight], attrs: ConvolutionBackwardLastAttrs) => {
    const planes = fromChannelsLast(dy, { border: attrs.dyBorder });
    const input = fromChannelsLast(x, { border: attrs.inputBorder });
    const dx = convolutionInput(planes, weight, { ...attrs, size: spatial(input) });
    const dweight = convolutionWeight(planes, input, { ...attrs, kernel: spatial(weight) });
    return [toChannelsLast(dx, { border: attrs.border }), dweight];
  }),
});
