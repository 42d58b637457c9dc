import { checkOptions, wrongShape, wrongValue } from "../../core/index.ts";
import * as ops from "../../ops/index.ts";
import { requireDtype, requireFloat } from "../../ops/shapes.ts";
import type { Tensor } from "../../tensor/index.ts";
import { requireTensor } from "../checks.ts";

export interface EmbeddingFunctionOptions {
  /**
   * A row that gets no gradient; negative numbers count from the last row. Default null: all rows
   * get theirs.
   */
  readonly paddingIdx?: number | null | undefined;
}

const optionNames = ["paddingIdx"];

/**
 * The rows of `weight` [V, D] at the int32 indices `input`, from 0 to V - 1: [...] -> [..., D]. The
 * gradient of a row is the sum over the places that name it.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.embedding.html
 * @throws TypeError if the input is not int32, or the weight not float
 * @throws RangeError if an index or `paddingIdx` names no row; in a compiled step too, and nothing
 *   has been written then
 */
export function embedding(input: Tensor, weight: Tensor, options: EmbeddingFunctionOptions = {}): Tensor {
  checkOptions("embedding", options, optionNames);
  requireTensor("embedding", "input", input);
  requireTensor("embedding", "weight", weight);
  requireDtype("embedding", "input", input, ["int32"], "convert it with .int()");
  requireFloat("embedding", "weight", weight);
  if (weight.ndim !== 2) {
    throw wrongShape("embedding", "weight", weight.shape, "2 dimensions [V, D]");
  }
  const paddingIdx = checkedPadding("embedding", options.paddingIdx ?? null, weight.shape[0]);
  return ops.embedding(weight, input, { paddingIdx });
}

/** The row counted from the first. */
export function checkedPadding(owner: string, paddingIdx: number | null, rows: number): number | null {
  if (paddingIdx === null) return null;
  if (!Number.isInteger(paddingIdx) || paddingIdx < -rows || paddingIdx >= rows) {
    throw wrongValue(owner, "paddingIdx", paddingIdx, `a row from 0 to ${rows - 1}, or from -${rows} to -1`);
  }
  return paddingIdx < 0 ? paddingIdx + rows : paddingIdx;
}
