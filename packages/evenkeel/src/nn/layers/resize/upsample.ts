import { checkOptions } from "../../../core/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import {
  checkInterpolation,
  type InterpolateOptions,
  type InterpolationMode,
  interpolate,
} from "../../functional/resize/interpolate.ts";
import { kept, type Sizes } from "../../functional/sizes.ts";
import { Module } from "../../module/module.ts";
import { formatFloat, formatSizes } from "../../print/format.ts";

/** Resizing as layers; the modes are those of `F.interpolate`. */

/**
 * Makes [N, C, L], [N, C, H, W] or [N, C, D, H, W] larger, by `size` or by `scaleFactor`:
 * `new nn.Upsample({ scaleFactor: 2, mode: "bilinear" })`.
 * https://pytorch.org/docs/stable/generated/torch.nn.Upsample.html
 * @throws TypeError for both or none of the two, or an option that has no meaning for the mode
 * @throws RangeError on a call with an input whose dimensions the mode does not fit
 */
export class Upsample extends Module {
  readonly size: Sizes | null;
  readonly scaleFactor: Sizes | null;
  readonly mode: InterpolationMode;
  readonly alignCorners: boolean | null;
  readonly recomputeScaleFactor: boolean | null;

  constructor(options: InterpolateOptions) {
    super();
    const owner = this.constructor.name;
    checkInterpolation(owner, options);
    const { size = null, scaleFactor = null, mode = "nearest", alignCorners = null, recomputeScaleFactor } = options;
    this.size = kept(size);
    this.scaleFactor = kept(scaleFactor);
    this.mode = mode;
    this.alignCorners = alignCorners;
    this.recomputeScaleFactor = recomputeScaleFactor ?? null;
  }

  override forward(input: Tensor): Tensor {
    const { size, scaleFactor, mode, alignCorners, recomputeScaleFactor } = this;
    return interpolate(input, { size, scaleFactor, mode, alignCorners, recomputeScaleFactor });
  }

  override extraRepr(): string {
    const { size, scaleFactor, mode } = this;
    if (scaleFactor === null) return `size=${formatSizes(size)}, mode=${mode}`;
    const scales = [scaleFactor].flat().map(formatFloat).join(", ");
    return `scale_factor=${typeof scaleFactor === "number" ? scales : `(${scales})`}, mode=${mode}`;
  }
}

/** By how much pictures [N, C, H, W] grow, or to what size. */
export type UpsamplingOptions = Pick<InterpolateOptions, "size" | "scaleFactor">;

function upsampling(owner: string, options: UpsamplingOptions): UpsamplingOptions {
  checkOptions(owner, options, ["size", "scaleFactor"]);
  return options;
}

/**
 * {@link Upsample} by the nearest place.
 * https://pytorch.org/docs/stable/generated/torch.nn.UpsamplingNearest2d.html
 */
export class UpsamplingNearest2d extends Upsample {
  constructor(options: UpsamplingOptions) {
    super({ ...upsampling("UpsamplingNearest2d", options), mode: "nearest" });
  }
}

/**
 * {@link Upsample} of mode "bilinear" with corners aligned.
 * https://pytorch.org/docs/stable/generated/torch.nn.UpsamplingBilinear2d.html
 */
export class UpsamplingBilinear2d extends Upsample {
  constructor(options: UpsamplingOptions) {
    super({ ...upsampling("UpsamplingBilinear2d", options), mode: "bilinear", alignCorners: true });
  }
}
