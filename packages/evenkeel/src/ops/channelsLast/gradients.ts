import { type Spec, sizeOf } from "../../core/index.ts";
import type { FunctionBuilder, KernelCall, Placed } from "../../wasm/index.ts";
import type { ConvolutionAttrs } from "../conv/convolution.ts";
import { advance, floatBytes, pointer } from "../matmul/gemm.problem.ts";
import { areasOf, type Bordered, type Convolution, convolutionOf, weightPlace } from "./convolution.ts";
import {
  borderOfDy,
  emitInputGradient,
  emitWeightProducts,
  inputGradientScratch,
  weightGradientScratch,
} from "./direct/products.ts";
import { emitBorder, placeOf } from "./place.ts";
import { emitWinogradGradients } from "./winograd/gradients.ts";
import { prefersWinograd, winogradScratch } from "./winograd/products.ts";

/** The gradients of a convolution to compute, from arrays or from their specs. */
export interface Gradients<T extends Spec = Spec> {
  readonly dy: Bordered<T>;
  readonly toInput?: { readonly weight: T; readonly dx: Bordered<T> } | undefined;
  readonly toWeight?: { readonly x: Bordered<T>; readonly dweight: T } | undefined;
}

/** The algorithm of each gradient. It depends on the sizes only. */
interface Choice {
  readonly convolution: Convolution;
  readonly winogradToInput: boolean;
  readonly winogradToWeight: boolean;
}

function choose({ dy, toInput, toWeight }: Gradients, attrs: ConvolutionAttrs): Choice {
  const input = (toInput?.dx ?? toWeight?.x) as Bordered;
  const weight = (toInput?.weight ?? toWeight?.dweight) as Spec;
  const convolution = convolutionOf(input, dy, weight.shape.slice(2), attrs);
  const winograd = prefersWinograd(convolution);
  const border = toInput?.dx.border;
  // Winograd's gradient by the input also writes the padding, which needs room.
  const room = attrs.padding.every((pair, i) => pair.every((size, side) => border && size <= border[i][side]));
  return { convolution, winogradToInput: winograd && room, winogradToWeight: winograd && toWeight !== undefined };
}

export function gradientsScratch(gradients: Gradients, attrs: ConvolutionAttrs, divides: boolean): number {
  const { convolution, winogradToInput, winogradToWeight } = choose(gradients, attrs);
  const { dy, toInput, toWeight } = gradients;
  const winograd = winogradToInput || winogradToWeight ? winogradScratch(convolution, divides) : 0;
  const input = toInput === undefined || winogradToInput ? 0 : areas(0, convolution, dy).end;
  const weight = toWeight === undefined || winogradToWeight ? 0 : weightGradientScratch(convolution);
  return Math.max(winograd, input, weight);
}

type Emitting = Pick<KernelCall, "f" | "module" | "scratch" | "fast" | "divide">;

export function emitGradients(call: Emitting, gradients: Gradients<Placed>, attrs: ConvolutionAttrs): void {
  const { f, module, scratch, fast, divide } = call;
  const { dy, toInput, toWeight } = gradients;
  const { convolution, winogradToInput, winogradToWeight } = choose(gradients, attrs);
  const place = ({ spec, border }: Bordered<Placed>) => placeOf(spec, border, convolution.groups);
  const weightAt = ({ address }: Placed) => weightPlace(address, convolution);
  const products = { f, module, convolution, scratch, fast, divide, dy: place(dy) };
  const input = toInput && { dx: place(toInput.dx), weight: weightAt(toInput.weight) };
  const weight = toWeight && { x: place(toWeight.x), dweight: weightAt(toWeight.dweight) };
  if (winogradToInput && toInput !== undefined) {
    const { address, shape } = toInput.dx.spec;
    f.fill(address, 0, sizeOf(shape) * floatBytes);
  }
  if (winogradToInput || winogradToWeight) {
    emitWinogradGradients({
      ...products,
      toInput: winogradToInput ? input : undefined,
      toWeight: winogradToWeight ? weight : undefined,
    });
  }
  if (input !== undefined && toInput !== undefined) {
    if (!winogradToInput) {
      const at = areas(scratch, convolution, dy).at;
      const read = place(withBorder(f, convolution, dy, at.dy));
      emitInputGradient({ ...products, ...input, scratch: at.products, dy: read, dxMemory: toInput.dx.spec });
    }
    emitBorder(f, toInput.dx.spec, toInput.dx.border);
  }
  if (weight !== undefined && !winogradToWeight)
    emitWeightProducts({ ...products, x: weight.x, weight: weight.dweight });
}

/**
 * Scratch of direct products for the input: room for a copy of dy comes first, where its border is
 * too small.
 */
function areas(start: number, convolution: Convolution, dy: Bordered) {
  const copied = widerDy(convolution, dy);
  return areasOf(start, {
    dy: copied === undefined ? 0 : sizeOf(copied.spec.shape) * floatBytes,
    products: inputGradientScratch(convolution),
  });
}

/** dy with the border that direct products read; undefined if its border is wide enough. */
function widerDy(convolution: Convolution, { spec, border }: Bordered): Bordered | undefined {
  const needed = borderOfDy(convolution);
  if (needed.every((pair, i) => pair.every((size, side) => size <= border[i][side]))) return undefined;
  const { images, groups, outputs, rows, columns } = convolution;
  const [[above, below], [left, right]] = needed;
  const shape = [images, above + rows.outputs + below, left + columns.outputs + right, groups * outputs];
  return { spec: { shape, dtype: spec.dtype }, border: needed };
}

/** dy, or a copy of it whose border is wide enough. */
function withBorder(
  f: FunctionBuilder,
  convolution: Convolution,
  dy: Bordered<Placed>,
  address: number,
): Bordered<Placed> {
  const wider = widerDy(convolution, dy);
  if (wider === undefined) return dy;
  const copy = { spec: { ...wider.spec, address }, border: wider.border };
  const [source, target] = [placeOf(dy.spec, dy.border, 1), placeOf(copy.spec, copy.border, 1)];
  const { images, rows, columns } = convolution;
  const [at, atCopy] = [pointer(f, source.address), pointer(f, target.address)];
  emitBorder(f, copy.spec, copy.border);
  f.times(images, () => {
    f.times(rows.outputs, () => {
      f.copy(atCopy, at, columns.outputs * source.pixel);
      advance(f, at, source.row);
      advance(f, atCopy, target.row);
    });
    advance(f, at, source.image - rows.outputs * source.row);
    advance(f, atCopy, target.image - rows.outputs * target.row);
  });
  return copy;
}
