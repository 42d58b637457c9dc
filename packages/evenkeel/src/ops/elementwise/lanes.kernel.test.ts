import { describe, expect, it } from "vitest";
import { buildProgram, ndArray, noise, runReference } from "../../../../../test/kernelHarness.ts";
import { type AnyOp, isFloat, type NdArray, type Shape, type Spec, sizeOf } from "../../core/index.ts";
import { emitFusedGroup, type FusedGroup, laneTypeOf, whyNotFused } from "../../wasm/fusedGroup.ts";
import type { LaneKernel } from "../../wasm/index.ts";
import * as loss from "../loss/loss.kernel.ts";
import { table } from "../table.ts";
import * as activation from "./activation.kernel.ts";
import * as compare from "./compare.kernel.ts";
import * as elementwise from "./elementwise.kernel.ts";
import * as functions from "./functions.kernel.ts";
import * as hard from "./hard.kernel.ts";

type Dtype = Spec["dtype"];

const modules = { ...activation, ...compare, ...elementwise, ...functions, ...hard, ...loss };
// biome-ignore lint/suspicious/noExplicitAny: attrs are contravariant; the kernel's own functions read them.
type AnyLane = LaneKernel<any>;
const kernels = Object.entries(modules)
  .filter(([, kernel]) => kernel.kind === "lanes")
  .map(([name, kernel]) => [name.replace(/Kernel$/, ""), kernel as AnyLane] as const);

const attrsOf: Record<string, object> = {
  clamp: { min: -0.5, max: 0.75 },
  leakyRelu: { negativeSlope: 0.01 },
  elu: { alpha: 1.25, scale: 1.0625, inputScale: 0.75 },
  softplus: { beta: 1.5, threshold: 20 },
  smoothL1: { beta: 0.75 },
  huber: { delta: 0.75 },
};

/**
 * Results of one rounding or two, three in elu; a float is exact to 2^-24 of itself, and so are the
 * sums of loss rows.
 */
const tolerance: Record<string, number> = { rsqrt: 1.5, leakyRelu: 1.6, elu: 2.6, smoothL1: 3, huber: 3 };

/**
 * The tolerance of functions in double, where the reference has errors too: up to 2.3 units each
 * for those based on exp (against 80-bit floats; wasm/math/precise.ts has the numbers), and more
 * where the slope of silu passes through 0.
 */
const doubleTolerance: Record<string, number> = {
  exp: 2,
  log: 2,
  expm1: 2.2,
  log1p: 2,
  elu: 3,
  tanh: 4.5,
  sigmoid: 4.5,
  silu: 4.5,
  logSigmoid: 3.5,
  siluBackward: 8,
};

/** The kernel clamps arguments to -16, which is visible if dy exceeds 1e10. */
const absolute: Record<string, number> = { geluBackward: 1e-16 };

/**
 * Rows whose zeros may differ in sign: the reference underflows and the kernel does not;
 * round(-0.5).
 */
const unsigned = [
  "siluBackward",
  "geluBackward",
  "mishBackward",
  "geluTanhBackward",
  "logSigmoid",
  "bceWithLogitsSlope",
  "round",
];

function ulp(value: number, dtype: Dtype): number {
  const [digits, least] = dtype === "float64" ? [52, -1022] : [23, -126];
  const exponent = value === 0 ? least : Math.max(least, Math.floor(Math.log2(Math.abs(value))));
  return 2 ** (exponent - digits);
}

function expectClose(actual: NdArray, wanted: NdArray, limit: number, name: string, what: string): void {
  const floor = absolute[name] ?? 0;
  for (let i = 0; i < wanted.data.length; i++) {
    const [a, b] = [actual.data[i], wanted.data[i]];
    if (a === 0 && b === 0 && unsigned.includes(name)) continue;
    if (Object.is(a, b) || (a !== b && Math.abs(a - b) <= limit * ulp(b, wanted.dtype) + floor)) continue;
    throw new Error(`${name} ${what}: element ${i} is ${a}, expected ${b}`);
  }
}

function runGroup(group: FusedGroup<Spec>, inputs: readonly NdArray[]): NdArray[] {
  const outputs = group.outputs.map(({ placed }) => placed);
  const program = buildProgram(inputs, outputs, ({ inputs: at, outputs: to, f, module }) =>
    emitFusedGroup(
      { ...group, inputs: at, outputs: group.outputs.map(({ step }, i) => ({ step, placed: to[i] })) },
      f,
      module,
    ),
  );
  program.reset();
  program.run();
  program.check();
  return program.outputs();
}

function single(row: AnyOp, kernel: AnyLane, inputs: readonly NdArray[], attrs: object): FusedGroup<Spec> {
  const [output] = row.shape(inputs, attrs);
  const dtype = laneTypeOf(inputs, output);
  const args = inputs.map((_, i) => i);
  const steps = [{ kernel, attrs, args, dtype: output.dtype }];
  return { dtype, shape: output.shape, inputs, steps, outputs: [{ step: 0, placed: output }] };
}

const specials = [
  0,
  -0,
  Infinity,
  -Infinity,
  NaN,
  1,
  -1,
  0.5,
  -0.5,
  2.5,
  1e-42,
  -1e-42,
  3e38,
  -3e38,
  90,
  -90,
  104,
  -104,
];

/** Integers at which 32 bits wrap around, and at which floats no longer distinguish neighbours. */
const integers = [0, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 24 + 1, 65537, -65537];

function operand(shape: Shape, dtype: Dtype, seed: number, stride: number): NdArray {
  const next = noise(seed);
  const size = sizeOf(shape);
  const value = (i: number) => {
    if (dtype === "int32") return integers[i] ?? Math.floor(next() * (i % 3 === 0 ? 1000 : 3));
    if (size >= 1000 && i < specials.length ** 2) return specials[Math.floor(i / stride) % specials.length];
    return next() * (i % 3 === 0 ? 10 : 1);
  };
  return ndArray(shape, (i) => (dtype === "bool" ? Number(next() > 0) : value(i)), dtype);
}

function dtypesOf(name: string, arity: number, dtype: Dtype): Dtype[] {
  return Array.from({ length: arity }, (_, i) => (name === "where" && i === 0 ? "bool" : dtype));
}

const sizes = [0, 1, 3, 4, 5, 17, 64, 1000];
const broadcasts: (readonly Shape[])[] = [
  [[7, 8], [8], [7, 8]],
  [[8], [7, 8], []],
  [
    [7, 5],
    [7, 1],
    [1, 5],
  ],
  [[3, 1], [3, 2], [2]],
  [[], [5], [1]],
  [
    [2, 3, 13],
    [3, 13],
    [2, 1, 1],
  ],
  [
    [2, 3, 50],
    [2, 3, 1],
    [2, 3, 50],
  ],
  [
    [3, 4, 7],
    [4, 1],
    [1, 4, 1],
  ],
  [[5, 1, 1], [2, 5, 2, 2], []],
  [[3, 1], [2, 3, 9], [9]],
];

describe.each(kernels)("the kernel of %s", (name, kernel) => {
  const row = table[name as keyof typeof table] as AnyOp;
  const arity = row.inputs.length;
  const attrs = attrsOf[name] ?? {};

  function check(inputs: readonly NdArray[], what: string): void {
    const group = single(row, kernel, inputs, attrs);
    if (whyNotFused(group)?.includes("doubles")) return;
    const [wanted] = runReference(row, inputs, attrs);
    const [actual] = runGroup(group, inputs);
    const limit = (wanted.dtype === "float64" ? doubleTolerance[name] : undefined) ?? tolerance[name] ?? 1;
    expectClose(actual, wanted, limit, name, what);
  }

  it.each(["float32", "float64"] as const)("gives what the reference gives, in %s", (dtype) => {
    for (const n of sizes) {
      const strides = [1, specials.length, 7];
      const operands = dtypesOf(name, arity, dtype).map((type, i) => operand([n], type, n + i, strides[i]));
      // Infinity times a value that is 0 in the reference, and nearly 0 in the kernel.
      const spared = name.endsWith("Backward") ? [0] : name.startsWith("bce") ? [1, 2] : [];
      for (const i of spared)
        operands[i].data.forEach((v, j, all) => {
          if (!Number.isFinite(v)) all[j] = NaN;
        });
      check(operands, `of ${n}`);
    }
  });

  it("broadcasts by rows, by columns and by channels", () => {
    for (const shapes of broadcasts) {
      const inputs = dtypesOf(name, arity, "float32").map((type, i) => operand(shapes[i], type, i + 1, 1));
      check(inputs, JSON.stringify(shapes.slice(0, arity)));
    }
  });

  it("takes integers, among themselves and among other dtypes", () => {
    if (name.endsWith("Backward") || !takes(row, dtypesOf(name, arity, "int32"), attrs)) return;
    const others = ["int32", "bool", "float32", "float64"] as const;
    for (const n of [1, 3, 5, 64, 1000]) {
      for (const other of arity === 1 ? (["int32"] as const) : others) {
        const types = dtypesOf(name, arity, "int32").map((type, i) => (i === arity - 1 ? other : type));
        if (!takes(row, types, attrs)) continue;
        const [output] = row.shape(
          types.map((dtype) => ({ shape: [n], dtype })),
          attrs,
        );
        // The reference of pow computes in doubles and then wraps, which the kernel does not.
        if (output.dtype === "int32" && kernel.integers === undefined) return;
        const inputs = types.map((type, i) => operand([n], type, n + i, [1, specials.length, 7][i]));
        // Integers become floats first, as in PyTorch; of the largest, an angle has nothing left
        // then.
        if (name === "sin" || name === "cos") inputs[0].data.set(inputs[0].data.map((v) => v % 2 ** 24));
        check(inputs, `of ${n} ${types.join(" and ")}`);
        if (arity > 1) check([...inputs.slice(0, -1), operand([], other, n, 1)], `of ${n} and one ${other}`);
      }
    }
  });

  it("takes bools as 0 and 1", () => {
    if (name.endsWith("Backward") || (!takes(row, dtypesOf("", arity, "bool"), attrs) && name !== "where")) return;
    for (const n of [1, 5, 64]) {
      const inputs = Array.from({ length: arity }, (_, i) => operand([n], "bool", i + 1, 1));
      check(inputs, `of ${n} bools`);
    }
  });
});

function takes(row: AnyOp, types: readonly Dtype[], attrs: object): boolean {
  try {
    row.shape(
      types.map((dtype) => ({ shape: [2], dtype })),
      attrs,
    );
    return true;
  } catch {
    return false;
  }
}

describe("groups of several steps", () => {
  const names = kernels
    .map(([name]) => name)
    .filter(
      (name) =>
        !["pow", "div", "rsqrt", "siluBackward", "geluBackward", "geluTanhBackward", "mishBackward"].includes(name),
    );
  const kernelBy = new Map(kernels);

  it("give what their rows give one after the other", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = noise(seed);
      const pick = (n: number) => Math.min(n - 1, Math.floor((Math.abs(random()) % 1) * n));
      const shape: Shape = [[37], [4, 16], [3, 9], [1000], [2]][pick(5)];
      const last = shape[shape.length - 1];
      const shapes: Shape[] = [shape, [], shape.length > 1 ? [last] : shape, shape.length > 1 ? [shape[0], 1] : [1]];
      const values = shapes.map((s) => ndArray(s, random));
      values.push(ndArray(shape, () => Number(random() > 0), "bool"));
      const inputs = [...values];
      const steps: FusedGroup<Spec>["steps"][number][] = [];
      while (steps.length < 8) {
        const name = names[pick(names.length)];
        const row = table[name as keyof typeof table] as AnyOp;
        const args = row.inputs === "variadic" ? [] : row.inputs.map(() => pick(values.length));
        const operands = args.map((i) => values[i]);
        const attrs = attrsOf[name] ?? {};
        let outputs: NdArray[];
        try {
          outputs = runReference(row, operands, attrs);
        } catch {
          continue; // bools where floats are wanted
        }
        const [output] = outputs;
        if (output.shape.join() !== shape.join()) continue; // not of the group's shape
        if (output.dtype !== "bool" && !isFloat(output.dtype)) continue;
        values.push(output);
        steps.push({ kernel: kernelBy.get(name) as AnyLane, attrs, args, dtype: output.dtype });
      }
      const stored = steps.map((_, step) => ({ step, placed: values[inputs.length + step] }));
      const group: FusedGroup<Spec> = { dtype: "float32", shape, inputs, steps, outputs: stored };
      expect(whyNotFused(group)).toBeUndefined();
      const actual = runGroup(group, inputs);
      // Each step is checked against its row on the loop's own intermediate values: errors do not
      // accumulate.
      steps.forEach(({ kernel, attrs, args }, step) => {
        const name = [...kernelBy].find(([, k]) => k === kernel)?.[0] as keyof typeof table;
        const operands = args.map((i) => (i < inputs.length ? inputs[i] : actual[i - inputs.length]));
        const [wanted] = runReference(table[name], operands, attrs as object);
        expectClose(actual[step], wanted, tolerance[name] ?? 1, name, `at step ${step} of seed ${seed}`);
      });
    }
  });
});
