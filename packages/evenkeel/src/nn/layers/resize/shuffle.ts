import type { Tensor } from "../../../tensor/index.ts";
import { checkPlacedSize } from "../../checks.ts";
import { channelShuffle, pixelShuffle, pixelUnshuffle } from "../../functional/resize/shuffle.ts";
import { Module } from "../../module/module.ts";

/** Values moved between channels and planes, as layers; see `functional`. */

/**
 * [..., C * r * r, H, W] -> [..., C, H * r, W * r] for r = `upscaleFactor`.
 * https://pytorch.org/docs/stable/generated/torch.nn.PixelShuffle.html
 * @throws RangeError on a call with channels that r * r does not divide
 */
export class PixelShuffle extends Module {
  readonly upscaleFactor: number;

  constructor(upscaleFactor: number) {
    super();
    checkPlacedSize("PixelShuffle", "upscaleFactor", upscaleFactor);
    this.upscaleFactor = upscaleFactor;
  }

  override forward(input: Tensor): Tensor {
    return pixelShuffle(input, this.upscaleFactor);
  }

  override extraRepr(): string {
    return `upscale_factor=${this.upscaleFactor}`;
  }
}

/**
 * [..., C, H * r, W * r] -> [..., C * r * r, H, W] for r = `downscaleFactor`.
 * https://pytorch.org/docs/stable/generated/torch.nn.PixelUnshuffle.html
 * @throws RangeError on a call with a height or width that r does not divide
 */
export class PixelUnshuffle extends Module {
  readonly downscaleFactor: number;

  constructor(downscaleFactor: number) {
    super();
    checkPlacedSize("PixelUnshuffle", "downscaleFactor", downscaleFactor);
    this.downscaleFactor = downscaleFactor;
  }

  override forward(input: Tensor): Tensor {
    return pixelUnshuffle(input, this.downscaleFactor);
  }

  override extraRepr(): string {
    return `downscale_factor=${this.downscaleFactor}`;
  }
}

/**
 * Interleaves the channels of [N, C, ...]: one from each of `groups` groups in turn.
 * https://pytorch.org/docs/stable/generated/torch.nn.ChannelShuffle.html
 * @throws RangeError on a call with channels that `groups` does not divide
 */
export class ChannelShuffle extends Module {
  readonly groups: number;

  constructor(groups: number) {
    super();
    checkPlacedSize("ChannelShuffle", "groups", groups);
    this.groups = groups;
  }

  override forward(input: Tensor): Tensor {
    return channelShuffle(input, this.groups);
  }

  override extraRepr(): string {
    return `groups=${this.groups}`;
  }
}
