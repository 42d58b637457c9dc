import { type AnyOp, allocate, type Shape, sameShape, sizeOf } from "../../../core/index.ts";
import { type Border, borderedShape, noBorder } from "../../../ops/channelsLast/border.ts";
import { convolutionOf } from "../../../ops/channelsLast/convolution.ts";
import { borderOfDy } from "../../../ops/channelsLast/direct/products.ts";
import { prefersWinograd } from "../../../ops/channelsLast/winograd/products.ts";
import type { ConvolutionAttrs, ConvolutionInputAttrs } from "../../../ops/conv/convolution.ts";
import {
  batchNorm,
  batchNormBackward,
  batchNormBackwardLast,
  batchNormEval,
  batchNormEvalLast,
  batchNormLast,
  batchNormRelu,
  batchNormReluLast,
  clone,
  concat,
  convolution,
  convolutionInput,
  convolutionInputLast,
  convolutionLast,
  convolutionWeight,
  convolutionWeightLast,
  expand,
  maxPool,
  maxPoolBackward,
  maxPoolBackwardLast,
  maxPoolLast,
  slice,
  sum,
} from "../../../ops/index.ts";
import { kernelOf } from "../../../ops/kernels.ts";
import type { MaxPoolAttrs } from "../../../ops/pool/maxPool.ts";
import type { GraphNode, GraphValue } from "../../graph.ts";
import { fusionOf } from "../../group.ts";
import { asPictures, asPlain, type Context, type Converted, type Operand, pictures, plain } from "./converted.ts";

/** The channels-last form of each op, given that some of its pictures are channels-last. */

type Rule = (node: GraphNode, context: Context) => Converted | undefined;

/** A nonempty [N, C, H, W] in float32. */
export const isPictures = ({ shape, dtype }: GraphValue): boolean =>
  shape.length === 4 && dtype === "float32" && sizeOf(shape) > 0;

/** The positions of the dimensions of [N, C, H, W] in [N, H, W, C]. */
const placeOf = [0, 3, 1, 2];

export const lastShapeOf = ({ shape: [count, channels, height, width] }: GraphValue, border: Border): Shape =>
  borderedShape({ count, channels, height, width }, border);

const isTwoDimensional = ({ stride }: ConvolutionAttrs) => stride.length === 2;

const asBorder = (pairs: readonly (readonly [number, number])[]): Border => [pairs[0], pairs[1]];

const onConvolution: Rule = ({ attrs, inputs: [x, weight, bias], outputs: [y] }) => {
  const given = attrs as ConvolutionAttrs;
  if (!isTwoDimensional(given) || !isPictures(x) || !isPictures(y)) return undefined;
  return {
    operands: [pictures(x, asBorder(given.padding)), plain(weight), plain(bias)],
    results: [asPictures(y)],
    flat: false,
    build: ([inputBorder], border) => ({ op: convolutionLast, attrs: { ...given, inputBorder, border } }),
  };
};

const onConvolutionInput: Rule = ({ attrs, inputs: [dy, weight], outputs: [dx] }) => {
  const given = attrs as ConvolutionInputAttrs;
  if (!isTwoDimensional(given) || !isPictures(dy) || !isPictures(dx)) return undefined;
  const spec = (value: GraphValue) => ({
    spec: { shape: lastShapeOf(value, noBorder), dtype: value.dtype },
    border: noBorder,
  });
  const sizes = convolutionOf(spec(dx), spec(dy), weight.shape.slice(2), given);
  // Winograd's transforms need a border around the output, direct products around the input.
  const room = prefersWinograd(sizes);
  return {
    operands: [pictures(dy, noBorder, room ? undefined : borderOfDy(sizes)), plain(weight)],
    results: [asPictures(dx, room ? asBorder(given.padding) : undefined)],
    flat: false,
    build: ([dyBorder], border) => ({ op: convolutionInputLast, attrs: { ...given, dyBorder, border } }),
  };
};

const onConvolutionWeight: Rule = ({ attrs, inputs: [dy, x], outputs: [dweight] }) => {
  const given = attrs as ConvolutionAttrs;
  if (!isTwoDimensional(given) || !isPictures(dy) || !isPictures(x)) return undefined;
  return {
    operands: [pictures(dy, noBorder), pictures(x, asBorder(given.padding))],
    results: [asPlain(dweight)],
    flat: false,
    build: ([dyBorder, inputBorder]) => ({ op: convolutionWeightLast, attrs: { ...given, dyBorder, inputBorder } }),
  };
};

/** Batch norm of values that are channels-last already. */
const onBatchNorm =
  (op: AnyOp): Rule =>
  ({ attrs, inputs: [x, ...rest], outputs: [y, ...statistics] }, { isHeld }) => {
    if (!isPictures(x) || !isHeld(x)) return undefined;
    return {
      operands: [pictures(x, noBorder), ...rest.map((value) => plain(value))],
      results: [asPictures(y), ...statistics.map(asPlain)],
      flat: false,
      build: ([inputBorder], border) => ({ op, attrs: { ...(attrs as object), inputBorder, border } }),
    };
  };

const onBatchNormBackward: Rule = ({ attrs, inputs: [dy, x, ...rest], outputs: [dx, ...parameters] }, { isHeld }) => {
  if (!isPictures(x) || !isHeld(x)) return undefined;
  return {
    operands: [pictures(dy, noBorder), pictures(x, noBorder), ...rest.map((value) => plain(value))],
    results: [asPictures(dx), ...parameters.map(asPlain)],
    flat: false,
    build: ([dyBorder, inputBorder], border) => ({
      op: batchNormBackwardLast,
      attrs: { ...(attrs as object), dyBorder, inputBorder, border },
    }),
  };
};

const onMaxPool: Rule = ({ attrs, inputs: [x], outputs: [y, indices] }, { isHeld }) => {
  if ((attrs as MaxPoolAttrs).kernel.length !== 2 || !isPictures(x) || !isHeld(x)) return undefined;
  return {
    operands: [pictures(x, noBorder)],
    results: [asPictures(y), asPictures(indices)],
    flat: false,
    build: ([inputBorder], border) => ({ op: maxPoolLast, attrs: { ...(attrs as object), inputBorder, border } }),
  };
};

/** If the indices are channels-last too. */
const onMaxPoolBackward: Rule = ({ attrs, inputs: [dy, indices], outputs: [dx] }, { isHeld, makerOf }) => {
  const pool = makerOf(indices);
  if (pool?.op !== maxPool || !isHeld(indices) || !isPictures(dy)) return undefined;
  return {
    operands: [pictures(dy, noBorder), pictures(indices, noBorder)],
    results: [asPictures(dx)],
    flat: false,
    build: ([dyBorder], border) => ({
      op: maxPoolBackwardLast,
      attrs: { ...(pool.attrs as object), ...(attrs as object), dyBorder, border },
    }),
  };
};

/**
 * Sums over the pixels of pictures, and possibly over more dimensions: the zeros around them add
 * nothing.
 */
const onSum: Rule = ({ attrs, inputs: [x], outputs: [y] }, { isHeld }) => {
  const { dims, keepdim } = attrs as { readonly dims: readonly number[]; readonly keepdim: boolean };
  if (!isPictures(x) || !isHeld(x) || !dims.includes(2) || !dims.includes(3)) return undefined;
  const turned = dims.map((dim) => placeOf[dim]).sort((a, b) => a - b);
  return {
    operands: [pictures(x, noBorder)],
    results: [asPlain(y)],
    flat: false,
    build: () => ({ op: sum, attrs: { dims: turned, keepdim } }),
  };
};

/** A value per channel, and possibly per picture, is expanded to pictures. */
const onExpand: Rule = ({ inputs: [x], outputs: [y] }, { isShapeHeld }) => {
  if (!isPictures(y) || !isShapeHeld(y.shape)) return undefined;
  const shape = channelsShape(x.shape);
  if (shape === undefined) return undefined;
  return {
    operands: [plain(x, shape)],
    results: [asPictures(y)],
    flat: true,
    keepsZeros: false,
    build: (_, border) => ({ op: expand, attrs: { shape: lastShapeOf(y, border) } }),
  };
};

const onConcat: Rule = ({ attrs, inputs, outputs: [y] }, { isHeld }) => {
  if ((attrs as { dim: number }).dim !== 1 || !isPictures(y) || !inputs.every(isPictures)) return undefined;
  if (!inputs.some(isHeld)) return undefined;
  return {
    operands: inputs.map((value) => pictures(value, noBorder)),
    results: [asPictures(y)],
    flat: true,
    keepsZeros: true,
    build: () => ({ op: concat, attrs: { ...(attrs as object), dim: 3 } }),
  };
};

const onSlice: Rule = ({ attrs, inputs: [x], outputs: [y] }, { isHeld }) => {
  if ((attrs as { dim: number }).dim !== 1 || !isPictures(y) || !isPictures(x) || !isHeld(x)) return undefined;
  return {
    operands: [pictures(x, noBorder)],
    results: [asPictures(y)],
    flat: true,
    keepsZeros: true,
    build: () => ({ op: slice, attrs: { ...(attrs as object), dim: 3 } }),
  };
};

const onClone: Rule = ({ attrs, inputs: [x], outputs: [y] }, { isHeld }) => {
  if (!isPictures(x) || !isHeld(x) || !sameShape(x.shape, y.shape)) return undefined;
  return {
    operands: [pictures(x, noBorder)],
    results: [asPictures(y)],
    flat: true,
    keepsZeros: true,
    build: () => ({ op: clone, attrs: attrs as object }),
  };
};

/**
 * [1, 1, 1, C] or [N, 1, 1, C] for a shape that broadcasts to [N, C, H, W] by channel; undefined
 * for others.
 */
function channelsShape(shape: Shape): Shape | undefined {
  if (shape.length > 4) return undefined;
  const [n, c, h, w] = [...new Array<number>(4 - shape.length).fill(1), ...shape];
  return h === 1 && w === 1 ? [n, 1, 1, c] : undefined;
}

/** Elementwise ops process pictures and their borders as flat arrays. */
const onElementwise: Rule = (node, { isHeld }) => {
  const { op, attrs, inputs, outputs } = node;
  const [y] = outputs;
  if (outputs.length !== 1 || y.shape.length !== 4 || sizeOf(y.shape) === 0 || fusionOf(node) === undefined) {
    return undefined;
  }
  if (!inputs.some((value) => sameShape(value.shape, y.shape) && isHeld(value))) return undefined;
  if (y.dtype !== "float32" && y.dtype !== "bool") return undefined;
  const operands: Operand[] = [];
  for (const value of inputs) {
    const channels = channelsShape(value.shape);
    if (sizeOf(value.shape) === 1) operands.push(plain(value));
    else if (sameShape(value.shape, y.shape) && (isPictures(value) || (isHeld(value) && value.dtype === "bool"))) {
      operands.push(pictures(value, noBorder));
    } else if (channels !== undefined) operands.push(plain(value, channels));
    else return undefined;
  }
  const shape = lastShapeOf(y, noBorder);
  const turned: GraphNode = {
    ...node,
    inputs: operands.map(({ value, ...as }) => ({
      ...value,
      shape: as.kind === "plain" ? as.shape : shape,
    })),
    outputs: [{ ...y, shape }],
  };
  // The loop must support the broadcast pattern of the converted operands.
  if (fusionOf(turned) === undefined) return undefined;
  return {
    operands,
    results: [asPictures(y)],
    flat: true,
    keepsZeros: y.dtype === "bool" || makesZeros(op, attrs, operands, y),
    build: () => ({ op, attrs: attrs as object }),
  };
};

/**
 * Whether an elementwise op gives 0 where its pictures are 0, for any masks; other operands must be
 * constants.
 */
function makesZeros(op: AnyOp, attrs: unknown, operands: readonly Operand[], y: GraphValue): boolean {
  return [0, 1].every((mask) => {
    const arrays = operands.map(({ kind, value: { dtype, buffer } }) => {
      const data = allocate(dtype, 1);
      if (kind === "pictures") data[0] = dtype === "bool" ? mask : 0;
      else if (buffer.source.kind === "constant") data[0] = buffer.source.value;
      else return undefined;
      return { shape: [], dtype, data };
    });
    if (arrays.includes(undefined)) return false;
    const result = { shape: [], dtype: y.dtype, data: allocate(y.dtype, 1) };
    op.reference(arrays as never, [result], attrs as never);
    return result.data[0] === 0;
  });
}

const rules = new Map<AnyOp, Rule>([
  [convolution, onConvolution],
  [convolutionInput, onConvolutionInput],
  [convolutionWeight, onConvolutionWeight],
  [batchNorm, onBatchNorm(batchNormLast)],
  [batchNormRelu, onBatchNorm(batchNormReluLast)],
  [batchNormEval, onBatchNorm(batchNormEvalLast)],
  [batchNormBackward, onBatchNormBackward],
  [maxPool, onMaxPool],
  [maxPoolBackward, onMaxPoolBackward],
  [sum, onSum],
  [expand, onExpand],
  [concat, onConcat],
  [slice, onSlice],
  [clone, onClone],
]);

export function ruleOf({ op }: GraphNode): Rule | undefined {
  return rules.get(op) ?? (kernelOf(op).kind === "lanes" ? onElementwise : undefined);
}
