import { type DType, sizeOf, stridesOf } from "../../core/index.ts";
import { widthOf } from "../../wasm/convert.ts";
import { copyStrided } from "../../wasm/copy.ts";
import {
  type FunctionBuilder,
  f32,
  f32x4,
  f64,
  f64x2,
  type I32,
  i32,
  type Kernel,
  type KernelCall,
  type Local,
  type Placed,
  v128,
} from "../../wasm/index.ts";
import { emitDoubleGemm } from "../matmul/gemm.doubles.ts";
import { advance, pointer } from "../matmul/gemm.ts";
import type { ConvolutionAttrs, ConvolutionInputAttrs, ConvolutionWeightAttrs } from "./convolution.ts";
import {
  backwardOf,
  type Correlation,
  doubleBytes,
  forwardOf,
  type Places,
  placesFrom,
  rowsOf,
} from "./correlation.ts";

/**
 * Convolutions over channels first, of any rank, stride, dilation and groups: the windows of one example are laid out as
 * columns, [values of a window, windows], and multiplied. What lies around the example is zeros in a copy of it. All of this is
 * in double, also for float32: sums of singles, one after the other, would be less exact than PyTorch's.
 */

/** Columns beyond this are not worth the memory: the reference goes through them in blocks. */
const mostColumns = 2 ** 23;

function declines(correlation: Correlation): string | undefined {
  if (rowsOf(correlation) * sizeOf(correlation.counts) > mostColumns)
    return "windows of so many values fill the memory";
  // Most of what is multiplied would be the zeros between the values.
  if (sizeOf(correlation.step) > 4) return "a stride over so many places is not worth code";
  return undefined;
}

/** Moves values that lie behind each other, from and to float32 or float64. */
function moveFlat(f: FunctionBuilder, count: number, from: I32, read: DType, to: I32, written: DType): void {
  if (read === written) {
    f.copy(to, from, count * widthOf(read));
    return;
  }
  const [source, target] = [pointer(f, from), pointer(f, to)];
  const widens = written === "float64";
  f.times(Math.floor(count / 2), () => {
    if (widens) f.storeV128(target, f64x2.promoteLow(v128.load64Zero(source, 0)));
    else f.storeLane64(target, f32x4.demoteZero(v128.load(source, 0)), 0);
    advance(f, source, 2 * widthOf(read));
    advance(f, target, 2 * widthOf(written));
  });
  if (count % 2 === 0) return;
  if (widens) f.storeF64(target, f64.promote(f32.load(source)));
  else f.storeF32(target, f32.demote(f64.load(source)));
}

/** Fills the image with what is around, once: places of values are all written for every example. */
function clearImage(f: FunctionBuilder, { channels, image }: Correlation, at: number): void {
  f.fill(at, 0, channels * sizeOf(image) * doubleBytes);
}

/** Copies one group of an example into the image, as far as that reaches; by way of one of its own dtype, if that is another. */
function fillImage(f: FunctionBuilder, correlation: Correlation, dtype: DType, from: Local<"i32">, at: Places): void {
  const { channels, source, step, offset } = correlation;
  const width = dtype === "float32" ? 4 : 8;
  const image = dtype === "float32" ? at.narrow : at.image;
  const first = source.map((_, i) => Math.max(0, Math.ceil(-offset[i] / step[i])));
  const last = source.map((n, i) => Math.min(n, Math.floor((correlation.image[i] - 1 - offset[i]) / step[i]) + 1));
  const shape = [channels, ...source.map((_, i) => Math.max(0, last[i] - first[i]))];
  const [read, write] = [stridesOf([channels, ...source]), stridesOf([channels, ...correlation.image])];
  const readAt = first.reduce((sum, n, i) => sum + n * read[i + 1], 0);
  const writeAt = first.reduce((sum, n, i) => sum + (n * step[i] + offset[i]) * write[i + 1], 0);
  copyStrided(
    f,
    width,
    shape,
    { at: from, address: readAt * width, strides: read },
    { address: image + writeAt * width, strides: write.map((stride, i) => stride * (i === 0 ? 1 : step[i - 1])) },
  );
  if (image !== at.image) moveFlat(f, channels * sizeOf(correlation.image), image, dtype, at.image, "float64");
}

/** Lays the windows of the image out: [channels * values of a window, windows]. */
function fillColumns(f: FunctionBuilder, correlation: Correlation, image: number, columns: number): void {
  const { channels, kernel, stride, dilation, counts } = correlation;
  const [plane, ...places] = stridesOf([channels, ...correlation.image]);
  const shape = [channels, ...kernel, ...counts];
  const strides = [plane, ...places.map((n, i) => n * dilation[i]), ...places.map((n, i) => n * stride[i])];
  copyStrided(f, 8, shape, { address: image, strides }, { address: columns, strides: stridesOf(shape) });
}

/** Runs `body` for every group of every example, with where it stands in three arrays; the third has no examples. */
function forEachShare(
  f: FunctionBuilder,
  { examples, groups }: Correlation,
  starts: readonly [I32, I32, I32],
  steps: readonly [number, number, number],
  body: (first: Local<"i32">, second: Local<"i32">, third: Local<"i32">) => void,
): void {
  const [first, second, third] = starts.map((start) => pointer(f, start));
  f.times(examples, () => {
    f.set(third, starts[2]);
    f.times(groups, () => {
      body(first, second, third);
      for (const [i, local] of [first, second, third].entries()) advance(f, local, steps[i]);
    });
  });
}

/** The product of weights [groups * outputs, rows] that lie in scratch and of the columns; a last row of ones is the bias's. */
function emitCorrelation(
  { f, module, outputs: [y] }: Pick<KernelCall, "f" | "module" | "outputs">,
  correlation: Correlation,
  source: Placed,
  at: Places,
  bias: boolean,
): void {
  const { channels, outputs, counts } = correlation;
  const windows = sizeOf(counts);
  const rows = rowsOf(correlation) + (bias ? 1 : 0);
  const { dtype } = y;
  clearImage(f, correlation, at.narrow);
  clearImage(f, correlation, at.image);
  if (bias) {
    const to = pointer(f, at.columns + rowsOf(correlation) * windows * doubleBytes);
    f.times(windows, () => {
      f.storeF64(to, f64.const(1));
      advance(f, to, doubleBytes);
    });
  }
  const share = module.function("correlate", ["i32", "i32", "i32"], (body, from, to, weights) => {
    fillImage(body, correlation, dtype, from, at);
    fillColumns(body, correlation, at.image, at.columns);
    const factors = { a: weights, b: at.columns, c: at.product, transposeA: false, transposeB: false };
    emitDoubleGemm(body, { m: outputs, n: windows, k: rows, ...factors });
    moveFlat(body, outputs * windows, at.product, "float64", to, dtype);
  });
  const width = widthOf(dtype);
  const steps = [
    channels * sizeOf(correlation.source) * width,
    outputs * windows * width,
    outputs * rows * doubleBytes,
  ] as const;
  const starts = [source.address, y.address, at.weights] as const;
  forEachShare(f, correlation, starts, steps, (from, to, weights) => f.call(share, from, to, weights));
}

export const convolutionKernel: Kernel<ConvolutionAttrs> = {
  kind: "kernel",
  declines: ([x, weight], [y], attrs) => declines(forwardOf(x, weight.shape, y.shape, attrs)),
  scratch: ([x, weight], [y], attrs) => placesFrom(0, forwardOf(x, weight.shape, y.shape, attrs), 1).end,
  emit: (call) => {
    const { f, inputs, outputs, attrs, scratch } = call;
    const [x, weight, bias] = inputs;
    const correlation = forwardOf(x, weight.shape, outputs[0].shape, attrs);
    const at = placesFrom(scratch, correlation, 1);
    const rows = rowsOf(correlation);
    const [channels] = weight.shape;
    // Each row of weights with its bias behind it, put together where there is room for another dtype.
    const width = x.dtype === "float32" ? 4 : 8;
    const to = (address: number) => ({ address, strides: [rows + 1, 1] });
    copyStrided(f, width, [channels, rows], { address: weight.address, strides: [rows, 1] }, to(at.flow));
    copyStrided(f, width, [channels, 1], { address: bias.address, strides: [1, 1] }, to(at.flow + rows * width));
    moveFlat(f, channels * (rows + 1), at.flow, x.dtype, at.weights, "float64");
    emitCorrelation(call, correlation, x, at, true);
  },
};

export const convolutionInputKernel: Kernel<ConvolutionInputAttrs> = {
  kind: "kernel",
  declines: ([dy, weight], [dx], attrs) => declines(backwardOf(dy, weight.shape, dx.shape, attrs)),
  scratch: ([dy, weight], [dx], attrs) => placesFrom(0, backwardOf(dy, weight.shape, dx.shape, attrs), 0).end,
  emit: (call) => {
    const { f, inputs, outputs, attrs, scratch } = call;
    const [dy, weight] = inputs;
    const correlation = backwardOf(dy, weight.shape, outputs[0].shape, attrs);
    const at = placesFrom(scratch, correlation, 0);
    // Channels in and out change places, and the windows are turned around.
    const { groups, channels, outputs: made, kernel } = correlation;
    const taps = sizeOf(kernel);
    const shape = [groups, made, channels, taps];
    const strides = [channels * made * taps, taps, made * taps, -1];
    const width = dy.dtype === "float32" ? 4 : 8;
    // An offset that counts down must not go below 0, so it starts from the address itself.
    const source = { at: i32.const(weight.address + (taps - 1) * width), address: 0, strides };
    copyStrided(f, width, shape, source, { address: at.flow, strides: stridesOf(shape) });
    moveFlat(f, sizeOf(shape), at.flow, dy.dtype, at.weights, "float64");
    emitCorrelation(call, correlation, dy, at, false);
  },
};

export const convolutionWeightKernel: Kernel<ConvolutionWeightAttrs> = {
  kind: "kernel",
  declines: ([dy, x], [dweight], attrs) => declines(forwardOf(x, dweight.shape, dy.shape, attrs)),
  scratch: ([dy, x], [dweight], attrs) => placesFrom(0, forwardOf(x, dweight.shape, dy.shape, attrs), 0).end,
  emit: ({ f, module, inputs: [dy, x], outputs: [dweight], attrs, scratch }) => {
    const correlation = forwardOf(x, dweight.shape, dy.shape, attrs);
    const { channels, outputs, counts, groups } = correlation;
    const { dtype } = x;
    const [rows, windows] = [rowsOf(correlation), sizeOf(counts)];
    const at = placesFrom(scratch, correlation, 0);
    f.fill(at.weights, 0, groups * outputs * rows * doubleBytes);
    clearImage(f, correlation, at.narrow);
    clearImage(f, correlation, at.image);
    const share = module.function("correlateWeight", ["i32", "i32", "i32"], (body, from, dyAt, to) => {
      fillImage(body, correlation, dtype, from, at);
      fillColumns(body, correlation, at.image, at.columns);
      moveFlat(body, outputs * windows, dyAt, dtype, at.flow, "float64");
      const factors = { a: at.flow, b: at.columns, c: at.product, transposeA: false, transposeB: true };
      emitDoubleGemm(body, { m: outputs, n: rows, k: windows, ...factors });
      const [read, write] = [pointer(body, at.product), pointer(body, to)];
      body.times(outputs * rows, () => {
        body.storeF64(write, f64.add(f64.load(write), f64.load(read)));
        advance(body, read, doubleBytes);
        advance(body, write, doubleBytes);
      });
    });
    const width = widthOf(dtype);
    const steps = [
      channels * sizeOf(correlation.source) * width,
      outputs * windows * width,
      outputs * rows * doubleBytes,
    ] as const;
    const starts = [x.address, dy.address, at.weights] as const;
    forEachShare(f, correlation, starts, steps, (from, dyAt, to) => f.call(share, from, dyAt, to));
    moveFlat(f, groups * outputs * rows, at.weights, "float64", dweight.address, dtype);
  },
};
