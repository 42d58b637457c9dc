import { type Tensor, tensor } from "evenkeel";
import { Parameter } from "evenkeel/nn";
import { Adam, AdamW, clipGradNorm, clipGradValue, SGD } from "evenkeel/optim";
import { describe, expect, it } from "vitest";
import {
  camelCase,
  decode,
  errorRatios,
  expectClose,
  type Golden,
  load,
  quantile,
  tensorOf,
} from "./goldens/golden.ts";

/**
 * Twenty steps of every optimizer under torch's gradients, its state at the end, and gradient
 * clipping.
 */

type Options = Readonly<Record<string, unknown>>;

interface Case {
  readonly name: string;
  readonly optimizer: "SGD" | "Adam" | "AdamW";
  readonly options: Options;
  readonly groups: readonly (Options & { readonly params: readonly number[] })[] | null;
  readonly rates: readonly number[] | null;
  readonly gradients: string;
  readonly steps: readonly (readonly Golden[])[];
  readonly exact: readonly (readonly Golden[])[];
  readonly state: readonly Readonly<Record<string, Golden | null>>[];
  readonly exactState: readonly Readonly<Record<string, Golden | null>>[];
}

interface Clip {
  readonly name: string;
  readonly call: "clip_grad_norm_" | "clip_grad_value_";
  readonly args: { readonly max_norm?: number; readonly norm_type?: number | "inf"; readonly clip_value?: number };
  readonly gradients: readonly (Golden | null)[];
  readonly total: Golden | null;
  readonly after: readonly (Golden | null)[];
  readonly exact: { readonly total: Golden; readonly after: readonly (Golden | null)[] } | null;
}

const { start, gradients, cases, clips } = load<{
  start: Golden[];
  gradients: Record<string, (Golden | null)[][]>;
  cases: Case[];
  clips: Clip[];
}>("optim.json");

function makeOptimizer({ optimizer, options, groups }: Case, parameters: readonly Parameter[]) {
  const settings = camelCase(options) as { lr: number };
  const split =
    groups?.map(({ params, ...rest }) => ({ ...camelCase(rest), params: params.map((i) => parameters[i]) })) ??
    parameters;
  const make = { SGD, Adam, AdamW }[optimizer];
  return new make(split as readonly Parameter[], settings);
}

/** The parameters after every step, and the optimizer. */
function run(one: Case) {
  const parameters = start.map((golden) => new Parameter(tensorOf(golden)));
  const optimizer = makeOptimizer(one, parameters);
  const trace = gradients[one.gradients].map((pair, k) => {
    if (one.rates !== null) for (const group of optimizer.paramGroups) group.lr = one.rates[k];
    pair.forEach((golden, i) => {
      parameters[i].grad = golden === null ? null : tensorOf(golden);
    });
    optimizer.step();
    return parameters.map((parameter) => parameter.detach().clone());
  });
  return { trace, optimizer };
}

describe("twenty steps", () => {
  for (const one of cases) {
    it(one.name, () => {
      const { trace, optimizer } = run(one);
      trace.forEach((pair, k) => {
        pair.forEach((value, i) => {
          expectClose(value, one.steps[k][i], one.exact[k][i], `step ${k + 1}, parameter ${i}`);
        });
      });
      const { state } = optimizer.stateDict();
      one.state.forEach((entry, i) => {
        for (const [key, golden] of Object.entries(entry)) {
          if (golden === null) expect(state[i]?.[key] ?? null, key).toBeNull();
          else expectClose(state[i][key], golden, one.exactState[i][key], `${key} of parameter ${i}`);
        }
      });
    });
  }
});

describe("our rounding error is no larger than torch's (median at most 1, 95th percentile at most 2)", () => {
  for (const name of ["SGD", "Adam", "AdamW"]) {
    it(name, () => {
      const ratios = cases
        .filter(({ optimizer }) => optimizer === name)
        .flatMap((one) =>
          run(one).trace.flatMap((pair, k) =>
            pair.flatMap((value, i) => errorRatios(value, decode(one.steps[k][i]), decode(one.exact[k][i]))),
          ),
        );
      expect(quantile(ratios, 0.5)).toBeLessThanOrEqual(1);
      expect(quantile(ratios, 0.95)).toBeLessThanOrEqual(2);
    });
  }
});

describe("clipping", () => {
  for (const { name, call, args, gradients: given, total, after, exact } of clips) {
    it(name, () => {
      const parameters = given.map((golden) => {
        const parameter: Tensor = new Parameter(tensor(new Float32Array(2)));
        if (golden === null) return parameter;
        const shaped = new Parameter(tensorOf(golden));
        shaped.grad = tensorOf(golden);
        return shaped;
      });
      if (call === "clip_grad_norm_") {
        const normType = args.norm_type === "inf" ? Number.POSITIVE_INFINITY : args.norm_type;
        const norm = clipGradNorm(parameters, args.max_norm!, normType === undefined ? {} : { normType });
        expectClose(norm, total!, exact!.total, "the total norm");
      } else {
        clipGradValue(parameters, args.clip_value!);
      }
      after.forEach((golden, i) => {
        if (golden === null) expect(parameters[i].grad).toBeNull();
        else expectClose(parameters[i].grad, golden, exact?.after[i], `gradient ${i}`);
      });
    });
  }
});
