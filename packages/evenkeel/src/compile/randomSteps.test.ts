import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { broadcastShapes, formatShape, sameShape } from "../core/index.ts";
import { getRngState, manualSeed, setRngState } from "../random/index.ts";
import { bernoulli, full, noGrad, rand, randn, type Tensor, zeros } from "../tensor/index.ts";
import { compile } from "./compile.ts";

/**
 * Random steps, eager and compiled: elementwise chains, reductions, expansions, views, matmuls, in-place writes to
 * temporaries and to captured tensors, random draws and backward, in any order. What passes may move, drop or merge shows here.
 */

type Instruction = readonly [operation: number, first: number, second: number, number: number];

/** What a step refers to. */
interface State {
  readonly tensors: readonly Tensor[];
}

const shapes = [[3, 4], [4], [3, 1], [], [5, 3, 4], [1]] as const;

const newState = (): State => ({ tensors: shapes.slice(0, 5).map((shape) => randn([...shape])) });

const copyOf = ({ tensors }: State): State => ({ tensors: tensors.map((tensor) => tensor.detach().clone()) });

function broadcasts(a: Tensor, b: Tensor): boolean {
  try {
    return broadcastShapes(a.shape, b.shape).length <= 3;
  } catch {
    return false;
  }
}

/** In-place writes keep the shape of their target. */
const fits = (target: Tensor, value: Tensor) =>
  broadcasts(target, value) && sameShape(broadcastShapes(target.shape, value.shape), target.shape);

type Operation = (a: Tensor, b: Tensor, number: number) => Tensor | undefined;

const operations: Readonly<Record<string, Operation>> = {
  add: (a, b) => (broadcasts(a, b) ? a.add(b) : undefined),
  sub: (a, b) => (broadcasts(a, b) ? a.sub(b) : undefined),
  mul: (a, b) => (broadcasts(a, b) ? a.mul(b).clamp({ min: -4, max: 4 }) : undefined),
  maximum: (a, b) => (broadcasts(a, b) ? a.maximum(b) : undefined),
  scale: (a, _, number) => a.mul(number),
  shift: (a, _, number) => a.add(number),
  relu: (a) => a.relu(),
  tanh: (a) => a.tanh(),
  where: (a, b) => (sameShape(a.shape, b.shape) ? a.where(a.gt(b), b) : undefined),
  clone: (a) => a.clone(),
  detach: (a) => a.detach(),
  sum: (a) => a.sum().clamp({ min: -8, max: 8 }),
  mean: (a) => (a.ndim > 0 ? a.mean(0, { keepdim: true }) : undefined),
  meanLast: (a) => (a.ndim > 1 ? a.mean(-1) : undefined),
  expand: (a, b) => (fits(b, a) ? a.expand(...b.shape) : undefined),
  reshape: (a) => a.reshape(a.numel()),
  unsqueeze: (a) => (a.ndim < 3 ? a.unsqueeze(0) : undefined),
  transpose: (a) => (a.ndim === 2 ? a.transpose(0, 1) : undefined),
  narrow: (a) => (a.ndim > 0 && a.shape[0] > 1 ? a.narrow(0, 1, a.shape[0] - 1) : undefined),
  matmul: (a, b) => (a.ndim === 2 && b.ndim === 2 && a.shape[1] === b.shape[0] ? a.matmul(b).tanh() : undefined),
  zeros: (a) => zeros([...a.shape]),
  full: (_a, _b, number) => full([1], number),
  rand: (a) => rand([...a.shape]),
  bernoulli: (a, _, number) => bernoulli(full([...a.shape], Math.abs(number) / 2)),
  addInPlace: (a, b) => (fits(a, b) ? a.add_(b.detach()).clamp_({ min: -8, max: 8 }) : undefined),
  mulInPlace: (a, _, number) => a.mul_(number),
  copyInPlace: (a, b) => (fits(a, b) ? a.copy_(b.detach()) : undefined),
  zeroInPlace: (a) => a.zero_(),
  normalInPlace: (a) => a.normal_(),
};
const names = Object.keys(operations);

/** The step that a list of instructions means. */
function stepOf(instructions: readonly Instruction[], { tensors }: State) {
  return (x: Tensor): Tensor[] => {
    const values = [...tensors, x.clone()];
    for (const [operation, first, second, number] of instructions) {
      // Mostly what was made last: longer chains, and writes to what somebody has just read.
      const pick = (index: number) => values.at(-1 - (index % values.length)) as Tensor;
      const made = operations[names[operation % names.length]](pick(first), pick(second), number);
      if (made !== undefined) values.push(made);
    }
    return values.slice(-3);
  };
}

const describeStep = (instructions: readonly Instruction[]) =>
  instructions.map(([operation, ...operands]) => `${names[operation % names.length]}(${operands})`).join("; ");

const instruction = fc.tuple(
  fc.nat(names.length - 1),
  fc.nat(12),
  fc.nat(12),
  fc.constantFrom(0.5, -1, 1.5, 0, 2, -0.25),
);

function expectClose(actual: readonly Tensor[], expected: readonly Tensor[], what: string): void {
  expect(actual.map(({ shape }) => formatShape(shape))).toEqual(expected.map(({ shape }) => formatShape(shape)));
  actual.forEach((tensor, i) => {
    const wrong = Array.from(expected[i].data).flatMap((value, at) =>
      Math.abs(tensor.data[at] - value) <= 2e-5 * Math.max(1, Math.abs(value))
        ? []
        : [`${what} ${i}, element ${at}: ${tensor.data[at]}, eager has ${value}`],
    );
    expect(wrong).toEqual([]);
  });
}

function expectSame(instructions: readonly Instruction[]): void {
  manualSeed(7);
  const state = newState();
  const twin = copyOf(state);
  const inputs = [randn([3, 4]), randn([3, 4]), randn([3, 4])];
  const eager = stepOf(instructions, state);
  const compiled = compile(stepOf(instructions, twin));
  for (const input of inputs) {
    const before = getRngState();
    const expected = noGrad(() => eager(input));
    const after = getRngState();
    setRngState(before);
    const actual = noGrad(() => compiled(input));
    expectClose(actual, expected, "result");
    expectClose(twin.tensors, state.tensors, "state");
    expect(getRngState()).toEqual(after);
  }
  expect(compiled.programs).toBe(1);
}

/** Gradients of all state, accumulated over the runs. Writes in place are left out: they may overwrite what backward needs. */
function expectSameGradients(instructions: readonly Instruction[]): void {
  manualSeed(8);
  const state = newState();
  const twin = copyOf(state);
  for (const tensor of [...state.tensors, ...twin.tensors]) tensor.requiresGrad_();
  const stepFor = (from: State) => {
    const forward = stepOf(
      instructions.filter(([operation]) => !names[operation % names.length].endsWith("InPlace")),
      from,
    );
    return (x: Tensor) => {
      const outputs = forward(x);
      const loss = [...outputs, ...from.tensors]
        .map((tensor) => tensor.tanh().sum())
        .reduce((sum, one) => sum.add(one));
      loss.backward();
      return [...outputs, loss];
    };
  };
  const eager = stepFor(state);
  const compiled = compile(stepFor(twin));
  for (let run = 0; run < 3; run++) {
    const input = randn([3, 4]);
    const before = getRngState();
    const expected = eager(input);
    setRngState(before);
    expectClose(compiled(input), expected, "result");
    const grads = ({ tensors }: State) => tensors.map(({ grad }) => grad as Tensor);
    expectClose(grads(twin), grads(state), "gradient");
  }
  // The first run finds no gradients, the second the first's.
  expect(compiled.programs).toBe(2);
}

/** Fails with the smallest step that parts, in words. */
function check(numRuns: number, property: (instructions: readonly Instruction[]) => void): void {
  const details = fc.check(
    fc.property(fc.array(instruction, { minLength: 1, maxLength: 14 }), (instructions) => property(instructions)),
    { numRuns },
  );
  if (!details.failed) return;
  const [instructions] = details.counterexample ?? [[]];
  expect.fail(`${describeStep(instructions)}\n${details.errorInstance}\nseed ${details.seed}`);
}

describe("random steps are the same eager and compiled", () => {
  it("with in-place writes and draws", () => check(40, (instructions) => expectSame(instructions)));

  it("with gradients", () => check(40, expectSameGradients));
});
