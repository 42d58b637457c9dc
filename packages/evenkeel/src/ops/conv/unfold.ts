import {
  defineOp,
  formatShape,
  type Gradients,
  refuse,
  type Shape,
  type Spec,
  sizeOf,
  wrongShape,
} from "../../core/index.ts";
import { requireFloat, requireShape } from "../shapes.ts";
import {
  blockWidth,
  columnLength,
  forEachBlock,
  gatherColumns,
  scatterColumns,
  type WindowAttrs,
  windowCounts,
  windowsOf,
} from "./windows.ts";

/**
 * Windows of an array as columns, and columns added back to their positions: each is the transpose
 * of the other.
 */

interface UnfoldAttrs extends WindowAttrs {
  /** The spatial sizes of a window. */
  readonly kernel: Shape;
}

interface FoldAttrs extends UnfoldAttrs {
  /** The spatial sizes of the output. */
  readonly size: Shape;
}

function checkedCounts(op: string, size: Shape, attrs: UnfoldAttrs): Shape {
  const counts = windowCounts(size, attrs.kernel, attrs);
  if (counts.every((count) => count >= 1)) return counts;
  throw refuse(
    "wrong-shape",
    op,
    `a window of ${formatShape(attrs.kernel)} does not fit into ${formatShape(size)} with the ` +
      "padding and dilation given",
    "give more padding or a smaller kernel",
  );
}

function columnsShape(op: string, shape: Shape, attrs: UnfoldAttrs): Shape {
  const [n, channels, ...size] = shape;
  return [n, channels * sizeOf(attrs.kernel), sizeOf(checkedCounts(op, size, attrs))];
}

/** input [N, C, ...] -> [N, C * values of a window, windows]. */
export const unfold = defineOp({
  name: "unfold",
  inputs: ["input"],
  shape: ([x], attrs: UnfoldAttrs): Spec[] => {
    requireFloat("unfold", "input", x);
    if (x.shape.length !== attrs.kernel.length + 2) {
      throw wrongShape("unfold", "input", x.shape, `${attrs.kernel.length + 2} dimensions [N, C, ...]`);
    }
    return [{ shape: columnsShape("unfold", x.shape, attrs), dtype: x.dtype }];
  },
  reference: ([x], [y], attrs) => {
    const [n, channels, ...size] = x.shape;
    const windows = windowsOf(channels, size, attrs.kernel, windowCounts(size, attrs.kernel, attrs), attrs);
    const length = columnLength(windows);
    const columns = new Float64Array(length * blockWidth(windows));
    const places = y.shape[2];
    for (let i = 0; i < n; i++) {
      forEachBlock(windows, (from, to, width) => {
        gatherColumns(x.data, i * channels * sizeOf(size), windows, from, to, columns);
        const start = i * length * places + from * windows.counts[2];
        for (let k = 0; k < length; k++) y.data.set(columns.subarray(k * width, (k + 1) * width), start + k * places);
      });
    }
  },
  grad: (dy, _, { attrs, inputs: [x] }): Gradients => [fold(dy, { ...attrs, size: x.shape.slice(2) })],
});

/**
 * The transpose of {@link unfold}: columns [N, C * values of a window, windows] -> [N, C, ...size],
 * sums in double.
 */
export const fold = defineOp({
  name: "fold",
  inputs: ["input"],
  shape: ([x], attrs: FoldAttrs): Spec[] => {
    requireFloat("fold", "input", x);
    const values = sizeOf(attrs.kernel);
    if (x.shape.length !== 3 || x.shape[1] % values !== 0) {
      throw wrongShape(
        "fold",
        "input",
        x.shape,
        `[N, C * ${values}, L]: ${values} values for each window of ${formatShape(attrs.kernel)}`,
      );
    }
    const shape = [x.shape[0], x.shape[1] / values, ...attrs.size];
    requireShape("fold", "input", x, columnsShape("fold", shape, attrs));
    return [{ shape, dtype: x.dtype }];
  },
  reference: ([x], [y], attrs) => {
    const [n, channels, ...size] = y.shape;
    const windows = windowsOf(channels, size, attrs.kernel, windowCounts(size, attrs.kernel, attrs), attrs);
    const length = columnLength(windows);
    const columns = new Float64Array(length * blockWidth(windows));
    const totals = new Float64Array(channels * sizeOf(size));
    const places = x.shape[2];
    for (let i = 0; i < n; i++) {
      totals.fill(0);
      forEachBlock(windows, (from, to, width) => {
        const start = i * length * places + from * windows.counts[2];
        for (let k = 0; k < length; k++) {
          columns.set(x.data.subarray(start + k * places, start + k * places + width), k * width);
        }
        scatterColumns(columns, windows, from, to, totals, 0);
      });
      y.data.set(totals, i * totals.length);
    }
  },
  grad: (dy, _, { attrs: { size: __, ...attrs } }): Gradients => [unfold(dy, attrs)],
});
