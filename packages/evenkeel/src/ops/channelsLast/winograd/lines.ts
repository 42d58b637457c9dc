import { type FunctionBuilder, f32x4, type Local, type V128 } from "../../../wasm/index.ts";

/**
 * Winograd's minimal filtering F(2x2, 3x3): two by two outputs from four by four inputs by 16
 * products instead of 36. y = A' [(G w G') . (B' x B)] A, in the matrices of A. Lavin and S. Gray,
 * "Fast Algorithms for Convolutional Neural Networks", 2015, https://arxiv.org/abs/1509.09308.
 * Gradients go through the transposes of the same steps.
 */

/** One value of a transformed line, from the values of the line before. */
type Line = (of: (index: number) => V128) => V128;

const { add, sub, mul, neg } = f32x4;
const half = (x: V128): V128 => mul(x, f32x4.const(0.5));

/** B': four inputs to four factors. */
export const inputLines: readonly Line[] = [
  (x) => sub(x(0), x(2)),
  (x) => add(x(1), x(2)),
  (x) => sub(x(2), x(1)),
  (x) => sub(x(1), x(3)),
];

/** B: gradients of the factors to gradients of the inputs. */
export const inputGradientLines: readonly Line[] = [
  (v) => v(0),
  (v) => add(sub(v(1), v(2)), v(3)),
  (v) => sub(add(v(1), v(2)), v(0)),
  (v) => neg(v(3)),
];

/** G: three weights to four factors. */
export const weightLines: readonly Line[] = [
  (w) => w(0),
  (w) => half(add(add(w(0), w(2)), w(1))),
  (w) => half(sub(add(w(0), w(2)), w(1))),
  (w) => w(2),
];

/** G': gradients of the factors to gradients of the weights. */
export const weightGradientLines: readonly Line[] = [
  (u) => add(u(0), half(add(u(1), u(2)))),
  (u) => half(sub(u(1), u(2))),
  (u) => add(half(add(u(1), u(2))), u(3)),
];

/** A': four products to two outputs. */
export const outputLines: readonly Line[] = [(m) => add(add(m(0), m(1)), m(2)), (m) => sub(sub(m(1), m(2)), m(3))];

/** A: gradients of the outputs to gradients of the products. */
export const outputGradientLines: readonly Line[] = [
  (y) => y(0),
  (y) => add(y(0), y(1)),
  (y) => sub(y(0), y(1)),
  (y) => neg(y(1)),
];

/**
 * Transforms a square of values along both dimensions: `load` gives the value at a row and a
 * column, `store` takes the transformed one. `line` holds a line of intermediate values.
 */
export function emitSquare(
  f: FunctionBuilder,
  lines: readonly Line[],
  line: readonly Local<"v128">[],
  load: (row: number, column: number) => V128,
  store: (row: number, column: number, value: V128) => void,
): void {
  for (const [row, along] of lines.entries()) {
    for (const [column, value] of line.entries())
      f.set(
        value,
        along((r) => load(r, column)),
      );
    for (const [column, across] of lines.entries())
      store(
        row,
        column,
        across((c) => line[c]),
      );
  }
}
