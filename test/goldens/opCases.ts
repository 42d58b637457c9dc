import { compile, grad, type Tensor } from "evenkeel";
import { describe, expect, it } from "vitest";
import { decode, errorRatios, expectClose, type Golden, quantile, tensorOf } from "./golden.ts";

/**
 * Calls of torch's, a case each: values, gradients, and a rounding error no larger than torch's
 * own, eager and compiled.
 */

export interface OpCase<Args> {
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

/** How the library says a call. */
export type OpCall<Args> = (inputs: readonly (Tensor | number)[], args: Args) => Tensor | readonly Tensor[];

/** Finds how it says one. */
export type OpCalls<Args> = (call: string) => OpCall<Args>;

/** Every case runs eagerly, and as a compiled program. */
export type CaseExecutor = "eager" | "compiled";

/** The cases of each call. */
export function byCall<Args>(cases: readonly OpCase<Args>[]): Map<string, OpCase<Args>[]> {
  const families = new Map<string, OpCase<Args>[]>();
  for (const one of cases) families.set(one.call, [...(families.get(one.call) ?? []), one]);
  return families;
}

/** Outputs of a case, and the gradients of its inputs (null where none is wanted). */
export function runCase<Args>(
  { call, args, inputs, requiresGrad, gradOutputs, grads }: OpCase<Args>,
  calls: OpCalls<Args>,
  executor: CaseExecutor,
) {
  const step = (...made: (Tensor | number)[]) => {
    // A program must not write to its arguments: what an op may write in place are copies.
    const operands = made.map((x, i) => (typeof x === "number" || requiresGrad[i] ? x : x.clone()));
    const result = calls(call)(operands, args);
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

/** Tests of all cases. `refused` says of a case why it cannot be compiled, if that is so. */
export function testCases<Args>(
  cases: readonly OpCase<Args>[],
  calls: OpCalls<Args>,
  refused: (one: OpCase<Args>) => string | undefined = () => undefined,
): void {
  const families = byCall(cases);
  for (const executor of ["eager", "compiled"] as const) {
    for (const [call, group] of families) {
      describe(`${call}, ${executor}`, () => {
        for (const one of group) {
          const why = executor === "compiled" ? refused(one) : undefined;
          if (why !== undefined) {
            it(`${one.name}: refused, it ${why}`, () =>
              expect(() => runCase(one, calls, executor)).toThrow("while the step is traced"));
            continue;
          }
          it(one.name, () => {
            const { outputs, grads } = runCase(one, calls, executor);
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
        if (executor === "compiled" && group.some((one) => refused(one) !== undefined)) continue;
        const single = group.filter(({ exact }) => exact !== null);
        if (single.length === 0) continue;
        const results = () => single.map((one) => ({ one, got: runCase(one, calls, executor) }));
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
}
