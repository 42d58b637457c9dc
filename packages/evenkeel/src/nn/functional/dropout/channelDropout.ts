import { type Shape, wrongShape } from "../../../core/index.ts";
import * as ops from "../../../ops/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { type DropoutOptions, drawByRows, readDropout } from "./dropout.ts";

/**
 * Dropout of whole channels: neighbouring positions of a channel are nearly redundant, so dropping
 * single values has little effect. One draw per channel of each example; see `dropout` for the
 * draws. https://arxiv.org/abs/1411.4280
 */

/** By rank: the accepted shapes, and the number of leading dimensions with their own draws. */
type Ranks = Readonly<Record<number, { readonly shape: string; readonly drawn: number }>>;

const places1d: Ranks = { 2: { shape: "[C, L]", drawn: 1 }, 3: { shape: "[N, C, L]", drawn: 2 } };
const places2d: Ranks = { 3: { shape: "[N, C, L]", drawn: 2 }, 4: { shape: "[N, C, H, W]", drawn: 2 } };
const places3d: Ranks = { 4: { shape: "[C, D, H, W]", drawn: 1 }, 5: { shape: "[N, C, D, H, W]", drawn: 2 } };

/**
 * Sets whole channels to 0: each row of [C, L], or of each example of [N, C, L].
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.dropout1d.html
 * @throws RangeError if p is no probability, or for an input of another rank
 */
export function dropout1d(input: Tensor, options: DropoutOptions = {}): Tensor {
  return dropChannels("dropout1d", places1d, input, options);
}

/**
 * Sets whole channels of pictures [N, C, H, W] to 0. As in PyTorch, three dimensions are [N, C, L]
 * and not one picture: give that with `unsqueeze(0)`.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.dropout2d.html
 * @throws RangeError if p is no probability, or for an input of another rank
 */
export function dropout2d(input: Tensor, options: DropoutOptions = {}): Tensor {
  return dropChannels("dropout2d", places2d, input, options);
}

/**
 * Sets whole channels to 0: those of [C, D, H, W], or of each example of [N, C, D, H, W].
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.dropout3d.html
 * @throws RangeError if p is no probability, or for an input of another rank
 */
export function dropout3d(input: Tensor, options: DropoutOptions = {}): Tensor {
  return dropChannels("dropout3d", places3d, input, options);
}

function dropChannels(owner: string, ranks: Ranks, input: Tensor, options: DropoutOptions): Tensor {
  const drawn = readDropout(owner, input, options);
  const rank = ranks[input.ndim];
  if (rank === undefined) {
    const shapes = Object.values(ranks).map(({ shape }) => shape);
    throw wrongShape(owner, "input", input.shape, shapes.join(" or "), "dropout takes any shape");
  }
  if (drawn === undefined) return input;
  const shape = channelsOf(input.shape, rank.drawn);
  const { dtype } = input;
  return input.mul(drawByRows(owner, shape, drawn, () => ops.dropoutMask<Tensor>({ shape, dtype, ...drawn })));
}

/** The first dimensions of a shape, and 1 for each of the others. */
export const channelsOf = (shape: Shape, leading: number): Shape => [
  ...shape.slice(0, leading),
  ...shape.slice(leading).fill(1),
];
