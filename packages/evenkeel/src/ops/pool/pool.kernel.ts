import { sizeOf } from "../../core/index.ts";
import { f32, f64, i32, type Kernel, type KernelCall, noKernel } from "../../wasm/index.ts";
import { clear, withinRange } from "../movement/gather.kernel.ts";
import { type AvgPoolAttrs, counted, type Divisor, divisorOf } from "./avgPool.ts";
import type { MaxPoolAttrs } from "./maxPool.ts";
import { declinesPool, forEachWindowCode, spansScratch } from "./pool.spans.ts";
import { evenPlanes, type Planes, planesOf } from "./window.ts";

/**
 * Pooling window by window, over channels-first planes. For channels-last there is faster code: see
 * channelsLast.
 */

/** Largest values, the first of equal ones, the last NaN; and where each stands. */
function emitMax<A>({ f, inputs: [x], outputs: [y, indices], scratch }: KernelCall<A>, planes: Planes): void {
  const [top, value] = f.locals("f32", 2);
  const index = f.local("i32");
  const none = () => 0;
  forEachWindowCode(f, x, planes, scratch, none, ({ base, place, first, each }) => {
    f.set(top, -Infinity);
    f.set(index, first);
    each((at) => {
      f.set(value, f32.load(at, x.address));
      f.if(i32.or(f32.gt(value, top), f32.ne(value, value)), () => {
        f.set(top, value);
        f.set(index, at);
      });
    });
    f.storeF32(place, top, y.address);
    f.storeI32(place, i32.shrU(i32.sub(index, base), 2), indices.address);
  });
}

export const maxPoolKernel: Kernel<MaxPoolAttrs> = {
  kind: "kernel",
  declines: ([x]) => declinesPool(x),
  scratch: ([x], _, attrs) => spansScratch(planesOf(x.shape, attrs)),
  emit: (call) => emitMax(call, planesOf(call.inputs[0].shape, call.attrs)),
};

interface OutputSize {
  readonly outputSize: readonly number[];
}

export const adaptiveMaxPoolKernel: Kernel<OutputSize> = {
  kind: "kernel",
  declines: ([x], [y]) => declinesPool(x) ?? declinesPool(y),
  scratch: ([x], _, { outputSize }) => spansScratch(evenPlanes(x.shape, outputSize)),
  emit: (call) => emitMax(call, evenPlanes(call.inputs[0].shape, call.attrs.outputSize)),
};

/** Adds gradients to the positions of their planes, in the order of the windows. */
export const maxPoolBackwardKernel: Kernel<{ readonly size: readonly number[] }> = {
  kind: "kernel",
  declines: ([dy]) => declinesPool(dy),
  emit: (call) => {
    const [dy, indices] = call.inputs;
    const [dx] = call.outputs;
    const { f } = call;
    const { size } = call.attrs;
    const plane = sizeOf(size);
    const places = sizeOf(dy.shape.slice(-size.length));
    withinRange(call, plane, () => {
      clear(f, dx);
      const [from, base, to] = f.locals("i32", 3);
      f.set(from, 0);
      f.set(base, 0);
      f.times(sizeOf(dy.shape) / places, () => {
        f.times(places, () => {
          f.set(to, i32.add(base, i32.shl(i32.load(from, indices.address), 2)));
          f.storeF32(to, f32.add(f32.load(to, dx.address), f32.load(from, dy.address)), dx.address);
          f.set(from, i32.add(from, 4));
        });
        f.set(base, i32.add(base, 4 * plane));
      });
    });
  },
};

/** Means, from sums in double. */
function emitAverage<A>(call: KernelCall<A>, planes: Planes, { along, override }: Divisor): void {
  const { f, scratch } = call;
  const [x] = call.inputs;
  const [y] = call.outputs;
  const sum = f.local("f64");
  forEachWindowCode(f, x, planes, scratch, along, ({ place, count, each }) => {
    f.set(sum, 0);
    each((at) => f.set(sum, f64.add(sum, f64.promote(f32.load(at, x.address)))));
    const divisor = override === undefined ? f64.fromI32(count) : f64.const(override);
    f.storeF32(place, f32.demote(f64.div(sum, divisor)), y.address);
  });
}

/** Shares of the gradients, added up in the order of the windows. */
function emitShares<A>(call: KernelCall<A>, planes: Planes, { along, override }: Divisor): void {
  const { f, scratch } = call;
  const [dy] = call.inputs;
  const [dx] = call.outputs;
  const share = f.local("f32");
  clear(f, dx);
  forEachWindowCode(f, dx, planes, scratch, along, ({ place, count, each }) => {
    const divisor = override === undefined ? f32.fromI32(count) : f32.const(override);
    f.set(share, f32.div(f32.load(place, dy.address), divisor));
    each((at) => f.storeF32(at, f32.add(f32.load(at, dx.address), share), dx.address));
  });
}

export const avgPoolKernel: Kernel<AvgPoolAttrs> = {
  kind: "kernel",
  declines: ([x]) => declinesPool(x),
  scratch: ([x], _, attrs) => spansScratch(planesOf(x.shape, attrs)),
  emit: (call) => emitAverage(call, planesOf(call.inputs[0].shape, call.attrs), divisorOf(call.attrs)),
};

export const avgPoolBackwardKernel: Kernel<AvgPoolAttrs> = {
  kind: "kernel",
  declines: ([dy]) => declinesPool(dy),
  scratch: (_, [dx], attrs) => spansScratch(planesOf(dx.shape, attrs)),
  emit: (call) => emitShares(call, planesOf(call.outputs[0].shape, call.attrs), divisorOf(call.attrs)),
};

export const adaptiveAvgPoolKernel: Kernel<OutputSize> = {
  kind: "kernel",
  declines: ([x], [y]) => declinesPool(x) ?? declinesPool(y),
  scratch: ([x], _, { outputSize }) => spansScratch(evenPlanes(x.shape, outputSize)),
  emit: (call) => emitAverage(call, evenPlanes(call.inputs[0].shape, call.attrs.outputSize), counted),
};

export const adaptiveAvgPoolBackwardKernel: Kernel<{ readonly size: readonly number[] }> = {
  kind: "kernel",
  declines: ([dy]) => declinesPool(dy),
  scratch: ([dy], [dx], { size }) => spansScratch(evenPlanes(dx.shape, dy.shape.slice(-size.length))),
  emit: (call) => {
    const [dy] = call.inputs;
    const [dx] = call.outputs;
    emitShares(call, evenPlanes(dx.shape, dy.shape.slice(-call.attrs.size.length)), counted);
  },
};

export const lpPoolKernel = noKernel("not written yet: a power of every value");
export const lpPoolBackwardKernel = noKernel("not written yet: a power of every value");
export const maxUnpoolKernel = noKernel("not written yet: places are checked one by one");
