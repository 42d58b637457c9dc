import type { Spec } from "../../core/index.ts";
import type { Kernel } from "../../wasm/index.ts";
import type { ConvolutionAttrs } from "../conv/convolution.ts";
import { type Convolution, convolutionOf, weightPlace } from "./convolution.ts";
import type {
  ConvolutionBackwardLastAttrs,
  ConvolutionInputLastAttrs,
  ConvolutionLastAttrs,
  ConvolutionWeightLastAttrs,
} from "./convolutionLast.ts";
import { emitForward, forwardScratch } from "./direct/products.ts";
import { emitGradients, type Gradients, gradientsScratch } from "./gradients.ts";
import { emitBorder, placeOf } from "./place.ts";
import { emitWinograd, prefersWinograd, winogradScratch } from "./winograd/products.ts";

function declinesDtype([{ dtype }]: readonly Spec[]): string | undefined {
  return dtype === "float32" ? undefined : `${dtype}: there is code for float32`;
}

/** By Winograd's algorithm if it is less work, else by direct products. */
export const convolutionLastKernel: Kernel<ConvolutionLastAttrs> = {
  kind: "kernel",
  declines: declinesDtype,
  scratch: (inputs, outputs, attrs, divides) => {
    const convolution = forwardOf(inputs, outputs, attrs);
    return prefersWinograd(convolution) ? winogradScratch(convolution, divides) : forwardScratch(convolution);
  },
  emit: ({ f, module, inputs, outputs, attrs, scratch, fast, divide }) => {
    const [x, weight, bias] = inputs;
    const [y] = outputs;
    const { inputBorder, border } = attrs;
    const convolution = forwardOf(inputs, outputs, attrs);
    const { groups } = convolution;
    const emit = prefersWinograd(convolution) ? emitWinograd : emitForward;
    emitBorder(f, y, border);
    emit({
      f,
      module,
      convolution,
      x: placeOf(x, inputBorder, groups),
      weight: weightPlace(weight.address, convolution),
      bias: bias.address,
      y: placeOf(y, border, groups),
      scratch,
      fast,
      divide,
    });
  },
};

function forwardOf([x, weight]: readonly Spec[], [y]: readonly Spec[], attrs: ConvolutionLastAttrs): Convolution {
  const input = { spec: x, border: attrs.inputBorder };
  return convolutionOf(input, { spec: y, border: attrs.border }, weight.shape.slice(2), attrs);
}

type Operands<A> = <T extends Spec>(inputs: readonly T[], outputs: readonly T[], attrs: A) => Gradients<T>;

/** The kernel of a row that computes gradients, from the mapping of its inputs and outputs. */
function gradientKernel<A extends ConvolutionAttrs>(operandsOf: Operands<A>): Kernel<A> {
  return {
    kind: "kernel",
    declines: declinesDtype,
    scratch: (inputs, outputs, attrs, divides) => gradientsScratch(operandsOf(inputs, outputs, attrs), attrs, divides),
    emit: (call) => emitGradients(call, operandsOf(call.inputs, call.outputs, call.attrs), call.attrs),
  };
}

export const convolutionInputLastKernel = gradientKernel<ConvolutionInputLastAttrs>(
  ([dy, weight], [dx], { dyBorder, border }) => ({
    dy: { spec: dy, border: dyBorder },
    toInput: { weight, dx: { spec: dx, border } },
  }),
);

export const convolutionWeightLastKernel = gradientKernel<ConvolutionWeightLastAttrs>(
  ([dy, x], [dweight], { dyBorder, inputBorder }) => ({
    dy: { spec: dy, border: dyBorder },
    toWeight: { x: { spec: x, border: inputBorder }, dweight },
  }),
);

export const convolutionBackwardLastKernel = gradientKernel<ConvolutionBackwardLastAttrs>(
  ([dy, x, weight], [dx, dweight], { dyBorder, inputBorder, border }) => ({
    dy: { spec: dy, border: dyBorder },
    toInput: { weight, dx: { spec: dx, border } },
    toWeight: { x: { spec: x, border: inputBorder }, dweight },
  }),
);
