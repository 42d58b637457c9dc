import { describe, expect, test, vi } from "vitest";
import * as nn from "../../nn/index.ts";
import { getRngState, manualSeed } from "../../random/index.ts";
import { inferSchema, TabularNet, tableFromRows } from "../../tabular/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { planStudy } from "../plan/plan.ts";
import { rateTrials } from "../plan/planTrials.ts";
import { runStudy } from "../plan/runStudy.ts";
import { runTrial, trialRunner } from "../trial/trial.ts";
import type { NamedArm } from "./arm.ts";
import type { NetworkArm } from "./networkArm.ts";

const table = tableFromRows(
  Array.from({ length: 90 }, (_, i) => {
    const [a, b] = [Math.sin(3 * i), Math.cos(7 * i)];
    return { a, b: 40 * b, place: `p${i % 20}`, y: 2 * a * a + b, kind: ["x", "y", "z"][i % 3] };
  }),
);
const data = { table, schema: inferSchema(table, { target: "y", ignore: ["kind", "place"] }) };
const small = { seeds: [3, 4, 5], lrs: [0.01, 0.03], epochs: 4, batchSize: 16 } as const;
const twoLayers = (features: number) =>
  new nn.Sequential(new nn.Linear(features, 8), new nn.BatchNorm1d(8), new nn.ReLU(), new nn.Linear(8, 1));
const arms: NetworkArm[] = [
  { name: "linear", network: (features) => new nn.Linear(features, 1), version: "1" },
  { name: "two layers", network: twoLayers, version: "a" },
];

describe("arms that are functions", () => {
  test("are compared by the same seeds, and known in plan and trials by plain data", async () => {
    const before = getRngState();
    const plan = planStudy(data, { ...small, arms });
    expect(getRngState()).toEqual(before);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(plan.ask).toBe("networks");
    expect(plan.arms).toMatchObject([
      { name: "linear", scale: "zscore", group: null, version: "1", parameters: 3, batchNorm: false, from: null },
      { name: "two layers", version: "a", parameters: 49, batchNorm: true },
    ]);
    expect(rateTrials(plan)[2].id).toBe("two layers lr=0.01 seed=3");
    const { result } = await runStudy(plan, { execute: trialRunner(data, arms) });
    expect(result.complete).toBe(true);
    expect(Object.keys(result.trials[0].readings)).toEqual(["asTrained"]);
    expect(Object.keys(result.trials[2].readings)).toEqual(["asTrained", "recomputed"]);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect(result.claims.map(({ id }) => id)).toEqual(["better:two layers"]);
  });

  test("a normalization arm is such a function: written as one it gives the same numbers, embeddings among them", async () => {
    const places = { table, schema: inferSchema(table, { target: "kind", kinds: { place: "category" } }) };
    const own = (features: number, { outputs }: { outputs: number }) =>
      new TabularNet({ features, outputs }, { hidden: [8], norm: "batch", dropout: 0.1 });
    const given: NetworkArm[] = [
      { name: "mine", network: own },
      { name: "other", network: own },
    ];
    const options = { ...small, seeds: [4], lrs: [0.02], hidden: [8], rowFractions: [], rescale: [] };
    const [spec] = rateTrials(planStudy(places, { ...options, arms: given }));
    const norm = { scale: "zscore", norm: "batch", dropout: 0.1 } as const;
    const [usual] = rateTrials(planStudy(places, { ...options, arms: [norm, { ...norm, norm: "none" }] }));
    const [one, other] = [await runTrial(places, spec, { arms: given }), await runTrial(places, usual)];
    expect(one.result.readings.recomputed?.curve).toHaveLength(4);
    expect(one.result.readings).toEqual(other.result.readings);
  });

  test("a trial gives the same bytes whatever was trained before it", async () => {
    const specs = rateTrials(planStudy(data, { ...small, arms }));
    const execute = trialRunner(data, arms);
    const spec = specs[3];
    const first = JSON.stringify((await execute(spec, {})).result);
    for (const other of [specs[0], specs[2], specs[6]]) await execute(other, {});
    expect(JSON.stringify((await execute(spec, {})).result)).toBe(first);
  });

  test("a network that looks at a number of its own while it is trained is compiled anew when that changes", async () => {
    // The number is neither state nor a field of a module, so only the check of compiled steps sees
    // it.
    let offset = 0;
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    class Shifted extends nn.Module {
      linear: nn.Linear;
      constructor(features: number) {
        super();
        this.linear = new nn.Linear(features, 1);
      }
      override forward(x: Tensor): Tensor {
        return this.linear(x).add(offset);
      }
    }
    const shifted: NetworkArm[] = [{ name: "shifted", network: (features) => new Shifted(features) }, arms[1]];
    const [spec] = rateTrials(planStudy(data, { ...small, epochs: 40, arms: shifted }));
    const onEpoch = (epoch: number) => {
      if (epoch === 20) offset = 1000;
    };
    const { result } = await runTrial(data, spec, { arms: shifted, onEpoch });
    const curve = result.readings.asTrained?.curve ?? [];
    expect(Math.max(...curve.slice(0, 19))).toBeLessThan(10);
    expect(curve[39]).toBeGreaterThan(100);
    expect(warned.mock.calls.join()).toContain("the number 0 became 1000");
    warned.mockRestore();
  });
});

describe("going on with trials from before", () => {
  const versioned = (version: string | undefined, width = 1): NetworkArm[] => [
    { ...arms[0], version: "1" },
    {
      ...{ name: "other", network: () => new nn.Sequential(new nn.Linear(2, width), new nn.Linear(width, 1)) },
      ...(version !== undefined && { version }),
    },
  ];
  const run = async (given: NetworkArm[], finished: Parameters<typeof runStudy>[1]["finished"] = []) => {
    let trained = 0;
    const runner = trialRunner(data, given);
    const execute: typeof runner = (spec, options) => {
      trained++;
      return runner(spec, options);
    };
    const study = await runStudy(planStudy(data, { ...small, arms: given }), { execute, finished });
    return { ...study, trained };
  };

  test("takes those of the same version, trains those of another again, and refuses where it cannot tell", async () => {
    const first = await run(versioned("1"));
    expect((await run(versioned("1"), first.runs)).trained).toBe(0);
    expect((await run(versioned("2", 2), first.runs)).trained).toBe(9);
    await expect(run(versioned("1", 2), first.runs)).rejects.toThrow(
      'finished has trials of the arm "other" and its version "1", but it makes another network now',
    );
    await expect(run(versioned(undefined), first.runs)).rejects.toThrow(
      /trials of the arm "other", which has no version, so a study cannot tell .*; give the arm a version/,
    );
  });

  test("a trial is not trained by another function than the plan's", async () => {
    const [, , , , spec] = rateTrials(planStudy(data, { ...small, arms: versioned("1"), lrs: [0.1], seeds: 3 }));
    const [other] = rateTrials(planStudy(data, { ...small, arms: versioned("1") })).filter(
      ({ arm }) => arm.name === "other",
    );
    expect(spec.arm.name).toBe("linear");
    await expect(runTrial(data, other)).rejects.toThrow(
      'the arm "other" of the study is a function; give it: trialRunner(data, arms)',
    );
    await expect(runTrial(data, other, { arms: versioned("2") })).rejects.toThrow(
      /has version "1" .* the one given "2"/,
    );
    await expect(runTrial(data, other, { arms: versioned("1", 3) })).rejects.toThrow(
      'the arm "other" makes another network, or is trained differently, than when the study was planned',
    );
    const unknown = { ...other, arm: { ...(other.arm as NamedArm), from: { ask: "placement", dropout: 0 } as const } };
    await expect(runTrial(data, unknown)).rejects.toThrow('the question "placement" has no arm "other" here');
  });
});

describe("what is wrong with an arm is said before anything is trained", () => {
  const kept = new nn.Linear(2, 1);
  const untrained = new nn.Linear(2, 1);
  for (const parameter of untrained.parameters()) parameter.requiresGrad_(false);
  class Random extends nn.Linear {
    constructor() {
      super(2, 1);
      this.weight.data[0] = Math.random();
    }
  }
  class Reads extends nn.Linear {
    override forward(x: Tensor): Tensor {
      const y = super.forward(x);
      return y.mul(y.sum().item() > 0 ? 1 : 2);
    }
  }
  const network = (make: unknown) => ({ arms: [arms[0], { name: "odd", network: make }] }) as never;
  test.each<[string, unknown, RegExp]>([
    ["gives nothing", () => undefined, /^planStudy: the arm "odd" gave undefined, expected a module/],
    [
      "throws of itself",
      () => {
        throw new Error("no luck");
      },
      /the arm "odd" threw when its network was made: no luck/,
    ],
    ["gives a number", () => 3, /^planStudy: the arm "odd" gave 3, expected a module such as nn\.Sequential$/],
    ["is async", async () => new nn.Linear(2, 1), /gave Promise, expected a module .*; it may not be async/],
    [
      "too wide",
      () => new nn.Linear(2, 3),
      /answers \[8, 2\] with \[8, 3\], expected \[8, 1\] \(regression\): end it with a Linear to 1/,
    ],
    ["other inputs", () => new nn.Linear(5, 1), /does not take inputs of shape \[8, 2\]: /],
    ["the same module", () => kept, /gave the same layers twice/],
    ["shares a layer", () => new nn.Sequential(kept), /gave the same layers twice/],
    ["other weights", () => new Random(), /made other weights from the same seed; draw from evenkeel's generators/],
    ["nothing to train", () => nn.clone(untrained), /has no parameters that are trained/],
    ["cannot be compiled", () => new Reads(2, 1), /the arm "odd" cannot be trained: /],
    ["is a class", nn.Linear, /threw when its network was made: .*new/],
    ["is no function", "Linear", /^planStudy: the network of the arm "odd" is "Linear", expected a function/],
  ])("it %s", (_, make, message) => {
    manualSeed(7);
    const before = getRngState();
    expect(() => planStudy(data, network(make))).toThrow(message);
    expect(getRngState()).toEqual(before);
  });

  const good = arms[0].network;
  test.each<[unknown, RegExp]>([
    [{ name: "", network: good }, /the name of an arm is "", expected 1 to 60 characters on one line/],
    [{ name: "a\nb", network: good }, /the name of an arm is "a\\nb", expected 1 to 60/],
    [{ name: 3, network: good }, /the name of an arm is 3, expected a text/],
    [{ network: good }, /the name of an arm is undefined, expected a text/],
    [{ name: "linear", network: good }, /the arm "linear" is there twice/],
    [
      { name: "x", network: good, scale: "log" },
      /the scale of the arm "x" is "log", expected raw, zscore, robust, squash/,
    ],
    [{ name: "x", network: good, version: 2 }, /the version of the arm "x" is 2, expected a text/],
    [{ name: "x", network: good, group: " " }, /the group of the arm "x" is " ", expected 1 to 60/],
    [{ name: "x", network: good, dropout: 0 }, /an arm of planStudy: unknown option "dropout"/],
    [good, /an arm is the function network, expected \{ name, options \}, \{ name, network: \(features\) => module \}/],
  ])("misuse %#", (arm, message) => {
    expect(() => planStudy(data, { arms: [arms[0], arm] as never })).toThrow(message);
  });

  test.each<[object, RegExp]>([
    [{ ask: "normalization", arms }, /ask is "normalization", and an arm is a function; leave ask out/],
    [{ ask: "placement", arms }, /ask is "placement", and an arm is a function/],
    [
      { ask: "placement", arms: [{ scale: "raw", norm: "none", dropout: 0 }] },
      /which has arms of its own; leave arms out/,
    ],
    [{ ask: "placement", hidden: [] }, /placement is about hidden layers, and hidden is empty/],
    [{ ask: "networks" }, /ask is "networks", whose arms are yours/],
    [{ ask: "place" }, /ask is "place", expected one of normalization, placement, /],
  ])("misuse of ask %#", (options, message) => {
    expect(() => planStudy(data, options)).toThrow(message);
  });
});
