import { compile, grad, randn, type Tensor } from "evenkeel";
import { manualSeed } from "evenkeel/random";
import { describe, expect, it } from "vitest";
import { type ConvArgs, convCalls } from "./goldens/convCalls.ts";
import { decode, differences, type Golden, load, quantile, type Values } from "./goldens/golden.ts";
import type { CaseExecutor } from "./goldens/opCases.ts";

/**
 * Convolutions of the sizes that networks have: compiled, they go through kernels that sum in
 * float32 (docs/09). Arrays are drawn as torch draws them, and some places of each result are held
 * against torch's and against float64.
 */

interface LargeCase {
  readonly name: string;
  readonly call: "conv2d" | "conv_transpose2d";
  readonly args: ConvArgs;
  readonly seed: number;
  readonly input: readonly number[];
  readonly weight: readonly number[];
  /** What has been through a relu. */
  readonly positive: readonly string[];
  readonly results: Readonly<Record<Result, { readonly size: number; readonly torch: Golden; readonly exact: Golden }>>;
}

const results = ["output", "gradInput", "gradWeight", "gradBias"] as const;
type Result = (typeof results)[number];

const { cases } = load<{ cases: LargeCase[] }>("conv_large.json");

/** The places that conv_large.json has, of so many, in a flat array (make_conv_large.py). */
const places = (size: number, count: number) =>
  Array.from({ length: count }, (_, i) => Math.floor(((i * 0.6180339887498949) % 1) * size));

/** The places of the results that torch's are known of. */
function run({ call, args, seed, input, weight, positive, results: known }: LargeCase, executor: CaseExecutor) {
  manualSeed(seed);
  const draw = (name: string, shape: readonly number[]) => {
    const drawn = randn(shape);
    return positive.includes(name) ? drawn.relu() : drawn;
  };
  const outputs = call === "conv2d" ? weight[0] : weight[1];
  const operands = [draw("input", input), draw("weight", weight), draw("bias", [outputs])];
  for (const operand of operands) operand.requiresGrad_();
  const forward = (arrays: readonly Tensor[]) => convCalls[call](arrays, args) as Tensor;
  const dy = draw("gradOutput", shapeOf({ call, args, input, weight }));
  const step = (...[flow, ...arrays]: Tensor[]) => {
    const output = forward(arrays);
    return { output, gradients: grad([output], arrays, { gradOutputs: [flow] }) };
  };
  const { output, gradients } = (executor === "compiled" ? compile(step) : step)(dy, ...operands);
  const made = [output, ...gradients] as Tensor[];
  return Object.fromEntries(
    results.map((name, i): [Result, Values] => {
      const { size, torch } = known[name];
      expect(made[i].data.length, name).toBe(size);
      const data = places(size, torch.shape[0]).map((place) => made[i].data[place]);
      return [name, { dtype: "float32", shape: torch.shape, data }];
    }),
  ) as Record<Result, Values>;
}

/** [N, O, H, W] of the output. */
function shapeOf({ call, args, input, weight }: Pick<LargeCase, "call" | "args" | "input" | "weight">) {
  const [count, , ...size] = input;
  const { stride = 1, padding = 0, dilation = 1 } = args as Readonly<Record<string, number>>;
  const [outputs, ...kernel] = call === "conv2d" ? [weight[0], ...weight.slice(2)] : weight.slice(1);
  const along = (n: number, k: number) =>
    call === "conv2d"
      ? Math.floor((n + 2 * padding - dilation * (k - 1) - 1) / stride) + 1
      : (n - 1) * stride - 2 * padding + dilation * (k - 1) + 1;
  return [count, outputs, ...size.map((n, i) => along(n, kernel[i]))];
}

const rms = (values: ArrayLike<number>, exact: ArrayLike<number>) =>
  Math.sqrt(Array.from(exact, (x, i) => (values[i] - x) ** 2).reduce((sum, square) => sum + square, 0) / exact.length);

// Eagerly sums are double, and their signs do not matter.
const signs = { eager: cases.filter(({ positive }) => positive.length === 0), compiled: cases };

describe.each(["eager", "compiled"] as const)("%s", (executor) => {
  const ratios = new Map<Result, number[]>(results.map((name) => [name, []]));

  it.each(signs[executor].map((one) => [one.name, one] as const))("%s", (_, one) => {
    const got = run(one, executor);
    const found = results.map((name) => {
      const [torch, exact] = [decode(one.results[name].torch), decode(one.results[name].exact)];
      const ratio = rms(got[name].data, exact.data) / rms(torch.data, exact.data);
      ratios.get(name)?.push(ratio);
      return { name, torch, exact, ratio };
    });
    for (const { name, torch, exact, ratio } of found) {
      expect(differences(got[name], torch, exact), name).toEqual([]);
      expect(ratio, `our error to torch's, ${name}`).toBeLessThanOrEqual(2);
    }
  });

  it.each(results)("over all of them our error is no larger than torch's at the median: %s", (name) => {
    const found = ratios.get(name) as number[];
    expect(found.length).toBe(signs[executor].length);
    expect(quantile(found, 0.5)).toBeLessThanOrEqual(1);
  });
});
