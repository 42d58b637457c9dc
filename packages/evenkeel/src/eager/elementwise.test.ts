import { afterEach, describe, expect, it, vi } from "vitest";
import { ndArray, noise, runReference } from "../../../../test/kernelHarness.ts";
import { type AnyOp, allocate, type NdArray, sizeOf } from "../core/index.ts";
import { add, div, le, mul, where } from "../ops/index.ts";
import { fasterElementwise } from "./elementwise.ts";
import { elementwise } from "./faster.ts";

/** Elementwise ops in WebAssembly against their references, to the bit. */

afterEach(() => vi.restoreAllMocks());

const special = [Number.NaN, 1 / 0, -1 / 0, 0, -0, 1e-45, -1e-45, 1e-38, -1e-40, 3.4e38, -3.4e38, 1, -1, 2.5];

/** Numbers among which every special one is beside every other, in two operands. */
const values = (shape: readonly number[], seed: number): NdArray => {
  const random = noise(seed);
  const step = seed === 1 ? 1 : special.length;
  return ndArray(shape, (i) => (i % 3 === 0 ? special[Math.floor(i / 3 / step) % special.length] : 3 * random()));
};
const mask = (shape: readonly number[]): NdArray => ndArray(shape, (i) => (i % 7 < 3 ? 1 : 0), "bool");

const operands = (op: AnyOp, shapes: readonly (readonly number[])[]): NdArray[] =>
  shapes.map((shape, i) => (op === where && i === 0 ? mask(shape) : values(shape, i)));

function outputs(op: AnyOp, inputs: readonly NdArray[]): NdArray[] {
  return op.shape(inputs, {}).map((spec) => ({ ...spec, data: allocate(spec.dtype, sizeOf(spec.shape)) }));
}

function expectReference(op: AnyOp, run: AnyOp["reference"], inputs: readonly NdArray[]): void {
  const found = outputs(op, inputs);
  run(inputs, found, {} as never);
  const expected = runReference(op, inputs, {});
  for (const [o, { data }] of expected.entries()) {
    const wrong = data.findIndex((value, i) => !Object.is(value, found[o].data[i]));
    if (wrong < 0) continue;
    const of = inputs.map(({ data }) => data[data.length === 1 ? 0 : wrong]);
    expect.fail(
      `${op.name}, [${inputs.map(({ shape }) => `[${shape}]`)}]: element ${wrong} of ${of} is ` +
        `${found[o].data[wrong]}, expected ${data[wrong]}`,
    );
  }
}

/** All ways in which one or more operands are arrays and the others single values. */
function patterns(count: number, shape: readonly number[]): (readonly number[])[][] {
  const all = Array.from({ length: 2 ** count - 1 }, (_, bits) => bits);
  return all.map((bits) => Array.from({ length: count }, (_, i) => ((bits >> i) & 1 ? [] : shape)));
}

describe.each(elementwise.map((op) => ({ op, name: op.name })))("$name", ({ op }) => {
  const count = op.inputs.length;

  it("has the bits of the reference around the edges of pieces, with single values among the operands", () => {
    for (const shapes of patterns(count, [60_000])) {
      const run = fasterElementwise(op);
      const compiled = vi.spyOn(WebAssembly, "Module");
      for (const length of [60_000, 256, 257, 1000, 4095, 4096, 4097, 8192, 12_345]) {
        expectReference(
          op,
          run,
          operands(
            op,
            shapes.map((shape) => (shape.length === 0 ? [] : [length])),
          ),
        );
      }
      expect(compiled, "one piece of code for all lengths").toHaveBeenCalledTimes(1);
      compiled.mockRestore();
    }
  });

  it("reads every special number beside every other", () => {
    const run = fasterElementwise(op);
    const length = 3 * special.length ** 2 * 100;
    expectReference(
      op,
      run,
      operands(
        op,
        Array.from({ length: count }, () => [length]),
      ),
    );
  });
});

it("reads bools among numbers as 0 and 1", () => {
  const compiled = vi.spyOn(WebAssembly, "Module");
  for (const op of [mul, le]) {
    for (const inputs of [
      [mask([60_000]), values([60_000], 0)],
      [values([60_000], 1), mask([])],
    ]) {
      expectReference(op, fasterElementwise(op), inputs);
    }
  }
  expect(compiled).toHaveBeenCalledTimes(4);
});

describe("what is left to the reference", () => {
  const compiled = () => vi.spyOn(WebAssembly, "Module");

  it("arrays that broadcast otherwise, other dtypes, and single doubles, which float32 would round", () => {
    const spy = compiled();
    const run = fasterElementwise(add);
    const row = values([600, 100], 1);
    expectReference(add, run, [row, values([100], 0)]);
    expectReference(add, run, [values([600, 1], 1), values([1, 100], 0)]);
    expectReference(add, run, [row, ndArray([], [0.1], "float64")]);
    expectReference(add, run, [row, ndArray([600, 100], noise(1), "float64")]);
    expectReference(add, run, [ndArray([60_000], (i) => i, "int32"), ndArray([], [3], "int32")]);
    expectReference(add, run, [mask([60_000]), mask([60_000])]);
    const integers = ndArray([60_000], (i) => i * 77_777, "int32");
    expectReference(mul, fasterElementwise(mul), [integers, ndArray([], [77_777], "int32")]);
    expectReference(le, fasterElementwise(le), [integers, values([60_000], 1)]);
    expectReference(where, fasterElementwise(where), [mask([600, 100]), row, values([100], 0)]);
    expect(spy).not.toHaveBeenCalled();
  });

  it("an op that has computed little, and short arrays", () => {
    const spy = compiled();
    const run = fasterElementwise(div);
    for (let i = 0; i < 100; i++) expectReference(div, run, [values([255], 1), values([], 0)]);
    for (let i = 0; i < 49; i++) expectReference(div, run, [values([1000], 1), values([1000], 0)]);
    expect(spy).not.toHaveBeenCalled();
    expectReference(div, run, [values([1000], 1), values([1000], 0)]);
    expect(spy).toHaveBeenCalledTimes(1);
  });

  it("everything where the engine refuses to compile, which is asked once", () => {
    const spy = vi.spyOn(WebAssembly, "Module").mockImplementation(() => {
      throw new WebAssembly.CompileError("Wasm code generation disallowed by embedder");
    });
    const run = fasterElementwise(div);
    for (let i = 0; i < 3; i++) expectReference(div, run, [values([60_000], 1), values([60_000], 0)]);
    expect(spy).toHaveBeenCalledTimes(1);
  });

  it("nothing of the operands, which keep their values", () => {
    const run = fasterElementwise(add);
    const inputs = [values([60_000], 1), values([60_000], 0)];
    const before = inputs.map(({ data }) => data.slice());
    expectReference(add, run, inputs);
    for (const [i, { data }] of inputs.entries()) expect(data).toEqual(before[i]);
  });
});
