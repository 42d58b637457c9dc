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
  v128,
} from "../../wasm/index.ts";
import { emitDoubleGemm } from "../matmul/gemm.doubles.ts";
import { advance, pointer } from "../matmul/gemm.ts";
import type { ConvolutionAttrs, ConvolutionInputAttrs, ConvolutionWeightAttrs } from "./convolution.ts";
import { type Correlation, doubleBytes, forwardOf, type Places, placesFrom, rowsOf } from "./correlation.ts";

/**
 * Channels-first convolutions of any rank, stride, dilation and groups: the windows of one example
 * are laid out as columns, [values of a window, windows], and multiplied. The padding is zeros in a
 * copy of the example. All of this is in double, also for float32: sequential sums of singles would
 * be less exact than PyTorch's.
 */

/** Larger column matrices are not worth the memory: the reference processes them in blocks. */
const mostColumns = 2 ** 23;

function declines(correlation: Correlation): string | undefined {
  if (rowsOf(correlation) * sizeOf(correlation.counts) > mostColumns)
    return "the columns of the windows do not fit the memory";
  return undefined;
}

/** Copies contiguous values between float32 and float64. */
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

/** Fills the image with zeros, once: every example overwrites all positions of values. */
function clearImage(f: FunctionBuilder, { channels, image }: Correlation, at: number): void {
  f.fill(at, 0, channels * sizeOf(image) * doubleBytes);
}

/**
 * The values of one group in the image: their shape, and their offsets in the input and in the
 * image, in elements.
 */
function heldValues({ channels, source, offset, image }: Correlation) {
  const sizes = source.map((n, i) => Math.max(0, Math.min(n, image[i] - offset[i])));
  const [inInput, inImage] = [stridesOf([channels, ...source]), stridesOf([channels, ...image])];
  const start = offset.reduce((sum, n, i) => sum + n * inImage[i + 1], 0);
  return { shape: [channels, ...sizes], inInput, inImage, start };
}

/**
 * Copies one group of an example into the image, as far as windows reach; through an image of the
 * array's dtype, if that differs.
 */
function fillImage(f: FunctionBuilder, correlation: Correlation, dtype: DType, from: Local<"i32">, at: Places): void {
  const width = dtype === "float32" ? 4 : 8;
  const image = dtype === "float32" ? at.narrow : at.image;
  const { shape, inInput, inImage, start } = heldValues(correlation);
  const target = { address: image + start * width, strides: inImage };
  copyStrided(f, width, shape, { at: from, address: 0, strides: inInput }, target);
  const size = correlation.channels * sizeOf(correlation.image);
  if (image !== at.image) moveFlat(f, size, image, dtype, at.image, "float64");
}

/**
 * The reverse: copies the values of the image into one group of an example, 0 where no window
 * reaches.
 */
function emptyImage(f: FunctionBuilder, correlation: Correlation, dtype: DType, to: Local<"i32">, at: Places): void {
  const { channels, source } = correlation;
  const width = dtype === "float32" ? 4 : 8;
  const image = dtype === "float32" ? at.narrow : at.image;
  const { shape, inInput, inImage, start } = heldValues(correlation);
  const size = channels * sizeOf(correlation.image);
  if (image !== at.image) moveFlat(f, size, at.image, "float64", image, dtype);
  if (shape.some((n, i) => i > 0 && n < source[i - 1])) f.fill(to, 0, channels * sizeOf(source) * width);
  const target = { at: to, address: 0, strides: inInput };
  copyStrided(f, width, shape, { address: image + start * width, strides: inImage }, target);
}

/** Lays the windows of the image out: [channels * values of a window, windows]. */
function fillColumns(f: FunctionBuilder, correlation: Correlation, image: number, columns: number): void {
  const { channels, kernel, stride, dilation, counts } = correlation;
  const [plane, ...places] = stridesOf([channels, ...correlation.image]);
  const shape = [channels, ...kernel, ...counts];
  const strides = [plane, ...places.map((n, i) => n * dilation[i]), ...places.map((n, i) => n * stride[i])];
  copyStrided(f, 8, shape, { address: image, strides }, { address: columns, strides: stridesOf(shape) });
}

/** Adds columns to the positions of the image that their windows cover. */
function addColumns(f: FunctionBuilder, correlation: Correlation, columns: number, image: number): void {
  const { channels, kernel, stride, dilation, counts } = correlation;
  const [plane, ...places] = stridesOf([channels, ...correlation.image]);
  const dims = [
    { size: channels, step: plane },
    ...kernel.map((size, i) => ({ size, step: places[i] * dilation[i] })),
    ...counts.map((size, i) => ({ size, step: places[i] * stride[i] })),
  ].map(({ size, step }) => ({ size, step: step * doubleBytes }));
  const { size: length, step } = dims[dims.length - 1];
  const [read, write] = [pointer(f, columns), pointer(f, image)];
  const one = () => {
    f.storeF64(write, f64.add(f64.load(write), f64.load(read)));
    advance(f, read, doubleBytes);
    advance(f, write, step);
  };
  const nest = (depth: number): void => {
    const dim = dims[depth];
    if (depth === dims.length - 1) {
      const pairs = step === doubleBytes ? Math.floor(length / 2) : 0;
      f.times(pairs, () => {
        f.storeV128(write, f64x2.add(v128.load(write), v128.load(read)));
        advance(f, read, 2 * doubleBytes);
        advance(f, write, 2 * doubleBytes);
      });
      f.times(length - 2 * pairs, one);
    } else {
      f.times(dim.size, () => {
        nest(depth + 1);
        advance(f, write, dim.step);
      });
    }
    advance(f, write, -dim.size * dim.step);
  };
  nest(0);
}

/**
 * Runs `body` for every group of every example, with its offsets in three arrays; the third has no
 * examples.
 */
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

/**
 * The distances of groups in bytes: of the source, of the windows' values, and of weights in double
 * with `rows` rows.
 */
function stepsOf({ channels, source, outputs, counts }: Correlation, rows: number, dtype: DType) {
  const width = widthOf(dtype);
  return [channels * sizeOf(source) * width, outputs * sizeOf(counts) * width, outputs * rows * doubleBytes] as const;
}

/**
 * The product of the weights [groups * outputs, rows] in scratch and the columns; a last row of
 * ones is for the bias.
 */
function emitCorrelation(
  { f, module, inputs: [x], outputs: [y] }: Pick<KernelCall, "f" | "module" | "inputs" | "outputs">,
  correlation: Correlation,
  at: Places,
): void {
  const { outputs, counts } = correlation;
  const windows = sizeOf(counts);
  const rows = rowsOf(correlation) + 1;
  const { dtype } = y;
  clearImage(f, correlation, at.narrow);
  clearImage(f, correlation, at.image);
  const ones = pointer(f, at.columns + rowsOf(correlation) * windows * doubleBytes);
  f.times(windows, () => {
    f.storeF64(ones, f64.const(1));
    advance(f, ones, doubleBytes);
  });
  const share = module.function("correlate", ["i32", "i32", "i32"], (body, from, to, weights) => {
    fillImage(body, correlation, dtype, from, at);
    fillColumns(body, correlation, at.image, at.columns);
    const factors = { a: weights, b: at.columns, c: at.product, transposeA: false, transposeB: false };
    emitDoubleGemm(body, { m: outputs, n: windows, k: rows, ...factors });
    moveFlat(body, outputs * windows, at.product, "float64", to, dtype);
  });
  const starts = [x.address, y.address, at.weights] as const;
  forEachShare(f, correlation, starts, stepsOf(correlation, rows, dtype), (from, to, weights) =>
    f.call(share, from, to, weights),
  );
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
    // Each row of weights followed by its bias, assembled in scratch.
    const width = x.dtype === "float32" ? 4 : 8;
    const to = (address: number) => ({ address, strides: [rows + 1, 1] });
    copyStrided(f, width, [channels, rows], { address: weight.address, strides: [rows, 1] }, to(at.flow));
    copyStrided(f, width, [channels, 1], { address: bias.address, strides: [1, 1] }, to(at.flow + rows * width));
    moveFlat(f, channels * (rows + 1), at.flow, x.dtype, at.weights, "float64");
    emitCorrelation(call, correlation, at);
  },
};

/**
 * Adds the windows of the product of weights and dy to their positions. A convolution of the
 * flipped weights over a zero-padded dy would be equivalent, except that 0 times an infinite or NaN
 * weight is NaN, where PyTorch does not multiply.
 */
export const convolutionInputKernel: Kernel<ConvolutionInputAttrs> = {
  kind: "kernel",
  declines: ([dy, weight], [dx], attrs) => declines(forwardOf(dx, weight.shape, dy.shape, attrs)),
  scratch: ([dy, weight], [dx], attrs) => placesFrom(0, forwardOf(dx, weight.shape, dy.shape, attrs), 0).end,
  emit: ({ f, module, inputs: [dy, weight], outputs: [dx], attrs, scratch }) => {
    const correlation = forwardOf(dx, weight.shape, dy.shape, attrs);
    const { channels, outputs, counts, groups } = correlation;
    const { dtype } = dy;
    const [rows, windows] = [rowsOf(correlation), sizeOf(counts)];
    const at = placesFrom(scratch, correlation, 0);
    moveFlat(f, groups * outputs * rows, i32.const(weight.address), dtype, i32.const(at.weights), "float64");
    const share = module.function("correlateInput", ["i32", "i32", "i32"], (body, dyAt, to, weights) => {
      moveFlat(body, outputs * windows, dyAt, dtype, i32.const(at.flow), "float64");
      const factors = { a: weights, b: at.flow, c: at.columns, transposeA: true, transposeB: false };
      emitDoubleGemm(body, { m: rows, n: windows, k: outputs, ...factors });
      body.fill(at.image, 0, channels * sizeOf(correlation.image) * doubleBytes);
      addColumns(body, correlation, at.columns, at.image);
      emptyImage(body, correlation, dtype, to, at);
    });
    const [image, values, panel] = stepsOf(correlation, rows, dtype);
    const starts = [dy.address, dx.address, at.weights] as const;
    forEachShare(f, correlation, starts, [values, image, panel], (dyAt, to, weights) =>
      f.call(share, dyAt, to, weights),
    );
  },
};

export const convolutionWeightKernel: Kernel<ConvolutionWeightAttrs> = {
  kind: "kernel",
  declines: ([dy, x], [dweight], attrs) => declines(forwardOf(x, dweight.shape, dy.shape, attrs)),
  scratch: ([dy, x], [dweight], attrs) => placesFrom(0, forwardOf(x, dweight.shape, dy.shape, attrs), 0).end,
  emit: ({ f, module, inputs: [dy, x], outputs: [dweight], attrs, scratch }) => {
    const correlation = forwardOf(x, dweight.shape, dy.shape, attrs);
    const { outputs, counts, groups } = correlation;
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
    const starts = [x.address, dy.address, at.weights] as const;
    forEachShare(f, correlation, starts, stepsOf(correlation, rows, dtype), (from, dyAt, to) =>
      f.call(share, from, dyAt, to),
    );
    moveFlat(f, groups * outputs * rows, at.weights, "float64", dweight.address, dtype);
  },
};
