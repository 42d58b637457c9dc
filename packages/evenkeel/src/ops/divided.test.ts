import { describe, expect, it } from "vitest";
import { type ConvolutionCase, plainCase, productsOf } from "../../../../test/convolutionLast.cases.ts";
import { buildProgram, ndArray, noise, runKernel } from "../../../../test/kernelHarness.ts";
import { emitDivided } from "../compile/program/emitDivided.ts";
import type { AnyOp, NdArray } from "../core/index.ts";
import { emitFusedGroup, type FunctionBuilder, f32x4, type Kernel, mostParts, type Placed } from "../wasm/index.ts";
import { arithmetic } from "../wasm/laneKernel.ts";
import { batchNormMatrix, batchNormReluMatrix } from "./normalize/normalize.matrix.ts";
import { batchNorm, batchNormBackward, batchNormRelu, batchNormReluBackward } from "./normalize/normalize.ts";
import { batchNormBackwardMatrix, batchNormReluBackwardMatrix } from "./normalize/normalizeBackward.matrix.ts";
import { adamStepKernel, sgdStepKernel } from "./optimizer/optimizer.kernel.ts";

/**
 * Calls in parts, in either order, give the bits of the whole: parts overlap in nothing that they
 * write, and no sum depends on them.
 */

const bitsOf = (arrays: readonly NdArray[]): Buffer[] => arrays.map(({ data }) => Buffer.from(data.slice().buffer));

// biome-ignore lint/suspicious/noExplicitAny: kernels of several attributes.
function expectParts(row: AnyOp, kernel: Kernel<any>, inputs: readonly NdArray[], attrs: unknown): number[] {
  const whole = bitsOf(runKernel(row, kernel, inputs, attrs));
  let parts: number[] = [];
  for (const divided of ["forwards", "backwards"] as const) {
    parts = [];
    const outputs = runKernel(row, kernel, inputs, attrs, { divided, onParts: (count) => parts.push(count) });
    expect(bitsOf(outputs).map((bits, i) => bits.equals(whole[i]))).toEqual(whole.map(() => true));
  }
  return parts;
}

describe("batch norm in parts of some columns", () => {
  it.each([
    [260, 272], // blocks of rows, and whole vectors
    [257, 259], // a last vector that overlaps, in the last part
    [1100, 61], // fewer vectors than twice the parts
    [64, 1048], // no blocks: values are kept between the passes
    [50, 1403],
  ])("%i x %i", (rows, columns) => {
    const next = noise(rows + columns);
    const matrix = () => ndArray([rows, columns], next);
    const [x, dy, output, weight, bias] = [matrix(), matrix(), matrix(), ...[1, 2].map(() => ndArray([columns], next))];
    const mean = ndArray([columns], next, "float64");
    const variance = ndArray([columns], () => 0.5 + next() ** 2, "float64");
    const attrs = { eps: 1e-5 };
    const counts = [
      expectParts(batchNorm, batchNormMatrix, [x, weight, bias], attrs),
      expectParts(batchNormRelu, batchNormReluMatrix, [x, weight, bias], attrs),
      expectParts(batchNormBackward, batchNormBackwardMatrix, [dy, x, weight, mean, variance], attrs),
      expectParts(batchNormReluBackward, batchNormReluBackwardMatrix, [dy, output, x, weight, mean, variance], attrs),
    ];
    for (const [count, ...more] of counts) {
      expect(count).toBeGreaterThan(1);
      expect(count).toBeLessThanOrEqual(mostParts);
      expect(more).toEqual([]);
    }
  });

  it("is whole where it is small, or has few columns", () => {
    for (const [rows, columns] of [
      [64, 512],
      [9000, 24],
    ]) {
      const next = noise(rows);
      const inputs = [ndArray([rows, columns], next), ndArray([columns], next), ndArray([columns], next)];
      expect(expectParts(batchNorm, batchNormMatrix, inputs, { eps: 1e-5 })).toEqual([]);
    }
  });
});

describe("convolutions in parts of some images, taps or planes", () => {
  const pair = (value: number) => [value, value] as const;
  const strided = (drawn: ConvolutionCase, stride: number): ConvolutionCase => ({ ...drawn, stride: [stride, stride] });
  const grouped = (drawn: ConvolutionCase, groups: number): ConvolutionCase => ({ ...drawn, groups });
  it.each<[string, ConvolutionCase]>([
    ["direct", plainCase(17, 3, 12, pair(28), pair(5), 2)],
    ["direct, with a stride", strided(plainCase(19, 6, 20, pair(28), pair(5), 2), 2)],
    ["direct, in groups", grouped(plainCase(18, 8, 16, pair(26), pair(5), 1), 2)],
    ["depthwise", grouped(plainCase(33, 24, 24, pair(40), pair(3), 1), 24)],
    ["Winograd's, several images a block", plainCase(43, 16, 12, pair(8), pair(3), 1)],
    ["Winograd's, many blocks", plainCase(75, 8, 16, [16, 15], pair(3), 1)],
    ["Winograd's, several blocks an image", plainCase(5, 20, 12, [33, 34], pair(3), 1)],
    ["Winograd's, more blocks an image than parts", plainCase(2, 12, 16, [50, 67], pair(3), 1)],
  ])("%s", (_, drawn) => {
    const products = productsOf(drawn);
    const counts = products.map(({ row, kernel, inputs, attrs }) => expectParts(row, kernel, inputs, attrs));
    for (const parts of counts) {
      expect(parts.length).toBeGreaterThan(0);
      expect(Math.max(...parts)).toBeGreaterThan(1);
      expect(Math.max(...parts)).toBeLessThanOrEqual(mostParts);
    }
  });

  it("are whole where they are small", () => {
    for (const drawn of [plainCase(2, 3, 8, pair(10), pair(5)), plainCase(3, 8, 8, pair(16), pair(3), 1)]) {
      for (const { row, kernel, inputs, attrs } of productsOf(drawn)) {
        expect(expectParts(row, kernel, inputs, attrs)).toEqual([]);
      }
    }
  });
});

/** What a program leaves, written whole or in parts. */
function left(
  inputs: readonly NdArray[],
  outputs: readonly NdArray[],
  emit: (f: FunctionBuilder, call: Parameters<Parameters<typeof buildProgram>[2]>[0]) => void,
  divided: "forwards" | "backwards" | undefined,
): { bits: Buffer[]; parts: number[] } {
  const parts: number[] = [];
  const options = { divided, onParts: (count: number) => parts.push(count), scratch: 1024, writes: inputs.keys() };
  const program = buildProgram(inputs, outputs, (call) => emit(call.f, call), {
    ...options,
    writes: [...options.writes],
  });
  program.reset();
  program.run();
  program.check();
  return { bits: bitsOf([...program.inputs(), ...program.outputs()]), parts };
}

describe("optimizers in parts of some elements", () => {
  const scalars = (...values: number[]) => values.map((value) => ndArray([], [value], "float64"));
  it.each([
    ["Adam", adamStepKernel, { arrays: 4, count: 4 }, scalars(7, 1e-3, 0.9, 0.999, 1e-8, 0.01)],
    ["SGD, which counts no steps", sgdStepKernel, { arrays: 2 }, scalars(0.1, 0.01)],
  ] as const)("%s", (_, kernel, joins, numbers) => {
    const next = noise(3);
    const elements = 2 ** 21 / joins.arrays + 3; // eight megabytes, and some that fill no vector
    const arrays = Array.from({ length: joins.arrays }, () => ndArray([elements], () => next() ** 2));
    const results = ([undefined, "forwards", "backwards"] as const).map((divided) =>
      left(
        [...arrays, ...numbers],
        [],
        (f, call) => {
          const attrs = {};
          const emit = (body: FunctionBuilder, own: { readonly inputs: readonly Placed[] }) =>
            kernel.emit({ ...call, ...own, f: body, attrs });
          const { inputs, divide, scratch } = call;
          const whole = { inputs, outputs: [], attrs };
          if (!emitDivided(f, joins, whole, { divide, scratch }, emit)) emit(f, whole);
        },
        divided,
      ),
    );
    expect(results.map(({ parts }) => parts)).toEqual([[], [mostParts], [mostParts]]);
    expect(results[1].bits.every((bits, i) => bits.equals(results[0].bits[i]))).toBe(true);
    expect(results[2].bits.every((bits, i) => bits.equals(results[0].bits[i]))).toBe(true);
    // The step was counted once, and the parameters moved.
    if ("count" in joins)
      expect(new Float64Array(Uint8Array.from(results[1].bits[4]).buffer)).toEqual(new Float64Array([8]));
    expect(results[1].bits[0].equals(bitsOf(arrays)[0])).toBe(false);
  });
});

describe("elementwise loops in parts", () => {
  const multiply = arithmetic(([a, b], lanes) => lanes.mul(a, b));
  const root = { ...arithmetic(([a]) => f32x4.sqrt(a)), declines: () => undefined };
  it.each([
    [
      "of some elements",
      [
        [701, 299],
        [701, 299],
      ],
      [701, 299],
    ],
    ["of some elements, with a number", [[701, 299], []], [701, 299]],
    ["of some rows, with one row for all", [[701, 299], [299]], [701, 299]],
    [
      "of some rows, with a number for each",
      [
        [701, 1],
        [701, 299],
      ],
      [701, 299],
    ],
    [
      "of some rows, in cycles of channels",
      [
        [13, 1, 1],
        [51, 13, 17, 19],
      ],
      [51, 13, 17, 19],
    ],
  ])("%s", (_, shapes, shape) => {
    const next = noise(8);
    const inputs = shapes.map((of) => ndArray(of, () => Math.abs(next())));
    const [product, roots] = [ndArray(shape, () => 0), ndArray(shape, () => 0)];
    const steps = [
      { kernel: multiply, attrs: {}, args: [0, 1], dtype: "float32" as const },
      { kernel: root, attrs: {}, args: [2], dtype: "float32" as const },
    ];
    const results = ([undefined, "forwards", "backwards"] as const).map((divided) =>
      left(
        inputs,
        [product, roots],
        (f, { inputs: placed, outputs, module, divide }) => {
          const stored = outputs.map((output, step) => ({ step, placed: output }));
          emitFusedGroup({ dtype: "float32", shape, inputs: placed, steps, outputs: stored }, f, module, divide);
        },
        divided,
      ),
    );
    expect(results.map(({ parts }) => parts.length)).toEqual([0, 1, 1]);
    expect(results[1].parts[0]).toBeGreaterThan(1);
    for (const { bits } of results.slice(1)) {
      expect(bits.map((each, i) => each.equals(results[0].bits[i]))).toEqual(bits.map(() => true));
    }
  });
});
