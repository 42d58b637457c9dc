import { type Divide, type FunctionBuilder, type I32, type ModuleBuilder, mostParts } from "../../../wasm/index.ts";
import { floatBytes, pointer } from "../../matmul/gemm.problem.ts";
import { areasOf, type Convolution, type WeightPlace } from "../convolution.ts";
import { emitCorrelation } from "../direct/correlation.ts";
import { emitImages, imageShares } from "../images.ts";
import type { GroupedPlace, MovingPlace } from "../place.ts";
import { type Block, emitBlocks, largestBlock, type Planes, planesDistance, tilesOf } from "./blocks.ts";
import { inputTransform, outputTransform, type Tiled } from "./transforms.ts";
import { emitTransformWeights, factorBytes } from "./weights.ts";

/** A convolution 3 x 3 by Winograd's F(2x2, 3x3). */

/**
 * With fewer tiles, transforming the weights costs more than it saves, and direct sums of few terms
 * round less.
 */
const fewestTiles = 64;

/** Whether it is possible, and less work than the products themselves. */
export function prefersWinograd({ images, groups, inputs, outputs, rows, columns }: Convolution): boolean {
  const suits = [rows, columns].every(({ kernel, stride, dilation }) => kernel === 3 && stride === 1 && dilation === 1);
  if (!suits || groups > 1 || (inputs % 4) + (outputs % 4) > 0 || Math.min(inputs, outputs) < 8) return false;
  const tiles = Math.ceil(rows.outputs / 2) * Math.ceil(columns.outputs / 2);
  return images * tiles >= fewestTiles && 16 * tiles < 0.7 * 9 * rows.outputs * columns.outputs;
}

/** Areas of scratch: transformed weights for forward and backward or their gradients, pointers, and sets of planes. */
export interface Areas {
  readonly weights: number;
  readonly turned: number;
  /** Pointers that parts read. */
  readonly pointers: number;
  readonly inputs: Planes;
  readonly outputs: Planes;
  /** The planes of a block's inputs and outputs: each part that runs at the same time has a set. */
  readonly inputsOf: (set: number) => number;
  readonly outputsOf: (set: number) => number;
  readonly end: number;
}

export function areasAt(start: number, convolution: Convolution, divides: boolean): Areas {
  const { inputs, outputs } = convolution;
  const tiles = largestBlock(convolution);
  const planes = (channels: number): Planes => ({ distance: planesDistance(tiles, channels), channels });
  const [ofInputs, ofOutputs] = [planes(inputs), planes(outputs)];
  const sets = divides && isWorthParts(convolution) ? mostParts : 1;
  const set = areasOf(0, { inputs: 16 * ofInputs.distance, outputs: 16 * ofOutputs.distance });
  const { at, end } = areasOf(start, {
    weights: factorBytes({ inputs, outputs }),
    turned: factorBytes({ inputs: outputs, outputs: inputs }),
    pointers: 3 * floatBytes,
    sets: sets * set.end,
  });
  return {
    ...at,
    end,
    inputs: ofInputs,
    outputs: ofOutputs,
    inputsOf: (index) => at.sets + index * set.end + set.at.inputs,
    outputsOf: (index) => at.sets + index * set.end + set.at.outputs,
  };
}

export const winogradScratch = (convolution: Convolution, divides: boolean): number =>
  areasAt(0, convolution, divides).end;

/** The multiplications of one image. */
export const productsOf = ({ inputs, outputs, rows, columns }: Convolution): number =>
  16 * Math.ceil(rows.outputs / 2) * Math.ceil(columns.outputs / 2) * inputs * outputs;

/** Whether threads share the blocks. */
export const isWorthParts = (convolution: Convolution): boolean =>
  imageShares(convolution.images, productsOf(convolution)).length > 1;

export interface Products {
  readonly f: FunctionBuilder;
  readonly module: ModuleBuilder;
  readonly convolution: Convolution;
  readonly scratch: number;
  readonly fast: boolean;
  readonly divide?: Divide | undefined;
}

/** The start of the first outputs' windows: at the padding. */
export const atPadding = ({ rows, columns }: Convolution, { address, row, pixel }: GroupedPlace): number =>
  address - rows.before * row - columns.before * pixel;

/** The code of each kind of block, made once. */
export function perBlock<T>(make: (block: Block) => T): (block: Block) => T {
  const made = new Map<string, T>();
  return ({ images, rows, halfRow }) => {
    const key = `${images} ${rows} ${halfRow}`;
    const known = made.get(key) ?? make({ images, rows, halfRow });
    made.set(key, known);
    return known;
  };
}

/**
 * The planes of a block as a picture of one row, one group per plane: their products are those of a
 * 1 x 1 convolution.
 */
export function planeProducts(tiles: number, inputs: Planes, outputs: Planes, groups = 16) {
  const place = ({ distance, channels }: Planes, address: I32): MovingPlace => {
    return { address, image: 0, row: 0, pixel: channels * floatBytes, group: distance };
  };
  const line = (pixels: number) => {
    return { outputs: pixels, first: 0, step: 1, stride: 1, taps: [{ at: 0, weight: 0 }], size: pixels };
  };
  const channels = { inputs: inputs.channels, outputs: outputs.channels };
  return {
    sizes: { images: 1, groups, ...channels, depthwise: false, rows: line(1), columns: line(tiles) },
    from: (address: I32) => place(inputs, address),
    to: (address: I32) => place(outputs, address),
  };
}

interface WinogradForward extends Products {
  readonly x: GroupedPlace;
  readonly weight: WeightPlace;
  readonly bias: number;
  readonly y: GroupedPlace;
}

export function emitWinograd(forward: WinogradForward): void {
  const { f, module, convolution, scratch, fast, divide, x, weight, bias, y } = forward;
  const at = areasAt(scratch, convolution, divide !== undefined);
  const { inputs, outputs } = at;
  const columns = convolution.columns.outputs;
  const input: Tiled = { place: x, columns, planes: inputs };
  const output: Tiled = { place: y, columns, planes: outputs };
  emitTransformWeights(f, convolution, weight, at.weights);
  const functionOf = perBlock((block) => {
    const [transform, finish] = [inputTransform(module, input, block), outputTransform(module, output, block)];
    const { sizes, from, to } = planeProducts(tilesOf(block, convolution), inputs, outputs);
    return module.function("winogradBlock", ["i32", "i32", "i32", "i32"], (g, picture, result, factors, sums) => {
      g.call(transform, picture, factors, 0);
      emitCorrelation(g, module, { ...sizes, x: from(factors), y: to(sums), panels: at.weights, fast });
      g.call(finish, result, sums, bias);
    });
  });
  emitImages(f, divide, convolution.images, productsOf(convolution), (body, first, count, part) => {
    const pictures = { ...x, at: pointer(body, atPadding(convolution, x) + first * x.image) };
    const results = { ...y, at: pointer(body, y.address + first * y.image) };
    emitBlocks(body, { ...convolution, images: count }, [pictures, results], (block) => {
      body.call(functionOf(block), pictures.at, results.at, at.inputsOf(part), at.outputsOf(part));
    });
  });
}
