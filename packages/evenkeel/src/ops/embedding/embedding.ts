import { defineOp, type Gradients, mismatch, type NdArray, type Spec, wrongShape } from "../../core/index.ts";
import { ne } from "../elementwise/compare.ts";
import { where } from "../elementwise/elementwise.ts";
import { reshape } from "../movement/movement.ts";
import { requireDtype, requireFloat } from "../shapes.ts";

/** Rows of a table by index: the input of categories into a network. */

export interface EmbeddingAttrs {
  /** The padding row, which gets no gradient. null: every row is learned. */
  readonly paddingIdx: number | null;
}

function requireIndices(op: string, index: Spec): void {
  requireDtype(op, "index", index, ["int32"], "convert it with .int()");
}

/** Calls `visit` for every index, all of them checked. */
function forEachRow(op: string, { data }: NdArray, rows: number, visit: (row: number, place: number) => void): void {
  for (const row of data) {
    if (row >= 0 && row < rows) continue;
    throw mismatch(
      "wrong-value",
      op,
      `index ${row} is out of range`,
      `0 to ${rows - 1}, as the weight has ${rows} rows`,
      "make the table larger, or give unknown categories a row of their own",
    );
  }
  for (let place = 0; place < data.length; place++) visit(data[place], place);
}

/** The rows of weight [V, D] at the int32 indices of any shape: [...] -> [..., D]. */
export const embedding = defineOp({
  name: "embedding",
  inputs: ["weight", "index"],
  shape: ([weight, index], _: EmbeddingAttrs) => {
    requireFloat("embedding", "weight", weight);
    requireIndices("embedding", index);
    if (weight.shape.length !== 2) {
      throw wrongShape("embedding", "weight", weight.shape, "2 dimensions [V, D]");
    }
    return [{ shape: [...index.shape, weight.shape[1]], dtype: weight.dtype }];
  },
  reference: ([weight, index], [y]) => {
    const [rows, width] = weight.shape;
    forEachRow("embedding", index, rows, (row, place) => {
      for (let i = 0; i < width; i++) y.data[place * width + i] = weight.data[row * width + i];
    });
  },
  saves: ["index"],
  grad: (dy, { index }, { inputs: [weight], attrs }): Gradients => [
    embeddingBackward(dy, index, { ...attrs, rows: weight.shape[0] }),
    null,
  ],
});

/**
 * The transpose of {@link embedding}: sums rows into zeros [rows, D], except those at the padding
 * index.
 */
export const embeddingBackward = defineOp({
  name: "embeddingBackward",
  inputs: ["dy", "index"],
  shape: ([dy, index], { rows }: EmbeddingAttrs & { readonly rows: number }) => {
    requireIndices("embeddingBackward", index);
    return [{ shape: [rows, dy.shape[dy.shape.length - 1]], dtype: dy.dtype }];
  },
  reference: ([dy, index], [y], { rows, paddingIdx }) => {
    const width = y.shape[1];
    forEachRow("embeddingBackward", index, rows, (row, place) => {
      if (row === paddingIdx) return;
      for (let i = 0; i < width; i++) y.data[row * width + i] += dy.data[place * width + i];
    });
  },
  saves: ["index"],
  grad: (dy, { index }, { attrs: { paddingIdx } }): Gradients => {
    const rows = embedding(dy, index, { paddingIdx: null });
    if (paddingIdx === null) return [rows, null];
    const learned = reshape(ne(index, paddingIdx), { shape: [...index.shape, 1] });
    return [where(learned, rows, 0), null];
  },
});
