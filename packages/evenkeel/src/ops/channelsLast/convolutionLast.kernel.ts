import { type Shape, type Spec, sizeOf } from "../../core/index.ts";
import type { FunctionBuilder, Kernel, KernelCall, Placed } from "../../wasm/index.ts";
import { advance, floatBytes, pointer } from "../matmul/gemm.problem.ts";
import type { Border } from "./border.ts";
import { areasOf, type Bordered, type Convolution, convolutionOf, weightPlace } from "./convolution.ts";
import type {
  ConvolutionBackwardLastAttrs,
  ConvolutionInputLastAttrs,
  ConvolutionLastAttrs,
  ConvolutionWeightLastAttrs,
} from "./convolutionLast.ts";
import {
  borderOfDy,
  emitForward,
  emitInputGradient,
  emitWeightProducts,
  forwardScratch,
  inputGradientScratch,
  weightGradientScratch,
} from "./direct/products.ts";
import { emitBorder, placeOf } from "./place.ts";

function declinesDtype([{ dtype }]: readonly Spec[]): string | undefined {
  return dtype === "float32" ? undefined : `${dtype}: there is code for float32`;
}

const kernelOf = ({ shape }: Spec): Shape => shape.slice(2);

export const convolutionLastKernel: Kernel<ConvolutionLastAttrs> = {
  kind: "kernel",
  declines: declinesDtype,
  scratch: (inputs, outputs, attrs) => forwardScratch(forwardOf(inputs, outputs, attrs)),
  emit: ({ f, module, inputs, outputs, attrs, scratch, fast }) => {
    const [x, weight, bias] = inputs;
    const [y] = outputs;
    const convolution = forwardOf(inputs, outputs, attrs);
    emitBorder(f, y, attrs.border);
    emitForward({
      f,
      module,
      convolution,
      x: placeOf(x, attrs.inputBorder),
      weight: weightPlace(weight.address, convolution),
      bias: bias.address,
      y: placeOf(y, attrs.border),
      scratch,
      fast,
    });
  },
};

function forwardOf([x, weight]: readonly Spec[], [y]: readonly Spec[], attrs: ConvolutionLastAttrs): Convolution {
  const { inputBorder, border } = attrs;
  return convolutionOf({ spec: x, border: inputBorder }, { spec: y, border }, kernelOf(weight), attrs);
}

export const convolutionInputLastKernel: Kernel<ConvolutionInputLastAttrs> = {
  kind: "kernel",
  declines: declinesDtype,
  scratch: (inputs, outputs, attrs) => {
    const { convolution, dy } = inputGradientOf(inputs, outputs, attrs);
    return dyAreas(0, convolution, dy).end;
  },
  emit: (call) => {
    const { convolution } = inputGradientOf(call.inputs, call.outputs, call.attrs);
    const [dy, weight] = call.inputs;
    const [dx] = call.outputs;
    emitDirectInput(call, convolution, { dy, dyBorder: call.attrs.dyBorder, weight, dx, border: call.attrs.border });
  },
};

function inputGradientOf(
  [dy, weight]: readonly Spec[],
  [dx]: readonly Spec[],
  attrs: ConvolutionInputLastAttrs,
): { convolution: Convolution; dy: Bordered } {
  const ofDy = { spec: dy, border: attrs.dyBorder };
  return { convolution: convolutionOf({ spec: dx, border: attrs.border }, ofDy, kernelOf(weight), attrs), dy: ofDy };
}

export const convolutionWeightLastKernel: Kernel<ConvolutionWeightLastAttrs> = {
  kind: "kernel",
  declines: declinesDtype,
  scratch: (inputs, _, attrs) => weightGradientScratch(weightGradientOf(inputs, attrs)),
  emit: ({ f, module, inputs, outputs, attrs, scratch, fast }) => {
    const [dy, x] = inputs;
    const convolution = weightGradientOf(inputs, attrs);
    emitWeightProducts({
      f,
      module,
      convolution,
      dy: placeOf(dy, attrs.dyBorder),
      x: placeOf(x, attrs.inputBorder),
      weight: weightPlace(outputs[0].address, convolution),
      scratch,
      fast,
    });
  },
};

function weightGradientOf([dy, x]: readonly Spec[], attrs: ConvolutionWeightLastAttrs): Convolution {
  const { inputBorder, dyBorder, kernel } = attrs;
  return convolutionOf({ spec: x, border: inputBorder }, { spec: dy, border: dyBorder }, kernel, attrs);
}

export const convolutionBackwardLastKernel: Kernel<ConvolutionBackwardLastAttrs> = {
  kind: "kernel",
  declines: declinesDtype,
  scratch: ([dy, x, weight], _, attrs) => {
    const convolution = weightGradientOf([dy, x], { ...attrs, kernel: kernelOf(weight) });
    const forDx = dyAreas(0, convolution, { spec: dy, border: attrs.dyBorder }).end;
    return Math.max(forDx, weightGradientScratch(convolution));
  },
  emit: (call) => {
    const { f, module, inputs, outputs, attrs, scratch, fast } = call;
    const [dy, x, weight] = inputs;
    const [dx, dweight] = outputs;
    const { dyBorder, inputBorder, border } = attrs;
    const convolution = weightGradientOf([dy, x], { ...attrs, kernel: kernelOf(weight) });
    emitDirectInput(call, convolution, { dy, dyBorder, weight, dx, border });
    const place = weightPlace(dweight.address, convolution);
    const places = { dy: placeOf(dy, dyBorder), x: placeOf(x, inputBorder), weight: place };
    emitWeightProducts({ f, module, convolution, ...places, scratch, fast });
  },
};

/** Scratch of the gradient by the input: room for a copy of dy comes first, where its border is too small. */
function dyAreas(start: number, convolution: Convolution, dy: Bordered) {
  const copied = widerDy(convolution, dy);
  return areasOf(start, {
    dy: copied === undefined ? 0 : sizeOf(copied.spec.shape) * floatBytes,
    products: inputGradientScratch(convolution),
  });
}

/** dy with the border that the gradient by the input reads; undefined: it has one that is wide enough. */
function widerDy(convolution: Convolution, { spec, border }: Bordered): Bordered | undefined {
  const needed = borderOfDy(convolution);
  if (needed.every((pair, i) => pair.every((size, side) => size <= border[i][side]))) return undefined;
  const { images, groups, outputs, rows, columns } = convolution;
  const shape = [
    images,
    needed[0][0] + rows.outputs + needed[0][1],
    needed[1][0] + columns.outputs + needed[1][1],
    groups * outputs,
  ];
  return { spec: { shape, dtype: spec.dtype }, border: needed };
}

interface InputGradient {
  readonly dy: Placed;
  readonly dyBorder: Border;
  readonly weight: Placed;
  readonly dx: Placed;
  readonly border: Border;
}

function emitDirectInput(
  { f, module, scratch, fast }: Pick<KernelCall, "f" | "module" | "scratch" | "fast">,
  convolution: Convolution,
  { dy, dyBorder, weight, dx, border }: InputGradient,
): void {
  const areas = dyAreas(scratch, convolution, { spec: dy, border: dyBorder }).at;
  const wider = widerDy(convolution, { spec: dy, border: dyBorder });
  const read = wider === undefined ? dy : { ...wider.spec, address: areas.dy };
  if (wider !== undefined) emitRebordered(f, dy, dyBorder, read, wider.border);
  emitInputGradient({
    f,
    module,
    convolution,
    dy: placeOf(read, wider?.border ?? dyBorder),
    weight: weightPlace(weight.address, convolution),
    dx: placeOf(dx, border),
    dxBytes: { address: dx.address, bytes: sizeOf(dx.shape) * floatBytes },
    scratch: areas.products,
    fast,
  });
  emitBorder(f, dx, border);
}

/** Copies pictures to where they have another border. */
function emitRebordered(f: FunctionBuilder, from: Placed, fromBorder: Border, to: Placed, toBorder: Border): void {
  const [source, target] = [placeOf(from, fromBorder), placeOf(to, toBorder)];
  const [images, height, width] = from.shape;
  const [rows, columns] = fromBorder;
  const inside = { rows: height - rows[0] - rows[1], bytes: (width - columns[0] - columns[1]) * source.pixel };
  const [at, atTo] = [pointer(f, source.address), pointer(f, target.address)];
  emitBorder(f, to, toBorder);
  f.times(images, () => {
    f.times(inside.rows, () => {
      f.copy(atTo, at, inside.bytes);
      advance(f, at, source.row);
      advance(f, atTo, target.row);
    });
    advance(f, at, source.image - inside.rows * source.row);
    advance(f, atTo, target.image - inside.rows * target.row);
  });
}
