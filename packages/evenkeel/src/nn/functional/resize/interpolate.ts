import {
  check,
  checkOptions,
  describe,
  flag,
  formatShape,
  mismatch,
  refuse,
  wrongShape,
  wrongValue,
} from "../../../core/index.ts";
import * as ops from "../../../ops/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { requireTensor } from "../../checks.ts";
import { type Sizes, sizesOf } from "../sizes.ts";

export type InterpolationMode = "nearest" | "nearest-exact" | "linear" | "bilinear" | "bicubic" | "trilinear" | "area";

export interface InterpolateOptions {
  /** Sizes after the channels: one for all, or a list. Either this or `scaleFactor`. */
  readonly size?: Sizes | null | undefined;
  /** By how much each size grows, rounded down: one for all, or a list. */
  readonly scaleFactor?: Sizes | null | undefined;
  /** Default "nearest". */
  readonly mode?: InterpolationMode | undefined;
  /**
   * Whether corners fall on corners, rather than edges on edges; not for "nearest" and "area".
   * Default null: false.
   */
  readonly alignCorners?: boolean | null | undefined;
  /**
   * Count by the sizes that come out rather than by `scaleFactor`, where they differ. Default null:
   * false.
   */
  readonly recomputeScaleFactor?: boolean | null | undefined;
}

const interpolateNames = ["size", "scaleFactor", "mode", "alignCorners", "recomputeScaleFactor"];

/**
 * For each mode the number of dimensions after the channels, 0 for any, and what a row calls it.
 */
const modes: Readonly<Record<InterpolationMode, readonly [rank: number, mode: ops.ResizeMode | "area"]>> = {
  nearest: [0, "nearest"],
  "nearest-exact": [0, "nearestExact"],
  linear: [1, "linear"],
  bilinear: [2, "linear"],
  bicubic: [2, "cubic"],
  trilinear: [3, "linear"],
  area: [0, "area"],
};

/** The checks that need no input. */
export function checkInterpolation(owner: string, options: InterpolateOptions): void {
  checkOptions(owner, options, interpolateNames);
  const { size, scaleFactor, mode = "nearest", alignCorners, recomputeScaleFactor } = options;
  if (!Object.hasOwn(modes, mode)) {
    throw wrongValue(owner, "mode", mode, Object.keys(modes).join(", "));
  }
  const given = [size, scaleFactor].filter((value) => value !== undefined && value !== null).length;
  if (given !== 1) {
    throw mismatch(
      "missing",
      owner,
      `${given === 0 ? "neither" : "both"} of size and scaleFactor given`,
      "one of them",
    );
  }
  if (alignCorners !== undefined && alignCorners !== null) {
    check(owner, "alignCorners", alignCorners, flag());
    if (modes[mode][0] === 0) {
      throw refuse(
        "wrong-type",
        owner,
        "alignCorners is for linear, bilinear, bicubic and trilinear",
        `leave it out for ${mode}`,
      );
    }
  }
  if (recomputeScaleFactor !== undefined && recomputeScaleFactor !== null) {
    check(owner, "recomputeScaleFactor", recomputeScaleFactor, flag());
    if (recomputeScaleFactor && size !== undefined && size !== null) {
      throw refuse("wrong-type", owner, "recomputeScaleFactor has no meaning with size", "leave one of them out");
    }
  }
}

/** Sizes of the output, and what it grows by, if that is what counts. */
function outputOf(input: Tensor, { size, scaleFactor, recomputeScaleFactor }: InterpolateOptions) {
  const plane = input.shape.slice(2);
  const rank = plane.length;
  if (size !== undefined && size !== null) {
    return { outputSize: sizesOf("interpolate", "size", size, rank, 1), scales: plane.map(() => null) };
  }
  const list = Array.isArray(scaleFactor) ? scaleFactor : plane.map(() => scaleFactor);
  const scales = list as readonly number[];
  if (scales.length !== rank || scales.some((scale) => !(Number.isFinite(scale) && scale > 0))) {
    throw mismatch(
      "wrong-value",
      "interpolate",
      `scaleFactor is [${scales.map(describe).join(", ")}]`,
      `a number above 0, or a list of ${rank}`,
    );
  }
  const outputSize = plane.map((n, d) => Math.floor(n * scales[d]));
  if (outputSize.includes(0)) {
    throw mismatch(
      "wrong-shape",
      "interpolate",
      `nothing is left of input ${formatShape(input.shape)} by scaleFactor ${scales.join(", ")}`,
      "sizes of at least 1",
    );
  }
  return { outputSize, scales: recomputeScaleFactor ? plane.map(() => null) : scales };
}

/**
 * Makes an input [N, C, L], [N, C, H, W] or [N, C, D, H, W] larger or smaller. "nearest" takes the
 * place at floor(i * step), "nearest-exact" the one whose middle is nearest; "linear", "bilinear"
 * and "trilinear" (one, two and three dimensions) the mean of the two around, per dimension;
 * "bicubic" of four; "area" averages windows as `adaptiveAvgPool2d` does. Places are computed in
 * the input's dtype, as in PyTorch: float32 rounds.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html
 * @throws TypeError for both or none of `size` and `scaleFactor`, an unknown option, or one that
 *   has no meaning for the mode
 * @throws RangeError for a mode that the input's dimensions do not fit, or a size below 1
 */
export function interpolate(input: Tensor, options: InterpolateOptions): Tensor {
  checkInterpolation("interpolate", options);
  requireTensor("interpolate", "input", input);
  const { mode = "nearest", alignCorners } = options;
  const [rank, rowMode] = modes[mode];
  if (input.ndim < 3 || input.ndim > 5) {
    throw wrongShape("interpolate", "input", input.shape, "[N, C, L], [N, C, H, W] or [N, C, D, H, W]");
  }
  if (rank !== 0 && input.ndim !== rank + 2) {
    const fitting = ["linear", "bilinear", "trilinear"][input.ndim - 3];
    throw wrongShape(
      "interpolate",
      "input",
      input.shape,
      `${rank + 2} dimensions for mode "${mode}"`,
      `use "${fitting}"`,
    );
  }
  const { outputSize, scales } = outputOf(input, options);
  if (rowMode === "area") return ops.adaptiveAvgPool(input, { outputSize });
  return ops.resize(input, { mode: rowMode, alignCorners: alignCorners ?? false, outputSize, scales });
}
