import { type Spec, sizeOf } from "../core/index.ts";
import {
  type Expr,
  f32x4,
  f64,
  f64x2,
  type I32,
  i32,
  type Kernel,
  type KernelCall,
  type Local,
  type V128,
  v128,
} from "../wasm/index.ts";
import { expF64x2 } from "../wasm/math/exp.ts";
import { logF64x2 } from "../wasm/math/log.ts";
import { both, demotePair, type Pair, promotePair } from "./doublePair.ts";
import type { SoftmaxAttrs } from "./softmax.ts";

/**
 * Softmax along the last dimension of float32, line by line and in double; exponentials wait in scratch. Lanes beyond the
 * end of a line count as -infinity, whose exponential is 0.
 */

function declines(inputs: readonly Spec[], dim: number): string | undefined {
  const [{ shape }] = inputs;
  if (inputs.some(({ dtype }) => dtype !== "float32")) return "softmax has code for float32 only";
  if (shape.length > 0 && dim !== shape.length - 1) return "softmax has code along the last dimension only";
  if (sizeOf(shape) === 0) return "an empty array is not worth code";
  return undefined;
}

/** Elements of a line. */
const lengthOf = ({ shape }: Spec): number => shape.at(-1) ?? 1;

/** Visits a line four elements at a time; the last `count` may be fewer. `at` counts bytes from the line's start. */
function forEachVector(call: Call, visit: (at: I32, count: number) => void): void {
  const { f } = call;
  const length = lengthOf(call.inputs[0]);
  const whole = Math.floor(length / 4);
  if (whole === 1) visit(0, 4);
  else if (whole > 1) {
    const at = f.let(i32.const(0));
    f.loop(at, 16 * whole, 16, () => visit(at, 4));
  }
  if (length % 4 > 0) visit(16 * whole, length % 4);
}

type Call = KernelCall<SoftmaxAttrs>;

/** `count` elements, the lanes beyond them filled: behind the last line there may be nothing to read. */
function load({ f }: Call, address: Expr<"i32">, count: number, filler: number): V128 {
  if (count === 4) return v128.load(address);
  const values = f.let(f32x4.const(filler));
  for (let lane = 0; lane < count; lane++) f.set(values, v128.load32Lane(address, values, lane, 4 * lane));
  return values;
}

function store({ f }: Call, address: Expr<"i32">, values: V128, count: number): void {
  if (count === 4) {
    f.storeV128(address, values);
    return;
  }
  const kept = f.let(values);
  for (let lane = 0; lane < count; lane++) f.storeLane32(address, kept, lane, 4 * lane);
}

/** Calls `line` for every line, with its byte offset. */
function forEachLine(call: Call, line: (start: Local<"i32">) => void): void {
  const { f } = call;
  const [x] = call.inputs;
  const bytes = 4 * sizeOf(x.shape);
  const start = f.let(i32.const(0));
  f.loop(start, bytes, 4 * lengthOf(x), () => line(start));
}

const place = (base: Expr<"i32">, at: I32): Expr<"i32"> => (at === 0 ? base : i32.add(base, at));

/** The largest element, in double in both lanes; NaN if there is one. */
function maximum(call: Call, line: Local<"i32">): Local<"v128"> {
  const { f } = call;
  const most = f.let(f32x4.const(Number.NEGATIVE_INFINITY));
  forEachVector(call, (at, count) => {
    f.set(most, f32x4.max(most, load(call, place(line, at), count, Number.NEGATIVE_INFINITY)));
  });
  f.set(most, f32x4.max(most, f32x4.shuffle(most, most, [2, 3, 0, 1])));
  f.set(most, f32x4.max(most, f32x4.shuffle(most, most, [1, 0, 3, 2])));
  return f.let(f64x2.promoteLow(most));
}

const loadWide = (call: Call, address: Expr<"i32">, count: number, filler: number): Pair =>
  promotePair(call.f.let(load(call, address, count, filler)));

/** Adds up pairs; lanes are added to one another at the end. */
class Sum {
  readonly #call: Call;
  readonly #lanes: Local<"v128">;

  constructor(call: Call) {
    this.#call = call;
    this.#lanes = call.f.let(f64x2.const(0));
  }

  add([low, high]: Pair): void {
    this.#call.f.set(this.#lanes, f64x2.add(this.#lanes, f64x2.add(low, high)));
  }

  total(): Local<"f64"> {
    return this.#call.f.let(f64.add(f64x2.extract(this.#lanes, 0), f64x2.extract(this.#lanes, 1)));
  }
}

/** The sum of exp(x - maximum), whose terms go to scratch where wanted. */
function exponentials(call: Call, line: Local<"i32">, most: V128, keep: boolean): Local<"f64"> {
  const { f, scratch } = call;
  const sum = new Sum(call);
  forEachVector(call, (at, count) => {
    const wide = loadWide(call, place(line, at), count, Number.NEGATIVE_INFINITY);
    const powers = both((half) => {
      // exp is defined down to -700, far below the smallest float; NaN passes.
      const difference = f.let(f64x2.sub(wide[half], most));
      return f.let(expF64x2(f, f.let(f64x2.pmax(difference, f64x2.const(-700)))));
    });
    if (keep) for (const half of [0, 1] as const) f.storeV128(doubled(at), powers[half], scratch + 16 * half);
    sum.add(powers);
  });
  return sum.total();
}

const kept = ({ scratch }: Call, at: I32): Pair => both((half) => v128.load(doubled(at), scratch + 16 * half));

const doubled = (at: I32): I32 => (typeof at === "number" ? 2 * at : i32.shl(at, 1));

const scratchForLine = ([x]: readonly Spec[]): number => 32 * Math.ceil(lengthOf(x) / 4);

export const softmaxKernel: Kernel<SoftmaxAttrs> = {
  kind: "kernel",
  declines: (inputs, _, { dim }) => declines(inputs, dim),
  scratch: scratchForLine,
  emit: (call) => {
    const { f } = call;
    const [x] = call.inputs;
    const [y] = call.outputs;
    forEachLine(call, (start) => {
      const from = f.let(i32.add(start, x.address));
      const total = f.let(f64x2.splat(exponentials(call, from, maximum(call, from), true)));
      const to = f.let(i32.add(start, y.address));
      forEachVector(call, (at, count) => {
        const powers = kept(call, at);
        store(call, place(to, at), demotePair(both((half) => f64x2.div(powers[half], total))), count);
      });
    });
  },
};

export const logSoftmaxKernel: Kernel<SoftmaxAttrs> = {
  kind: "kernel",
  declines: (inputs, _, { dim }) => declines(inputs, dim),
  emit: (call) => {
    const { f } = call;
    const [x] = call.inputs;
    const [y] = call.outputs;
    forEachLine(call, (start) => {
      const from = f.let(i32.add(start, x.address));
      const most = maximum(call, from);
      const total = exponentials(call, from, most, false);
      const log = logF64x2(f, f.let(f64x2.splat(total)));
      // A total that is NaN, which is not for log, makes all elements NaN.
      const logs = f.let(f64x2.add(log, f64x2.splat(f64.sub(total, total))));
      const to = f.let(i32.add(start, y.address));
      forEachVector(call, (at, count) => {
        const wide = loadWide(call, place(from, at), count, 0);
        // In this order: the largest element's result is -log(total), with all its digits.
        const values = both((half) => f64x2.sub(f64x2.sub(wide[half], most), logs));
        store(call, place(to, at), demotePair(values), count);
      });
    });
  },
};

export const logSoftmaxBackwardKernel: Kernel<SoftmaxAttrs> = {
  kind: "kernel",
  declines: (inputs, _, { dim }) => declines(inputs, dim),
  scratch: scratchForLine,
  emit: (call) => {
    const { f } = call;
    const [dy, x] = call.inputs;
    const [dx] = call.outputs;
    forEachLine(call, (start) => {
      const from = f.let(i32.add(start, x.address));
      const total = exponentials(call, from, maximum(call, from), true);
      const flow = f.let(i32.add(start, dy.address));
      const sum = new Sum(call);
      forEachVector(call, (at, count) => sum.add(loadWide(call, place(flow, at), count, 0)));
      const share = f.let(f64x2.splat(f64.div(sum.total(), total)));
      const to = f.let(i32.add(start, dx.address));
      forEachVector(call, (at, count) => {
        const wide = loadWide(call, place(flow, at), count, 0);
        const powers = kept(call, at);
        const values = both((half) => f64x2.sub(wide[half], f64x2.mul(powers[half], share)));
        store(call, place(to, at), demotePair(values), count);
      });
    });
  },
};
