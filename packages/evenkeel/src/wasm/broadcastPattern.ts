import type { Shape } from "../core/index.ts";
import type { Pattern } from "./fusedLoop.ts";

/** How the inputs of an elementwise loop are repeated, with the array viewed as rows x columns. */
interface Broadcast {
  readonly rows: number;
  readonly columns: number;
  readonly patterns: readonly Pattern[];
  /**
   * The dimension before which the rows end, if an input depends on it: inputs that need different
   * splits cannot share a loop.
   */
  readonly split?: number;
}

/**
 * How shapes broadcast to `target`. Undefined if it is not by rows, columns and channels of one
 * matrix: an input that is repeated on both sides of its dimensions ([C, 1, 1] to [N, C, H, W]) has
 * one element per row, cyclically.
 */
export function broadcastPattern(shapes: readonly Shape[], target: Shape): Broadcast | undefined {
  // Dimensions of size 1 do not matter; for the others, whether each shape has them.
  const dims = target.map((_, i) => i).filter((i) => target[i] !== 1);
  const product = (list: readonly number[]) => list.reduce((total, i) => total * target[i], 1);
  let split: number | undefined;
  const patterns: Pattern[] = [];
  for (const shape of shapes) {
    const missing = target.length - shape.length;
    const has = dims.map((i) => i >= missing && shape[i - missing] !== 1);
    const first = has.indexOf(true);
    const end = has.lastIndexOf(true) + 1;
    if (first < 0) patterns.push("scalar");
    else if (has.slice(first, end).includes(false)) return undefined;
    else if (first === 0 && end === dims.length) patterns.push("full");
    else {
      const isRow = end === dims.length;
      const at = isRow ? first : end;
      if (split !== undefined && split !== at) return undefined;
      split = at;
      patterns.push(isRow ? "row" : first === 0 ? "column" : { channels: product(dims.slice(first, end)) });
    }
  }
  const [rows, columns] = [product(dims.slice(0, split ?? 0)), product(dims.slice(split ?? 0))];
  return { rows, columns, patterns, ...(split !== undefined && { split }) };
}
