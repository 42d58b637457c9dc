import { checkValue, formatShape, mismatch, wholeNumber, wrongShape } from "../../../core/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { requireTensor } from "../../checks.ts";

/** Moves values between channels and planes: nothing is computed. */

function requirePicture(owner: string, input: Tensor): void {
  requireTensor(owner, "input", input);
  if (input.ndim < 3) {
    throw wrongShape(owner, "input", input.shape, "at least 3 dimensions, [..., C, H, W]");
  }
}

/** The order of dimensions: `lead` of them as they are, the rest by their places behind these. */
const behind = (lead: number, places: readonly number[]) => [
  ...Array.from({ length: lead }, (_, d) => d),
  ...places.map((place) => lead + place),
];

/**
 * [..., C * r * r, H, W] -> [..., C, H * r, W * r]: a picture r times as large whose pixels were
 * channels. https://arxiv.org/abs/1609.05158,
 * https://pytorch.org/docs/stable/generated/torch.nn.PixelShuffle.html
 * @throws RangeError if r squared does not divide the channels, or the input has fewer than 3
 *   dimensions
 */
export function pixelShuffle(input: Tensor, upscaleFactor: number): Tensor {
  checkValue("pixelShuffle", "upscaleFactor", upscaleFactor, wholeNumber(1));
  requirePicture("pixelShuffle", input);
  const lead = input.shape.slice(0, -3);
  const [channels, height, width] = input.shape.slice(-3);
  const r = upscaleFactor;
  if (channels % (r * r) !== 0) {
    throw mismatch(
      "wrong-shape",
      "pixelShuffle",
      `input has shape ${formatShape(input.shape)}, ${channels} channels`,
      `a multiple of ${r * r}, the square of upscaleFactor`,
    );
  }
  const kept = channels / (r * r);
  return input
    .reshape([...lead, kept, r, r, height, width])
    .permute(behind(lead.length, [0, 3, 1, 4, 2]))
    .reshape([...lead, kept, height * r, width * r]);
}

/**
 * The inverse of {@link pixelShuffle}: [..., C, H * r, W * r] -> [..., C * r * r, H, W].
 * https://pytorch.org/docs/stable/generated/torch.nn.PixelUnshuffle.html
 * @throws RangeError if r does not divide height and width, or the input has fewer than 3
 *   dimensions
 */
export function pixelUnshuffle(input: Tensor, downscaleFactor: number): Tensor {
  checkValue("pixelUnshuffle", "downscaleFactor", downscaleFactor, wholeNumber(1));
  requirePicture("pixelUnshuffle", input);
  const lead = input.shape.slice(0, -3);
  const [channels, height, width] = input.shape.slice(-3);
  const r = downscaleFactor;
  if (height % r !== 0 || width % r !== 0) {
    throw wrongShape(
      "pixelUnshuffle",
      "input",
      input.shape,
      `a height and width that are multiples of ${r}, downscaleFactor`,
    );
  }
  return input
    .reshape([...lead, channels, height / r, r, width / r, r])
    .permute(behind(lead.length, [0, 2, 4, 1, 3]))
    .reshape([...lead, channels * r * r, height / r, width / r]);
}

/**
 * [N, C, ...] with its channels interleaved: one from each of `groups` groups in turn.
 * https://arxiv.org/abs/1707.01083,
 * https://pytorch.org/docs/stable/generated/torch.nn.ChannelShuffle.html
 * @throws RangeError if `groups` does not divide the channels, or the input has fewer than 3
 *   dimensions
 */
export function channelShuffle(input: Tensor, groups: number): Tensor {
  checkValue("channelShuffle", "groups", groups, wholeNumber(1));
  requireTensor("channelShuffle", "input", input);
  const { shape } = input;
  if (input.ndim < 3 || shape[1] % groups !== 0) {
    throw wrongShape(
      "channelShuffle",
      "input",
      shape,
      `[N, C, ...] with at least 3 dimensions, and ${groups} groups of equal size in C`,
    );
  }
  return input
    .reshape([shape[0], groups, shape[1] / groups, ...shape.slice(2)])
    .transpose(1, 2)
    .reshape(shape);
}
