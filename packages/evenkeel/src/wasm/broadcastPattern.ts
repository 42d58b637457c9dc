import type { Shape } from "../core/index.ts";
import type { Pattern } from "./fusedLoop.ts";

/** How the inputs of an elementwise loop are repeated, with the array seen as rows x columns. */
export interface Broadcast {
  readonly rows: number;
  readonly columns: number;
  readonly patterns: readonly Pattern[];
}

/**
 * How shapes broadcast to `target`. Undefined where they do in other ways than by rows and columns of one and the same
 * matrix, such as [C, 1, 1] to [N, C, H, W].
 */
export function broadcastPattern(shapes: readonly Shape[], target: Shape): Broadcast | undefined {
  // Dimensions of size 1 say nothing; of the others, whether each shape has them.
  const dims = target.map((_, i) => i).filter((i) => target[i] !== 1);
  const present = shapes.map((shape) => {
    const missing = target.length - shape.length;
    return dims.map((i) => i >= missing && shape[i - missing] !== 1);
  });
  let split: number | undefined;
  const patterns: Pattern[] = [];
  for (const has of present) {
    const first = has.indexOf(true);
    const firstMissing = has.indexOf(false);
    if (first < 0) patterns.push("scalar");
    else if (firstMissing < 0) patterns.push("full");
    else {
      const isRow = first > 0;
      const at = isRow ? first : firstMissing;
      // From `at` on, it must stay as it is.
      if (has.slice(at).includes(!isRow) || (split !== undefined && split !== at)) return undefined;
      split = at;
      patterns.push(isRow ? "row" : "column");
    }
  }
  const product = (list: readonly number[]) => list.reduce((total, i) => total * target[i], 1);
  return { rows: product(dims.slice(0, split ?? 0)), columns: product(dims.slice(split ?? 0)), patterns };
}
