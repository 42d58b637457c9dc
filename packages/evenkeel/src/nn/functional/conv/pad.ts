import { checkOptions, describe, formatShape, mismatch, refuse, wrongType, wrongValue } from "../../../core/index.ts";
import * as ops from "../../../ops/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { requireTensor } from "../../checks.ts";

/**
 * The contents of the border: one value, the mirrored inner values, the outermost values, or those
 * of the opposite side.
 */
export type PadMode = "constant" | "reflect" | "replicate" | "circular";

export interface PadOptions {
  /** Default "constant". */
  readonly mode?: PadMode | undefined;
  /** The value of a constant border. Default 0. */
  readonly value?: number | undefined;
}

const padModes = ["constant", "reflect", "replicate", "circular"] as const satisfies readonly PadMode[];

/**
 * Puts a border around the input. `pad` has two numbers per dimension, before and after, **last
 * dimension first**: [left, right, top, bottom, ...]. Negative numbers cut places off. All modes
 * but constant are for the last one to three dimensions of inputs with one or two others: [C, L],
 * [N, C, L], [C, H, W], [N, C, H, W], [C, D, H, W], [N, C, D, H, W].
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.pad.html
 * @throws RangeError for an odd number of sizes, too many, or a border that is wider than the mode
 *   can fill
 */
export function pad(input: Tensor, pad: readonly number[], options: PadOptions = {}): Tensor {
  checkOptions("pad", options, ["mode", "value"]);
  requireTensor("pad", "input", input);
  const { mode = "constant", value = 0 } = options;
  if (!padModes.includes(mode)) {
    throw wrongValue("pad", "mode", mode, padModes.map(describe).join(", "));
  }
  if (typeof value !== "number") throw wrongType("pad", "value", value, "a number");
  if (mode !== "constant" && value !== 0) {
    throw refuse("conflict", "pad", `value is ${value}, which mode "${mode}" does not use`, "leave it out");
  }
  const pairs = pairsOf(pad, input);
  if (mode !== "constant") checkReach(input, pairs, pad.length / 2, mode);
  const pads = input.shape.map((_, i) => pairs[i - input.ndim + pairs.length] ?? ([0, 0] as const));
  if (mode !== "circular" || pad.every((n) => n >= 0)) return ops.pad(input, { pads, mode, value });
  // PyTorch goes around what is left after cutting off.
  const cut = (n: number) => Math.min(n, 0);
  const rest = ops.pad(input, { pads: pads.map(([a, b]) => [cut(a), cut(b)] as const), mode: "constant", value: 0 });
  return ops.pad<Tensor>(rest, { pads: pads.map(([a, b]) => [a - cut(a), b - cut(b)] as const), mode, value });
}

/** The pairs in the order of the dimensions. */
function pairsOf(pad: readonly number[], input: Tensor): (readonly [before: number, after: number])[] {
  if (!Array.isArray(pad) || !pad.every(Number.isInteger)) {
    throw wrongType(
      "pad",
      "padding",
      pad,
      "a list of whole numbers, two per dimension and the last dimension first, such as [left, right, top, bottom]",
    );
  }
  if (pad.length % 2 !== 0 || pad.length / 2 > input.ndim) {
    throw mismatch(
      "wrong-shape",
      "pad",
      `${pad.length} sizes given for an input of shape ${formatShape(input.shape)}`,
      `two per dimension, at most ${2 * input.ndim}`,
    );
  }
  return Array.from({ length: pad.length / 2 }, (_, i) => [pad[2 * i], pad[2 * i + 1]] as const).reverse();
}

/** @throws RangeError where a border would need values that the input does not have */
function checkReach(
  input: Tensor,
  pairs: readonly (readonly [number, number])[],
  count: number,
  mode: Exclude<PadMode, "constant">,
): void {
  const shape = formatShape(input.shape);
  if (count < 1 || count > 3 || (input.ndim !== count + 1 && input.ndim !== count + 2)) {
    throw refuse(
      "wrong-shape",
      "pad",
      `mode "${mode}" with ${2 * count} sizes does not take an input of shape ${shape}: two sizes are ` +
        "for 2 or 3 dimensions, four for 3 or 4, six for 4 or 5",
    );
  }
  pairs.forEach(([before, after], i) => {
    const dim = input.ndim - count + i;
    const size = input.shape[dim];
    const most = mode === "reflect" ? size - 1 : mode === "circular" ? size : Number.POSITIVE_INFINITY;
    if (size > 0 && Math.max(before, after) <= most) return;
    throw refuse(
      "wrong-shape",
      "pad",
      `padding [${before}, ${after}] is too much for dimension ${dim} of ${shape} in mode "${mode}": ` +
        `${size === 0 ? "there is nothing to repeat" : `at most ${most} on a side`}`,
    );
  });
}
