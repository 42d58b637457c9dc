import { type FunctionBuilder, i32, type Local } from "../../../wasm/index.ts";
import { advance, floatBytes } from "../../matmul/gemm.problem.ts";
import type { Convolution } from "../convolution.ts";

/**
 * Tiles of two by two outputs, processed in blocks whose factors and products fit the L2 cache:
 * several pictures, or some rows of tiles of one. An odd last row or column of outputs is half a
 * tile.
 */
export interface Block {
  readonly images: number;
  /** Whole rows of tiles in each picture, and whether half a row follows. */
  readonly rows: number;
  readonly halfRow: boolean;
}

/** The number of tiles in a block, rounded up to whole rows. */
const tilesPerBlock = 64;

const tileColumns = ({ columns }: Convolution): number => Math.ceil(columns.outputs / 2);

export function tilesOf({ images, rows, halfRow }: Block, convolution: Convolution): number {
  return images * (rows + (halfRow ? 1 : 0)) * tileColumns(convolution);
}

/** A block, and its number of repetitions. */
interface Stretch extends Block {
  readonly count: number;
}

/** The blocks in order: of some pictures each, or with `byRows` of some rows of each picture. */
function stretchesOf(convolution: Convolution): { byRows: boolean; stretches: readonly Stretch[] } {
  const { images, rows } = convolution;
  const whole = Math.floor(rows.outputs / 2);
  const halfRow = rows.outputs % 2 > 0;
  const picture = { images: 1, rows: whole, halfRow };
  const perBlock = Math.floor(tilesPerBlock / tilesOf(picture, convolution));
  if (perBlock > 0) {
    const full = { ...picture, images: perBlock, count: Math.floor(images / perBlock) };
    const rest = { ...picture, images: images % perBlock, count: images % perBlock > 0 ? 1 : 0 };
    return { byRows: false, stretches: [full, rest].filter(({ count }) => count > 0) };
  }
  const height = Math.max(1, Math.round(tilesPerBlock / tileColumns(convolution)));
  const full = { images: 1, rows: height, halfRow: false, count: Math.floor(whole / height) };
  const rest = { images: 1, rows: whole % height, halfRow, count: whole % height > 0 || halfRow ? 1 : 0 };
  return { byRows: true, stretches: [full, rest].filter(({ count }) => count > 0) };
}

export function largestBlock(convolution: Convolution): number {
  const { stretches } = stretchesOf(convolution);
  return Math.max(0, ...stretches.map((block) => tilesOf(block, convolution)));
}

/**
 * The pictures that blocks advance through: a pointer to the first pixel of the tiles, and
 * distances in bytes.
 */
interface Moving {
  readonly at: Local<"i32">;
  readonly image: number;
  readonly row: number;
}

/** Whether the pictures are so large that a block is some rows of one. */
export const areByRows = (convolution: Convolution): boolean => stretchesOf(convolution).byRows;

/**
 * Writes the loops over the blocks. `call` writes that of `count` consecutive ones of a kind, at most
 * `together` of them; `steps` are the bytes from one to the next in each of `moving`.
 */
export function emitBlocks(
  f: FunctionBuilder,
  convolution: Convolution,
  moving: readonly Moving[],
  call: (block: Block, count: number, steps: readonly number[]) => void,
  together = 1,
): void {
  const { byRows, stretches } = stretchesOf(convolution);
  const starts = byRows ? moving.map(({ at }) => f.let(i32.add(at, 0))) : [];
  f.times(byRows ? convolution.images : 1, () => {
    for (const { count, ...block } of stretches) {
      const steps = moving.map(({ image, row }) => (byRows ? 2 * block.rows * row : block.images * image));
      const some = (number: number) => {
        call(block, number, steps);
        for (const [i, { at }] of moving.entries()) advance(f, at, number * steps[i]);
      };
      f.times(Math.floor(count / together), () => some(together));
      if (count % together > 0) some(count % together);
    }
    for (const [i, start] of starts.entries()) {
      advance(f, start, moving[i].image);
      f.set(moving[i].at, start);
    }
  });
}

/** The 16 planes of factors or products, for `tiles` tiles and `channels` channels. */
export interface Planes {
  /** From one plane to the next, in bytes. */
  readonly distance: number;
  readonly channels: number;
}

/** Planes a power of two apart would share a set of the L1 cache. */
const gap = 64;

export const planesDistance = (tiles: number, channels: number): number => tiles * channels * floatBytes + gap;
