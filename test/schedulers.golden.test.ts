import { compile, ones } from "evenkeel";
import { Parameter } from "evenkeel/nn";
import { Adam, AdamW, lrScheduler, SGD } from "evenkeel/optim";
import { describe, expect, it } from "vitest";
import { camelCase, load } from "./goldens/golden.ts";

/** The rates of every scheduler, step by step, and those of several together. */

type Args = Readonly<Record<string, unknown>>;

interface Case {
  readonly name: string;
  readonly optimizer: "SGD" | "Adam";
  readonly rates: readonly number[];
  readonly schedulers: readonly { readonly name: string; readonly args: Args }[];
  readonly metrics: readonly number[] | null;
  readonly lr: readonly (readonly number[])[];
  readonly momentum: readonly (readonly number[])[];
}

interface Resumed {
  readonly name: string;
  readonly scheduler: string;
  readonly args: Args;
  readonly done: number;
  readonly initial: number;
  readonly lr: readonly number[];
}

interface ByHand {
  readonly name: string;
  readonly optimizer: "SGD" | "Adam" | "AdamW";
  readonly scheduler: string;
  readonly args: Args;
  readonly hands: Readonly<Record<string, number>>;
  readonly lr: readonly number[];
  readonly weight: readonly number[];
}

const { cases, resumed, by_hand } = load<{ cases: Case[]; resumed: Resumed[]; by_hand: ByHand[] }>("schedulers.json");

const makers = lrScheduler as unknown as Record<
  string,
  new (
    optimizer: lrScheduler.ScheduledOptimizer,
    options: object,
  ) => lrScheduler.LRScheduler | lrScheduler.ReduceLROnPlateau
>;

/** The functions of LambdaLR, as make_schedulers.py has them. */
const lambdas = { inverse: (epoch: number) => 1 / (1 + epoch), power: (epoch: number) => 0.95 ** epoch };

const functionsOf = (names: unknown) =>
  Array.isArray(names) ? names.map((name) => lambdas[name as "power"]) : lambdas[names as "power"];

function make(optimizer: lrScheduler.ScheduledOptimizer, name: string, { T_max: tMax, ...args }: Args) {
  const { lrLambda, ...options } = camelCase(args) as Args;
  return new makers[name](optimizer, {
    ...options,
    ...(tMax !== undefined && { tMax }),
    ...(lrLambda !== undefined && { lrLambda: functionsOf(lrLambda) }),
  });
}

/** Cosines and powers of two libraries differ in the last bit, and recurrences carry it on. */
const rounded = new Set(["CosineAnnealingLR", "OneCycleLR", "MultiStepLR", "LambdaLR"]);

function expectRates(actual: readonly number[], expected: readonly number[], exact: boolean, what: string): void {
  expected.forEach((value, i) => {
    if (exact) expect(actual[i], what).toBe(value);
    else expect(Math.abs(actual[i] - value), what).toBeLessThanOrEqual(1e-13 * Math.abs(value) + 1e-17);
  });
}

describe("schedules", () => {
  for (const { name, optimizer: kind, rates, schedulers, metrics, lr, momentum } of cases) {
    it(name, () => {
      const groups = rates.map((rate) => ({ params: [new Parameter(ones([1]))], lr: rate }));
      const optimizer = kind === "Adam" ? new Adam(groups) : new SGD(groups, { lr: 1, momentum: 0.9 });
      const made = schedulers.map((scheduler) => make(optimizer, scheduler.name, scheduler.args));
      const exact = !schedulers.some((scheduler) => rounded.has(scheduler.name));
      lr.forEach((expected, k) => {
        if (k > 0) {
          for (const scheduler of made) {
            if (scheduler instanceof lrScheduler.ReduceLROnPlateau) scheduler.step(metrics![k - 1]);
            else scheduler.step();
          }
        }
        const { paramGroups } = optimizer;
        const actual = paramGroups.map((group) => group.lr);
        expectRates(actual, expected, exact, `step ${k}`);
        expect(made.at(-1)!.getLastLr()).toEqual(actual);
        expect(made[0].lastEpoch).toBe(k);
        if (momentum.length === 0) return;
        const turned = paramGroups.map((group) => ("betas" in group ? group.betas[0] : group.momentum));
        expectRates(turned, momentum[k], false, `momentum at step ${k}`);
      });
    });
  }
});

describe.each([false, true])("schedules of rates that are set by hand, compiled: %s", (compiled) => {
  for (const { name, optimizer: kind, scheduler, args, hands, lr, weight: weights } of by_hand) {
    it(name, () => {
      const weight = new Parameter(ones([1]));
      const optimizer = new { SGD, Adam, AdamW }[kind]([weight], { lr: 0.1 });
      const made = make(optimizer, scheduler, args) as lrScheduler.LRScheduler;
      const step = compile(
        () => {
          optimizer.zeroGrad();
          weight.sum().backward();
          optimizer.step();
        },
        { compile: compiled },
      );
      for (const [k, expected] of lr.entries()) {
        if (k in hands) optimizer.paramGroups[0].lr = hands[k];
        step();
        expect(Math.abs(weight.item() - weights[k]), `weight after step ${k}`).toBeLessThan(1e-6);
        made.step();
        const rate = optimizer.paramGroups[0].lr;
        expect(Math.abs(rate - expected), `rate after step ${k}`).toBeLessThan(1e-12 * Math.abs(expected) + 1e-15);
        // What a training saves and loads goes on.
        optimizer.loadStateDict(optimizer.stateDict() as never);
      }
    });
  }

  it("have rates below 0 among them", () => {
    expect(by_hand.filter(({ lr }) => lr.some((rate) => rate < 0)).length).toBeGreaterThan(5);
  });
});

describe("schedules that go on with lastEpoch", () => {
  for (const { name, scheduler, args, done, initial, lr } of resumed) {
    it(name, () => {
      const optimizer = new SGD([new Parameter(ones([1]))], { lr: lr[0], momentum: 0.9 });
      optimizer.paramGroups[0].initialLr = initial;
      const made = make(optimizer, scheduler, { ...args, last_epoch: done }) as lrScheduler.LRScheduler;
      for (const [k, expected] of lr.slice(1).entries()) {
        if (k > 0) made.step();
        expectRates([optimizer.paramGroups[0].lr], [expected], !rounded.has(scheduler), `step ${k}`);
      }
    });
  }
});
