import { compile, type DType, full, grad, type Tensor, tensor } from "evenkeel";
import { describe, expect, it } from "vitest";
import { load } from "./goldens/golden.ts";
import { type Args, opCall } from "./goldens/opCalls.ts";

/**
 * Values, gradients and second derivatives where a function or its slope breaks off: at 0, ties,
 * NaN, infinities, nothing.
 */

/** Numbers as JSON has them: what is not finite is a string. */
type Plain = number | boolean | "NaN" | "Infinity" | "-Infinity" | readonly Plain[];

interface Case {
  readonly call: string;
  readonly args: Args;
  readonly inputs: readonly Plain[];
  readonly shapes: readonly (readonly number[])[];
  readonly dtypes: readonly DType[];
  /** torch's refusal, in place of all that follows. */
  readonly error?: string;
  readonly output: Plain;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly dy?: number;
  readonly grads?: readonly (Plain | null)[];
  readonly second?: readonly (Plain | null)[];
}

const { cases } = load<{ cases: Case[] }>("singular.json");

function numbers(plain: Plain): number[] {
  return Array.isArray(plain) ? plain.flatMap((value: Plain) => numbers(value)) : [Number(plain)];
}

interface Result {
  readonly output: Tensor;
  readonly grads: readonly (Tensor | null)[];
  readonly second: readonly (Tensor | null)[];
}

function run({ call, args, inputs, shapes, dtypes, dy, shape, second }: Case, compiled: boolean): Result {
  const operands = inputs.map((input, i) =>
    tensor(numbers(input), { shape: shapes[i], dtype: dtypes[i], requiresGrad: dtypes[i] === "float32" }),
  );
  const wanted = operands.filter(({ requiresGrad }) => requiresGrad);
  const weights = wanted.map((x) =>
    tensor(
      Array.from({ length: x.numel() }, (_, i) => i + 1),
      { shape: x.shape },
    ),
  );
  const start = full(shape ?? [], dy ?? 1);
  const step = (...made: Tensor[]) => {
    const result = opCall(call)(made, args);
    const output = Array.isArray(result) ? (result[0] as Tensor) : (result as Tensor);
    if (dy === undefined) return { output, grads: [], second: [] };
    const leaves = made.filter((_, i) => operands[i].requiresGrad);
    const grads = grad(output, leaves, { gradOutputs: start, createGraph: second !== undefined, allowUnused: true });
    const differentiable = grads.flatMap((x, i) => (x?.requiresGrad ? [{ x, weight: weights[i] }] : []));
    if (second === undefined || differentiable.length === 0) return { output, grads, second: leaves.map(() => null) };
    const seconds = grad(
      differentiable.map(({ x }) => x),
      leaves,
      { gradOutputs: differentiable.map(({ weight }) => weight), allowUnused: true },
    );
    return { output, grads, second: seconds };
  };
  return compiled ? compile(step)(...operands) : step(...operands);
}

/**
 * Where a value is not torch's but for the rounding of its terms; a missing gradient is one of
 * zeros.
 */
function differences(what: string, actual: Tensor | null, expected: Plain | null): string[] {
  const want = expected === null ? null : numbers(expected);
  const got = actual === null ? null : Array.from(actual.data);
  const largest = Math.max(0, ...(want ?? []).filter(Number.isFinite).map(Math.abs));
  return Array.from({ length: (want ?? got ?? []).length }, (_, i) => i).flatMap((i) => {
    const [a, b] = [got === null ? 0 : got[i], want === null ? 0 : want[i]];
    return Object.is(a, b) || Math.abs(a - b) <= 1e-6 * Math.max(1, largest)
      ? []
      : [`${what}[${i}] is ${a}, torch has ${b}`];
  });
}

/** Where we are not torch: which calls, what differs, and why. */
interface Deviation {
  readonly calls: RegExp;
  readonly differs: RegExp;
  readonly why: string;
}

const deviations: readonly Deviation[] = [
  {
    calls: /^(pow|rpower) /,
    differs: /^second .* torch has NaN$/,
    why: "torch multiplies 0 by the logarithm of 0; we leave the term out",
  },
  {
    calls: /^power /,
    differs: /torch has (NaN|-Infinity)$/,
    why: "torch takes roots for the exponents 0.5 and -0.5, but not where they stand in a tensor; the power of -0 and -Infinity is IEEE 754's here",
  },
  {
    calls: /^prod /,
    differs: /torch has (NaN|Infinity)$/,
    why: "torch divides the product by the factor, a NaN where both are infinite or NaN; we multiply the others",
  },
  {
    calls: /^norm_of /,
    differs: /^second .* is 0, torch has NaN$/,
    why: "a norm or an element of 0 has no second derivative; both take 0 for the first, and we for the second",
  },
  {
    calls: /^norm_of .*Infinity.*p:0.5/,
    differs: /^gradient .* is 0, torch has NaN$/,
    why: "the slope of an element of 0 is 0, also where the norm is infinite",
  },
  {
    calls: /^softshrink /,
    differs: /^output.* is NaN, torch has 0$/,
    why: "NaN stays NaN, as in torch since its pull request 138421; before, it became 0",
  },
  {
    calls: /^hardswish /,
    differs: /^output.* torch has Infinity$/,
    why: "torch multiplies by 6 before it divides by it, which leaves the range of floats",
  },
  {
    calls: /^(gelu|mish|silu) /,
    differs: /^second .* is 0, torch has NaN$/,
    why: "far out all derivatives are 0; torch multiplies 0 by an overflow there",
  },
  {
    calls: /^prelu .*NaN/,
    differs: /^second /,
    why: "torch takes a NaN for negative in the gradient, and for positive in that of the gradient; we for negative in both",
  },
  { calls: /^bce_with_logits /, differs: /^second 1.* is NaN/, why: "of a logit that is NaN everything is NaN" },
];

const nameOf = ({ call, args, inputs, dy }: Case) =>
  `${call} ${[...inputs, args].map((x) => JSON.stringify(x).replaceAll('"', "")).join(" ")}${dy === 0 ? " dy 0" : ""}`;

describe.each(["eager", "compiled"])("%s", (executor) => {
  const met = new Set<Deviation>();

  it.each(cases.map((one, i) => [`${i} ${nameOf(one)}`, one] as const))("%s", (_, one) => {
    if (one.error !== undefined) {
      expect(() => run(one, executor === "compiled")).toThrow(/no element to choose from|expected float32 or float64/);
      return;
    }
    const { output, grads, second } = run(one, executor === "compiled");
    expect([output.dtype, [...output.shape]]).toEqual([one.dtype, one.shape]);
    const found = [
      ...differences("output", output, one.output),
      ...(one.grads ?? []).flatMap((expected, k) => differences(`gradient ${k}: `, grads[k], expected)),
      ...(one.second ?? []).flatMap((expected, k) => differences(`second ${k}: `, second[k], expected)),
    ].filter((difference) => {
      const known = deviations.find(({ calls, differs }) => calls.test(nameOf(one)) && differs.test(difference));
      if (known !== undefined) met.add(known);
      return known === undefined;
    });
    expect(found, found.join("; ")).toEqual([]);
  });

  it("knows of no deviation that is none", () => {
    expect(deviations.filter((deviation) => !met.has(deviation))).toEqual([]);
  });
});
