import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as F from "../../nn/functional/index.ts";
import * as nn from "../../nn/index.ts";
import { SGD } from "../../optim/index.ts";
import { manualSeed } from "../../random/index.ts";
import { randn, type Tensor } from "../../tensor/index.ts";
import { fit } from "../index.ts";
import type { FitOptions } from "./fitOptions.ts";

/** The next step uses what a callback or a loop's body changed, although steps are compiled. */

beforeEach(() => void vi.spyOn(console, "warn").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

interface World {
  beta: number;
  model: nn.Sequential;
  losses: ((a: Tensor, b: Tensor) => Tensor)[];
}

type Change = (world: World, epoch: number) => unknown;
type Options = Pick<FitOptions, "compile">;

const newWorld = (): World => {
  manualSeed(3);
  return {
    beta: 1,
    model: new nn.Sequential(new nn.Linear(3, 8), new nn.Tanh(), new nn.Linear(8, 1)),
    losses: [(a, b) => F.mseLoss(a, b), (a, b) => F.l1Loss(a, b)],
  };
};

function optionsOf(world: World, options: Options): FitOptions {
  const [x, y] = [randn([24, 3]), randn([24, 1])];
  return {
    train: [0, 8, 16].map((from) => [x.narrow(0, from, 8), y.narrow(0, from, 8)]),
    validation: [[x, y]],
    loss: (a, b) => world.losses[0](a, b).mul(world.beta),
    optimizer: new SGD(world.model.parameters(), { lr: 0.05 }),
    epochs: 6,
    ...options,
  };
}

const ends = ({ model }: World) => model.parameters().flatMap((parameter) => [...parameter.data]);

/** Equal up to the rounding of float32 in another order. */
function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(actual[i], `number ${i}`).toBeCloseTo(value, 5);
}

async function byCallback(change: Change, callback: "onEpoch" | "onValidation" | "onStart", options: Options) {
  const world = newWorld();
  const given = optionsOf(world, options);
  const history = await fit(world.model, {
    ...given,
    [callback]: ({ epoch }: { epoch: number }) => change(world, epoch),
  });
  return [...history.epochs.flatMap(({ train, validation }) => [train.loss, validation?.loss ?? 0]), ...ends(world)];
}

async function byLoop(change: Change, options: Options) {
  const world = newWorld();
  const training = fit(world.model, optionsOf(world, options));
  for await (const event of training) if (event.type === "epoch") change(world, event.epoch);
  return [...(await training).epochs.map(({ train }) => train.loss), ...ends(world)];
}

const changes: Readonly<Record<string, Change>> = {
  "a number of the loss": (world) => (world.beta *= 1.5),
  "a number at the fourth epoch alone": (world, epoch) => {
    if (epoch === 4) world.beta = 10;
  },
  "the loss": (world) => world.losses.reverse(),
  "a frozen layer": ({ model }, epoch) => model.at(0).requiresGrad_(epoch % 2 === 0),
  "another layer": ({ model }, epoch) => epoch === 3 && model.set(1, new nn.ReLU()),
};

describe.each(Object.entries(changes))("%s", (_, change) => {
  it("changed by a callback", async () => {
    for (const callback of ["onEpoch", "onValidation", "onStart"] as const) {
      expectClose(await byCallback(change, callback, {}), await byCallback(change, callback, { compile: false }));
    }
  });

  it("changed in the body of a loop", async () => {
    expectClose(await byLoop(change, {}), await byLoop(change, { compile: false }));
  });
});

it("a number that changes with every batch is right from the second batch on", async () => {
  const run = async (options: Options) => {
    const world = newWorld();
    await fit(world.model, { ...optionsOf(world, options), onBatch: () => (world.beta *= 1.05) });
    return ends(world);
  };
  expectClose(await run({}), await run({ compile: false }));
});

it("check: never trains with what was there at first, and check: always looks at every step", async () => {
  const { "a number of the loss": change } = changes;
  const eager = await byCallback(change, "onEpoch", { compile: false });
  expectClose(await byCallback(change, "onEpoch", { compile: { check: "always" } }), eager);
  const stale = await byCallback(change, "onEpoch", { compile: { check: "never" } });
  expect(Math.abs((stale.at(-1) as number) - (eager.at(-1) as number))).toBeGreaterThan(1e-3);
});

it.each<[unknown, RegExp]>([
  [1, /fit: compile is 1, expected true, false or an object such as/],
  [{ chek: "never" }, /unknown option "compile.chek", expected check/],
  [{ check: "sometimes" }, /compile.check is "sometimes", expected one of always, doubling, never/],
])("compile: %j is refused", (compile, message) => {
  const world = newWorld();
  expect(() => fit(world.model, { ...optionsOf(world, {}), compile: compile as never })).toThrow(message);
});
