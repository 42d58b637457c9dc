import type { TypedArray } from "../core/index.ts";
import { definePasses, type ExactPasses, planeCount } from "../ops/normalize/normalize.exact.ts";
import type { ChannelLayout, ChannelPasses } from "../ops/normalize/normalize.passes.ts";
import * as loops from "../ops/normalize/normalize.passes.ts";
import { pageBytes } from "../wasm/blocks.ts";
import { ModuleBuilder } from "../wasm/index.ts";
import { Repaid } from "./repaid.ts";

/**
 * The passes of batch normalization over float32 matrices, by WebAssembly code for all sizes: some
 * rows at a time through a memory of a fixed size, to the bits of the loops.
 */

/** Values that are copied at a time: x, dy and the result stay in the caches. */
const pieceLength = 8192;
const mostChannels = 2048;
/** The last vector of a row starts four channels before its end. */
const leastChannels = 4;

/** Matrices with fewer elements take as long to copy as to compute. */
const worthCopying = 256;
/** A program whose passes have visited fewer elements would wait longer for the code than for them. */
const worthMaking = 200_000;

const floatBytes = 4;
const doubleBytes = 8;
const [x, dy, to] = [0, 1, 2].map((area) => area * pieceLength * floatBytes);
const firstPlane = 3 * pieceLength * floatBytes;
const planes = Array.from({ length: planeCount }, (_, i) => firstPlane + i * mostChannels * doubleBytes);
const [mean, sums, products, scale, shift] = planes;
const end = firstPlane + planeCount * mostChannels * doubleBytes;

class Passes {
  readonly #functions: ExactPasses;
  readonly #floats: Float32Array;
  readonly #doubles: Float64Array;

  /** @throws if the engine refuses to compile */
  constructor() {
    const module = new ModuleBuilder();
    definePasses(module, { x, dy, to, planes });
    const memory = new WebAssembly.Memory({ initial: Math.ceil(end / pageBytes) });
    this.#functions = module.instantiate(memory) as unknown as ExactPasses;
    this.#floats = new Float32Array(memory.buffer);
    this.#doubles = new Float64Array(memory.buffer);
  }

  /**
   * Runs a pass over the inputs, which lie at their addresses meanwhile, and the output, if there is
   * one. `reads` and `writes`: values per channel, by their planes.
   */
  run(
    name: keyof ExactPasses,
    channels: number,
    inputs: readonly (readonly [address: number, TypedArray])[],
    reads: readonly (readonly [plane: number, TypedArray])[],
    writes: readonly (readonly [plane: number, TypedArray])[],
    output?: TypedArray,
  ): void {
    const { length } = inputs[0][1];
    const whole = channels - (channels % 4);
    for (const [plane, values] of [...reads, ...writes]) {
      const at = plane / doubleBytes;
      this.#doubles.set(values, at);
      if (whole < channels) this.#doubles.set(values.subarray(channels - 4), at + whole);
    }
    const step = Math.floor(pieceLength / channels) * channels;
    for (let at = 0; at < length; at += step) {
      const stop = Math.min(at + step, length);
      for (const [address, data] of inputs) this.#floats.set(data.subarray(at, stop), address / floatBytes);
      this.#functions[name]((stop - at) / channels, channels * floatBytes, Math.ceil(channels / 4));
      if (output === undefined) continue;
      const from = to / floatBytes;
      output.set(this.#floats.subarray(from, from + stop - at), at);
    }
    for (const [plane, values] of writes) {
      const at = plane / doubleBytes;
      values.set(this.#doubles.subarray(at, at + whole));
      if (whole < channels) values.set(this.#doubles.subarray(at + whole, at + whole + 4), channels - 4);
    }
  }
}

const passes = new Repaid(worthMaking, () => new Passes());

/** The passes in WebAssembly for such arrays; undefined where the loops are to run. */
function passesFor(arrays: readonly TypedArray[], [channels, inner]: ChannelLayout): Passes | undefined {
  const { length } = arrays[0];
  if (inner !== 1 || channels < leastChannels || channels > mostChannels || length < worthCopying) return undefined;
  if (!arrays.every((each) => each instanceof Float32Array)) return undefined;
  return passes.forWork(length);
}

/** As the loops of normalize.passes.ts, to the same bits. */
export const fasterPasses: ChannelPasses = {
  addValues(from, layout, total) {
    const fast = passesFor([from], layout);
    if (fast === undefined) loops.addValues(from, layout, total);
    else fast.run("addValues", layout[0], [[x, from]], [], [[sums, total]]);
  },
  addSquares(from, layout, centre, total) {
    const fast = passesFor([from], layout);
    if (fast === undefined) loops.addSquares(from, layout, centre, total);
    else fast.run("addSquares", layout[0], [[x, from]], [[mean, centre]], [[sums, total]]);
  },
  normalize(from, layout, centre, factor, offset, output) {
    const fast = passesFor([from, output], layout);
    if (fast === undefined) return loops.normalize(from, layout, centre, factor, offset, output);
    const statistics = [[mean, centre] as const, [scale, factor] as const, [shift, offset] as const];
    fast.run("normalize", layout[0], [[x, from]], statistics, [], output);
  },
  addGradients(flow, from, layout, centre, total, product) {
    const fast = passesFor([flow, from], layout);
    if (fast === undefined) return loops.addGradients(flow, from, layout, centre, total, product);
    const added = [[sums, total] as const, [products, product] as const];
    fast.run(
      "addGradients",
      layout[0],
      [
        [x, from],
        [dy, flow],
      ],
      [[mean, centre]],
      added,
    );
  },
  propagate(flow, from, layout, centre, factor, total, product, output) {
    const fast = passesFor([flow, from, output], layout);
    if (fast === undefined) return loops.propagate(flow, from, layout, centre, factor, total, product, output);
    const statistics = [[mean, centre] as const, [sums, total] as const, [products, product] as const];
    fast.run(
      "propagate",
      layout[0],
      [
        [x, from],
        [dy, flow],
      ],
      [...statistics, [scale, factor]],
      [],
      output,
    );
  },
};
