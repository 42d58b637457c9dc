import type { FunctionBuilder, ModuleBuilder } from "../../../wasm/index.ts";
import { floatBytes, pointer } from "../../matmul/gemm.problem.ts";
import { areasOf, type Convolution, type WeightPlace } from "../convolution.ts";
import { emitCorrelation } from "../direct/correlation.ts";
import { emitWeightGradient } from "../direct/weightGradient.ts";
import { emitClear } from "../direct/weights.ts";
import type { GroupedPlace } from "../place.ts";
import { emitBlocks, largestBlock, type Planes, planesDistance, tilesOf } from "./blocks.ts";
import {
  inputGradientTransform,
  inputTransform,
  outputGradientTransform,
  outputTransform,
  type Tiled,
} from "./transforms.ts";
import { emitTransformGradients, emitTransformWeights, factorBytes } from "./weights.ts";

/** A convolution 3 x 3 and its gradients by Winograd's F(2x2, 3x3). */

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

/**
 * Areas of scratch: transformed weights for forward and backward, their gradients, and planes of
 * input and output.
 */
function areas(start: number, convolution: Convolution) {
  const { inputs, outputs } = convolution;
  const tiles = largestBlock(convolution);
  return areasOf(start, {
    weights: factorBytes({ inputs, outputs }),
    turned: factorBytes({ inputs: outputs, outputs: inputs }),
    inputs: 16 * planesDistance(tiles, inputs),
    outputs: 16 * planesDistance(tiles, outputs),
  });
}

export function winogradScratch(convolution: Convolution): number {
  return areas(0, convolution).end;
}

interface Products {
  readonly f: FunctionBuilder;
  readonly module: ModuleBuilder;
  readonly convolution: Convolution;
  readonly scratch: number;
  readonly fast: boolean;
}

/** Scratch, with the planes of a block's inputs and outputs. */
function planesOf(convolution: Convolution, scratch: number) {
  const { at } = areas(scratch, convolution);
  const tiles = largestBlock(convolution);
  const planes = (address: number, channels: number): Planes => {
    return { address, distance: planesDistance(tiles, channels), channels };
  };
  const [inputs, outputs] = [planes(at.inputs, convolution.inputs), planes(at.outputs, convolution.outputs)];
  return { at, inputs, outputs };
}

/** The start of the first outputs' windows: at the padding. */
const atPadding = ({ rows, columns }: Convolution, { address, row, pixel }: GroupedPlace): number =>
  address - rows.before * row - columns.before * pixel;

/**
 * The planes of a block as a picture of one row, one group per plane: their products are those of a
 * 1 x 1 convolution.
 */
function planeProducts(tiles: number, inputs: Planes, outputs: Planes) {
  const place = ({ address, distance, channels }: Planes): GroupedPlace => {
    return { address, image: 0, row: 0, pixel: channels * floatBytes, group: distance };
  };
  const line = (pixels: number) => {
    return { outputs: pixels, first: 0, step: 1, stride: 1, taps: [{ at: 0, weight: 0 }], size: pixels };
  };
  const channels = { inputs: inputs.channels, outputs: outputs.channels };
  return {
    sizes: { images: 1, groups: 16, ...channels, depthwise: false, rows: line(1), columns: line(tiles) },
    from: place(inputs),
    to: place(outputs),
  };
}

interface WinogradForward extends Products {
  readonly x: GroupedPlace;
  readonly weight: WeightPlace;
  readonly bias: number;
  readonly y: GroupedPlace;
}

export function emitWinograd({ f, module, convolution, scratch, fast, x, weight, bias, y }: WinogradForward): void {
  const { at, inputs, outputs } = planesOf(convolution, scratch);
  const columns = convolution.columns.outputs;
  const input: Tiled = { place: x, columns, planes: inputs };
  const output: Tiled = { place: y, columns, planes: outputs };
  emitTransformWeights(f, convolution, weight, at.weights);
  const pictures = { ...x, at: pointer(f, atPadding(convolution, x)) };
  const results = { ...y, at: pointer(f, y.address) };
  emitBlocks(f, convolution, [pictures, results], (block) => {
    const [transform, finish] = [inputTransform(module, input, block), outputTransform(module, output, block)];
    const { sizes, from, to } = planeProducts(tilesOf(block, convolution), inputs, outputs);
    const run = module.function("winogradBlock", ["i32", "i32"], (g, picture, result) => {
      g.call(transform, picture, 0);
      emitCorrelation(g, module, { ...sizes, x: from, y: to, panels: at.weights, fast });
      g.call(finish, result, bias);
    });
    return () => f.call(run, pictures.at, results.at);
  });
}

interface WinogradGradients extends Products {
  readonly dy: GroupedPlace;
  /** The gradient by the input, if needed: its location, which holds zeros, and the weights. */
  readonly toInput?: { readonly dx: GroupedPlace; readonly weight: WeightPlace } | undefined;
  /** The gradient by the weight, if needed: its location, and the input. */
  readonly toWeight?: { readonly x: GroupedPlace; readonly dweight: WeightPlace } | undefined;
}

/**
 * Writes the needed gradients. That by the input covers the border too, as far as the padding
 * extends.
 */
export function emitWinogradGradients(gradients: WinogradGradients): void {
  const { f, module, convolution, scratch, fast, dy, toInput, toWeight } = gradients;
  const { at, inputs, outputs } = planesOf(convolution, scratch);
  const columns = convolution.columns.outputs;
  if (toInput !== undefined) {
    const { weight } = toInput;
    const turned = { ...weight, input: weight.output, output: weight.input };
    emitTransformWeights(f, { inputs: convolution.outputs, outputs: convolution.inputs }, turned, at.turned);
  }
  if (toWeight !== undefined) emitClear(f, at.weights, factorBytes(convolution));
  const flow = { ...dy, at: pointer(f, dy.address) };
  const moving = (place: GroupedPlace | undefined) =>
    place && [{ ...place, at: pointer(f, atPadding(convolution, place)) }];
  const [pictures = [], results = []] = [moving(toWeight?.x), moving(toInput?.dx)];
  emitBlocks(f, convolution, [flow, ...pictures, ...results], (block) => {
    const tiles = tilesOf(block, convolution);
    const spread = outputGradientTransform(module, { place: dy, columns, planes: outputs }, block);
    const calls = [() => f.call(spread, flow.at, 0)];
    if (toInput !== undefined) {
      const gather = inputGradientTransform(module, { place: toInput.dx, columns, planes: inputs }, block);
      const { sizes, from, to } = planeProducts(tiles, outputs, inputs);
      const products = module.function("winogradInputBlock", [], (g) =>
        emitCorrelation(g, module, { ...sizes, x: from, y: to, panels: at.turned, fast }),
      );
      calls.push(
        () => f.call(products),
        () => f.call(gather, results[0].at, 0),
      );
    }
    if (toWeight !== undefined) {
      const transform = inputTransform(module, { place: toWeight.x, columns, planes: inputs }, block);
      const { sizes, from, to } = planeProducts(tiles, inputs, outputs);
      const products = module.function("winogradWeightBlock", [], (g) =>
        emitWeightGradient(g, module, { ...sizes, x: from, dy: to, panels: at.weights, fast }),
      );
      calls.push(
        () => f.call(transform, pictures[0].at, 0),
        () => f.call(products),
      );
    }
    return () => {
      for (const call of calls) call();
    };
  });
  if (toWeight !== undefined) emitTransformGradients(f, convolution, toWeight.dweight, at.weights);
}
