import { compile, grad, type Tensor } from "evenkeel";
import { describe, expect, it } from "vitest";
import { decode, errorRatios, expectClose, type Golden, load, quantile, tensorOf } from "./goldens/golden.ts";
import { type Args, opCalls } from "./goldens/opCalls.ts";

/** Every op of torch's that we have: values, gradients, and a rounding error no larger than torch's own. */

interface Case {
  readonly name: string;
  readonly call: string;
  readonly args: Args;
  readonly inputs: readonly (Golden | number)[];
  readonly requiresGrad: readonly boolean[];
  readonly outputs: readonly Golden[];
  readonly gradOutputs: readonly (Golden | null)[];
  readonly grads: readonly (Golden | null)[];
  readonly exact: { readonly outputs: readonly (Golden | null)[]; readonly grads: readonly (Golden | null)[] } | null;
}

const cases = ["ops.json", "norms.json"].flatMap((file) => load<{ cases: Case[] }>(file).cases);
const families = new Map<string, Case[]>();
for (const one of cases) families.set(one.call, [...(families.get(one.call) ?? []), one]);

/** Every case runs eagerly, and as a compiled program. */
type Executor = "eager" | "compiled";

/** What cannot be compiled, and why. */
const refused: Readonly<Record<string, string>> = {
  at_mask: "has as many results as the mask holds",
  masked_select: "has as many results as the mask holds",
  nonzero: "has as many results as there are values that are not 0",
  nonzero_tuple: "has as many results as there are values that are not 0",
  one_hot_counted: "has as many columns as the largest class asks for",
  set_mask: "takes as many values as the mask holds",
};

/** A mask that is written as a list is known while a step is traced. */
const isRefused = ({ call, name }: Case) => call in refused && !name.includes("at=[[true");

/** Outputs of a case, and the gradients of its inputs (null where none is wanted). */
function run({ call, args, inputs, requiresGrad, gradOutputs, grads }: Case, executor: Executor) {
  const step = (...made: (Tensor | number)[]) => {
    // A program must not write to its arguments: what an op may write in place are copies.
    const operands = made.map((x, i) => (typeof x === "number" || requiresGrad[i] ? x : x.clone()));
    const result = opCalls[call](operands, args);
    const outputs = Array.isArray(result) ? (result as readonly Tensor[]) : [result as Tensor];
    const starts = gradOutputs.flatMap((dy, i) => (dy === null ? [] : [{ output: outputs[i], dy: tensorOf(dy) }]));
    if (starts.length === 0) return { outputs, grads: grads.map(() => null) };
    const wanted = made.filter((_, i) => requiresGrad[i]) as Tensor[];
    const found = grad(
      starts.map(({ output }) => output),
      wanted,
      { gradOutputs: starts.map(({ dy }) => dy), allowUnused: true },
    );
    const rest = [...found];
    return { outputs, grads: requiresGrad.map((wants) => (wants ? rest.shift()! : null)) };
  };
  const made = inputs.map((input, i) =>
    typeof input === "number" ? input : tensorOf(input, { requiresGrad: requiresGrad[i] }),
  );
  return executor === "compiled" ? compile(step)(...made) : step(...made);
}

for (const executor of ["eager", "compiled"] as const) {
  for (const [call, group] of families) {
    describe(`${call}, ${executor}`, () => {
      for (const one of group) {
        if (executor === "compiled" && isRefused(one)) {
          it(`${one.name}: refused, it ${refused[call]}`, () =>
            expect(() => run(one, executor)).toThrow("while the step is traced"));
          continue;
        }
        it(one.name, () => {
          const { outputs, grads } = run(one, executor);
          expect(outputs.length).toBe(one.outputs.length);
          one.outputs.forEach((golden, i) => {
            expectClose(outputs[i], golden, one.exact?.outputs[i], `output ${i}`);
          });
          one.grads.forEach((golden, i) => {
            if (golden !== null) expectClose(grads[i], golden, one.exact?.grads[i], `gradient of input ${i}`);
          });
        });
      }
    });
  }
}

it.each([...families.get("linspace")!, ...families.get("arange")!])("$name: to the bit", (one) => {
  const [golden] = one.outputs;
  const { data, dtype } = run(one, "eager").outputs[0];
  expect([dtype, [...data]]).toEqual([golden.dtype, [...decode(golden).data]]);
});

describe.each(["eager", "compiled"] as const)(
  "our rounding error is no larger than torch's (median at most 1, 95th percentile at most 2), %s",
  (executor) => {
    const ratiosOf = (
      got: readonly (Tensor | null)[],
      torch: readonly (Golden | null)[],
      exact: readonly (Golden | null)[] = [],
    ) =>
      torch.flatMap((golden, i) => {
        const actual = got[i];
        if (golden === null || actual === null) return [];
        return errorRatios(actual, decode(golden), exact[i] ? decode(exact[i]) : null);
      });

    const check = (ratios: readonly number[]) => {
      if (ratios.length === 0) return;
      const figures = { median: quantile(ratios, 0.5), percentile95: quantile(ratios, 0.95) };
      const within = figures.median <= 1 && figures.percentile95 <= 2;
      expect(within, `of ${ratios.length} elements: ${JSON.stringify(figures)}`).toBe(true);
    };

    for (const [call, group] of families) {
      if (executor === "compiled" && call in refused) continue;
      const single = group.filter(({ exact }) => exact !== null);
      if (single.length === 0) continue;
      const results = () => single.map((one) => ({ one, got: run(one, executor) }));
      it(`${call}, forward`, () => {
        check(results().flatMap(({ one, got }) => ratiosOf(got.outputs, one.outputs, one.exact?.outputs)));
      });
      if (single.some(({ grads }) => grads.some((golden) => golden !== null))) {
        it(`${call}, backward`, () => {
          check(results().flatMap(({ one, got }) => ratiosOf(got.grads, one.grads, one.exact?.grads)));
        });
      }
    }
  },
);
