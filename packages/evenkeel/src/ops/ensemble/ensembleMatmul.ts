import { defineOp, formatShape, type Gradients, refuse, type Spec } from "../../core/index.ts";
import { product } from "../matmul/product.ts";
import { requireFloat, requireSameDtype } from "../shapes.ts";
import { memberProducts, memberWeightProducts } from "./ensembleMatmul.loops.ts";

/**
 * Products of the members of an ensemble: member j of every row, x[:, j], with a matrix of its own.
 * The members of a row lie beside each other, as the layers that they share leave them. Dot
 * products accumulate in double, in the order of the inner dimension.
 */

export interface EnsembleMatmulAttrs {
  /** Read the matrix of each member transposed. */
  readonly transposeB?: boolean;
}

/** [N, k, in] x [k, in, out] -> [N, k, out]. */
export const ensembleMatmul = defineOp({
  name: "ensembleMatmul",
  inputs: ["input", "weight"],
  shape: ([x, weight], { transposeB = false }: EnsembleMatmulAttrs) => {
    checkOperands("ensembleMatmul", x, "the input", weight, "the weight");
    const [rows, k, inputs] = x.shape;
    const [members, ...sizes] = weight.shape;
    const [inner, outputs] = transposeB ? [sizes[1], sizes[0]] : sizes;
    if (k !== members || inputs !== inner) {
      throw refuse(
        "wrong-shape",
        "ensembleMatmul",
        `input ${formatShape(x.shape)} does not fit the weight ${formatShape(weight.shape)}: expected [N, ${members}, ${inner}]`,
      );
    }
    return [{ shape: [rows, k, outputs], dtype: x.dtype }];
  },
  reference: ([x, weight], [y], { transposeB = false }) => memberProducts(product, x, weight, transposeB, y),
  saves: ["input", "weight"],
  savedFor: { input: [1], weight: [0] },
  grad: (dy, { input, weight }, { attrs: { transposeB = false }, needs }): Gradients => [
    needs[0] ? ensembleMatmul(dy, weight, { transposeB: !transposeB }) : null,
    needs[1] ? (transposeB ? ensembleMatmulWeight(dy, input) : ensembleMatmulWeight(input, dy)) : null,
  ],
});

/** [N, k, in] and [N, k, out] -> [k, in, out]: for each member, its rows transposed times its rows. */
export const ensembleMatmulWeight = defineOp({
  name: "ensembleMatmulWeight",
  inputs: ["input", "dy"],
  shape: ([x, dy]) => {
    checkOperands("ensembleMatmulWeight", x, "the input", dy, "dy");
    if (x.shape[0] !== dy.shape[0] || x.shape[1] !== dy.shape[1]) {
      throw refuse(
        "wrong-shape",
        "ensembleMatmulWeight",
        `input ${formatShape(x.shape)} and dy ${formatShape(dy.shape)} must have the same rows and members`,
      );
    }
    return [{ shape: [x.shape[1], x.shape[2], dy.shape[2]], dtype: x.dtype }];
  },
  reference: ([x, dy], [dweight]) => memberWeightProducts(product, x, dy, dweight),
  saves: ["input", "dy"],
  savedFor: { input: [1], dy: [0] },
  grad: (g, { input, dy }, { needs }) => [
    needs[0] ? ensembleMatmul(dy, g, { transposeB: true }) : null,
    needs[1] ? ensembleMatmul(input, g, {}) : null,
  ],
});

function checkOperands(op: string, a: Spec, nameA: string, b: Spec, nameB: string): void {
  requireFloat(op, nameA, a);
  requireSameDtype(op, a, nameA, b, nameB);
  for (const [{ shape }, name] of [[a, nameA] as const, [b, nameB] as const]) {
    if (shape.length !== 3) {
      throw refuse("wrong-shape", op, `${name} has shape ${formatShape(shape)}, expected 3 dimensions`);
    }
  }
}
