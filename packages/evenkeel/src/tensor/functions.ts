import { broadcastShapes, formatShape, normalizeDim, type Shape, sameShape } from "../core/index.ts";
import * as ops from "../ops/index.ts";
import { type Operand, Tensor } from "./tensor.ts";

/** Functions over several tensors, and the function form of elementwise methods. */

/** Joins tensors along an existing dimension. https://pytorch.org/docs/stable/generated/torch.cat.html */
export function cat(tensors: readonly Tensor[], dim = 0): Tensor {
  requireTensors("cat", tensors);
  return ops.concat(tensors, { dim: normalizeDim(dim, tensors[0].ndim) });
}

/** Joins tensors of one shape along a new dimension. https://pytorch.org/docs/stable/generated/torch.stack.html */
export function stack(tensors: readonly Tensor[], dim = 0): Tensor {
  requireTensors("stack", tensors);
  const odd = tensors.findIndex((x) => !sameShape(x.shape, tensors[0].shape));
  if (odd > 0) {
    throw new RangeError(
      `stack: element ${odd} has shape ${formatShape(tensors[odd].shape)}, element 0 has ${formatShape(tensors[0].shape)}; ` +
        "expected one shape for all; use cat to join along a dimension that is there",
    );
  }
  return cat(
    tensors.map((x) => x.unsqueeze(dim)),
    normalizeDim(dim, tensors[0].ndim + 1),
  );
}

function requireTensors(caller: string, tensors: readonly Tensor[]): void {
  if (!Array.isArray(tensors) || tensors.length === 0) {
    throw new TypeError(`${caller} expects a list of at least one tensor: ${caller}([a, b])`);
  }
  const stranger = tensors.findIndex((x) => !(x instanceof Tensor));
  if (stranger >= 0)
    throw new TypeError(`${caller}: element ${stranger} is not a Tensor; wrap arrays with tensor(...)`);
}

/** Elements of `input` where the condition holds, of `other` elsewhere; all broadcast. */
export function where(condition: Tensor, input: Operand, other: Operand): Tensor {
  return ops.where<Tensor>(condition, input, other);
}

/** The tensors, all repeated to their common shape. */
export function broadcastTensors(...tensors: Tensor[]): Tensor[] {
  const shape = tensors.reduce<Shape>((common, x) => broadcastShapes(common, x.shape), []);
  return tensors.map((x) => x.expand(shape));
}

type Unary = (x: Tensor) => Tensor;
type Binary = (x: Operand, y: Operand) => Tensor;

export const add: Binary = ops.add;
export const sub: Binary = ops.sub;
export const mul: Binary = ops.mul;
export const div: Binary = ops.div;
export const pow: Binary = (x, y) => (x instanceof Tensor ? x.pow(y) : ops.pow<Tensor>(x, y));
export const remainder: Binary = ops.remainder;
export const maximum: Binary = ops.maximum;
export const minimum: Binary = ops.minimum;
export const neg: Unary = ops.neg;
export const abs: Unary = ops.abs;
export const sqrt: Unary = ops.sqrt;
export const square: Unary = ops.square;
export const exp: Unary = ops.exp;
export const log: Unary = ops.log;
export const sin: Unary = ops.sin;
export const cos: Unary = ops.cos;
export const tanh: Unary = ops.tanh;
export const sigmoid: Unary = ops.sigmoid;
export const relu: Unary = ops.relu;
