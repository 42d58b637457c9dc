import type { Spec } from "../../core/index.ts";
import { type FunctionBuilder, type Kernel, type KernelCall, mostParts, type Share } from "../../wasm/index.ts";
import { affineAt, affineBytes, emitAffine } from "../normalize/normalizeEval.columns.ts";
import { batchNormEvalMatrix } from "../normalize/normalizeEval.matrix.ts";
import { advance, floatBytes, operand, pointer, roundUp, worthParts } from "./gemm.problem.ts";
import { blockLayerFunction, blockRows, declinesRowBlocks, rowBlockBytes } from "./gemm.rowBlocks.ts";
import { emitTranspose, emitTransposeTight } from "./gemm.transpose.ts";
import { type ChainAttrs, layersOf } from "./linearChain.ts";

/** Chains of linear layers in float32, by blocks of rows. */

/**
 * More weights than this (256 KiB) do not stay in the L2 cache from one block of rows to the next.
 */
const mostWeights = 2 ** 16;
const mostLayers = 16;

/** Every part computes the scales and shifts for itself. */
const fewestBlocks = 4;

/** A column of a block is a line of the cache. */
const cacheLine = 64;

/** The layers with the sizes of their products. */
function layersWithSizes<T extends Spec>(inputs: readonly T[], attrs: ChainAttrs) {
  const [m, inputsOfFirst] = inputs[0].shape;
  let k = inputsOfFirst;
  return layersOf(inputs, attrs).map((layer) => {
    const size = { m, n: layer.weight.shape[0], k };
    k = size.n;
    return { ...layer, ...size };
  });
}

type Layer<T extends Spec> = ReturnType<typeof layersWithSizes<T>>[number];

function declinesLayer({ weight, bias = weight, norm, ...size }: Layer<Spec>): string | undefined {
  const y = { shape: [size.m, size.n], dtype: weight.dtype };
  if (weight.dtype !== "float32" || bias.dtype !== "float32") return "chains have code for float32 only";
  return declinesRowBlocks(size) ?? (norm.length > 0 ? batchNormEvalMatrix.declines([y, ...norm]) : undefined);
}

/** Addresses in working memory, and its bytes. */
interface Memory {
  /** The scales and shifts of every layer. */
  readonly affine: readonly number[];
  /** Two blocks: layers write from one to the other by turns. */
  readonly blocks: readonly [number, number];
  readonly bytes: number;
}

function memoryOf(layers: readonly Layer<Spec>[], scratch = 0): Memory {
  const start = roundUp(scratch, cacheLine);
  const block = rowBlockBytes(Math.max(...layers.flatMap(({ n, k }) => [n, k])));
  let end = start + 2 * block;
  const affine = layers.map(({ n, norm }) => {
    const at = end;
    end += norm.length > 0 ? affineBytes(n) : 0;
    return at;
  });
  return { affine, blocks: [start, start + block], bytes: end + cacheLine - scratch };
}

/** Writes the code for some of the rows, a block of them at least. */
function emitRows(
  f: FunctionBuilder,
  { inputs, outputs, attrs, module, fast }: KernelCall<ChainAttrs>,
  rows: Share,
  scratch: number,
): void {
  const layers = layersWithSizes(inputs, attrs);
  const { affine, blocks } = memoryOf(layers, scratch);
  const functions = layers.map(({ weight, bias, norm, eps = 0, ...layer }, i) => {
    const scales = norm.length > 0 ? affineAt(layer.n, affine[i]) : undefined;
    if (scales !== undefined) emitAffine(f, scales, norm, { eps });
    return blockLayerFunction(module, {
      ...{ ...layer, fast, weight: weight.address, bias: bias?.address, affine: scales },
    });
  });
  const [{ k }, { n }] = [layers[0], layers[layers.length - 1]];
  const one = module.function("linearChainBlock", ["i32", "i32"], (body, x, y) => {
    emitTranspose(body, operand(x, blockRows, k, false), blockRows, k, blocks[0], rowBlockBytes(1));
    for (const [i, apply] of functions.entries()) {
      // A single column lies in the output as it does in a block.
      const to = i === functions.length - 1 && n === 1 ? y : blocks[(i + 1) % 2];
      body.call(apply, blocks[i % 2], to);
    }
    if (n > 1) emitTransposeTight(body, blocks[functions.length % 2], n, blockRows, y);
  });
  const [x, y] = [inputs[0].address + rows.start * k * floatBytes, outputs[0].address + rows.start * n * floatBytes];
  const at = { x: pointer(f, x), y: pointer(f, y) };
  const move = (count: number) => {
    advance(f, at.x, count * k * floatBytes);
    advance(f, at.y, count * n * floatBytes);
  };
  f.times(Math.floor(rows.count / blockRows), () => {
    f.call(one, at.x, at.y);
    move(blockRows);
  });
  const rest = rows.count % blockRows;
  if (rest === 0) return;
  // The last block begins with rows that are done already.
  move(rest - blockRows);
  f.call(one, at.x, at.y);
}

/** The rows of each part: whole blocks, and in the last one the rest. */
function partsOf(layers: readonly Layer<Spec>[]): Share[] {
  const [{ m }] = layers;
  const products = layers.reduce((sum, { n, k }) => sum + m * n * k, 0);
  const blocks = Math.floor(m / blockRows);
  const count = products < worthParts ? 1 : Math.min(mostParts, Math.floor(blocks / fewestBlocks));
  const starts = Array.from({ length: count }, (_, part) => Math.floor((part * blocks) / count) * blockRows);
  return starts.map((start, part) => ({ start, count: (starts[part + 1] ?? m) - start }));
}

export const linearChainKernel: Kernel<ChainAttrs> = {
  kind: "kernel",
  declines: (inputs, _, attrs) => {
    if (inputs[0].dtype !== "float32" || inputs[0].shape.length !== 2)
      return "chains have code for float32 [N, C] only";
    const layers = layersWithSizes(inputs, attrs);
    if (layers.length > mostLayers) return `there is code for ${mostLayers} layers at most`;
    if (layers.reduce((sum, { n, k }) => sum + n * k, 0) > mostWeights) return "too many weights for the L2 cache";
    return layers.reduce<string | undefined>((why, layer) => why ?? declinesLayer(layer), undefined);
  },
  scratch: (inputs, _, attrs, divides) => {
    const layers = layersWithSizes(inputs, attrs);
    return (divides ? partsOf(layers).length : 1) * memoryOf(layers).bytes;
  },
  emit: (call) => {
    const { f, divide, scratch } = call;
    const layers = layersWithSizes(call.inputs, call.attrs);
    const parts = divide === undefined ? [] : partsOf(layers);
    if (divide === undefined || parts.length === 1) {
      emitRows(f, call, { start: 0, count: layers[0].m }, scratch);
      return;
    }
    const { bytes } = memoryOf(layers);
    divide(parts.map((rows, part) => (body) => emitRows(body, call, rows, scratch + part * bytes)))(f);
  },
};
