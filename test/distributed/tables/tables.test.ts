import { afterAll, describe, expect, it } from "vitest";
import { TableRanks } from "./ranks.ts";
import { type ShardsOfRanks, scenarios, type TableTrainingOfRanks } from "./scenarios.ts";

const ranks = new TableRanks();
afterAll(() => ranks.close());

type Trained = Awaited<ReturnType<typeof scenarios.train>>;

/** One process, whose own state is not to be seen by the next. */
const alone = (given: TableTrainingOfRanks): Promise<Trained> => scenarios.train(given);

/** Numbers anywhere in a value, by their paths; ranks differ in their low bits alone. */
function numbersIn(value: unknown, path = ""): [string, number][] {
  if (typeof value === "number") return [[path, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => numbersIn(item, `${path}.${key}`));
}

function expectClose(actual: unknown, expected: unknown, tolerance: number): void {
  const [a, b] = [numbersIn(actual), numbersIn(expected)];
  expect(a.map(([path]) => path)).toEqual(b.map(([path]) => path));
  const off = a.flatMap(([path, value], i) => {
    const wanted = b[i][1];
    const error = Math.abs(value - wanted) / Math.max(1, Math.abs(wanted));
    return Object.is(value, wanted) || error <= tolerance ? [] : [`${path}: ${value}, not ${wanted}`];
  });
  expect(off).toEqual([]);
}

/** Every rank has the same bytes. */
function expectAlike(all: readonly Trained[]): Trained {
  const [first, ...others] = all;
  for (const other of others) {
    expect({ ...other, checkpoint: undefined, model: undefined }).toEqual({
      ...{ ...first, checkpoint: undefined, model: undefined },
    });
  }
  return first;
}

const small = { epochs: 6, batchSize: 37, network: { hidden: [12, 8] } } as const;
const plain = { ...small, recipe: "simple", refit: false } as const;
/** As many rows as the training part has, so that an epoch is a step. */
const oneStep = { batchSize: 1000 } as const;

const cases: Readonly<Record<string, TableTrainingOfRanks>> = {
  "mpg, BatchNorm": { table: "mpg", options: { ...plain, network: { ...small.network, dropout: 0 } } },
  "mpg, BatchNorm and dropout, step by step": {
    ...{ table: "mpg", options: { ...plain, ...oneStep, epochs: 12, network: { ...small.network, dropout: 0.2 } } },
  },
  "penguins, dropout and clipping, SGD": {
    ...{
      table: "penguins",
      options: { ...plain, optimizer: "sgd", lr: 0.05, clipGradNorm: 1, network: { ...small.network, dropout: 0.3 } },
    },
  },
  "penguins, balanced classes, LayerNorm": {
    ...{
      table: "penguins",
      options: { ...plain, classWeights: "balanced", network: { ...small.network, norm: "layer" } },
    },
  },
  "mpg, an ensemble with averaged weights, folds and refit": {
    ...{ table: "mpg", options: { ...small, lengthFolds: 3, network: { ...small.network, members: 3 } } },
  },
  "penguins, an ensemble with BatchNorm that is stopped early and refit": {
    table: "penguins",
    options: {
      ...small,
      epochs: 12,
      patience: 2,
      lengthFolds: 2,
      network: { ...small.network, members: 2, norm: "batch" },
    },
  },
  "few rows: batches of fewer rows than ranks": {
    ...{ table: "few", options: { ...plain, batchSize: 4, network: { hidden: [6], dropout: 0.2 } } },
  },
};

/** `RANKS=all` trains each case on 2 and on 3 ranks, and resumes every stage, which takes a minute longer. */
const isAll = process.env.RANKS === "all";

describe("trainTable on several ranks", () => {
  it.each(
    Object.keys(cases).flatMap((name, i) => (isAll ? [2, 3] : [2 + (i % 2)]).map((size) => [name, size] as const)),
  )("%s: %i ranks train what one does", async (name, size) => {
    const given = cases[name];
    const one = await alone(given);
    const all = expectAlike(await ranks.run(size, "train", given));
    const { epochs, steps, keptEpoch, reason, names, refit } = all;
    expect({ steps, keptEpoch, reason, names }).toEqual({
      ...{ steps: one.steps, keptEpoch: one.keptEpoch, reason: one.reason, names: one.names },
    });
    expectClose(epochs[0], one.epochs[0], 1e-6);
    expectClose(epochs, one.epochs, 1e-5);
    expectClose(refit, one.refit, 1e-5);
    expectClose(all.weights, one.weights, 2e-4);
    expectClose(all.scores, one.scores, 1e-4);
    expect(all.baselines).toEqual(one.baselines);
  });

  it("gives the same model in every run with as many ranks", async () => {
    const given = cases["mpg, BatchNorm"];
    const [first] = await ranks.run(3, "train", given);
    const again = await ranks.run(3, "train", given);
    for (const { model } of again) expect(Buffer.from(model).equals(Buffer.from(first.model))).toBe(true);
  });
});

describe("what happens to one rank ends all", () => {
  const given: TableTrainingOfRanks = { table: "mpg", options: { ...plain, epochs: 8 } };

  it.each([0, 1])("rank %i is asked to stop: every rank stops after the same step", async (rank) => {
    const event = { rank, epoch: 3, what: "abort" } as const;
    const all = expectAlike(await ranks.run(2, "train", { ...given, event }));
    const one = await alone({ ...given, event: { ...event, rank: 0 } });
    expect(all.reason).toBe("aborted");
    expect([all.epochs.length, all.keptEpoch]).toEqual([one.epochs.length, one.keptEpoch]);
    expectClose(all.weights, one.weights, 1e-4);
  });

  it("a rank that is asked before the first step trains nothing", async () => {
    const event = { rank: 1, epoch: 0, what: "abort" } as const;
    const all = expectAlike(await ranks.run(2, "train", { ...given, event }));
    expect([all.reason, all.steps, all.epochs.length]).toEqual(["aborted", 0, 0]);
  });

  it("cross-validates as one", async () => {
    const all = await ranks.run(2, "validate", { table: "few", options: { ...plain, epochs: 2 } });
    const one = await scenarios.validate({ table: "few", options: { ...plain, epochs: 2 } });
    for (const { values } of all) expectClose(values, one.values, 1e-4);
    expect(all[1]).toEqual(all[0]);
  });

  it.each([0, 2])("an error of a callback: before the first epoch, or after epoch %i", async (epoch) => {
    const event = { rank: 1, epoch, what: "throw" } as const;
    const answers = await ranks.answers(3, "train", { ...given, event });
    expect(answers).toEqual([
      { error: "OtherRankError: rank 1 failed: planned, on rank 1" },
      { error: "Error: planned, on rank 1" },
      { error: "OtherRankError: rank 1 failed: planned, on rank 1" },
    ]);
  });

  it("a loss that is not finite on one rank is the error of one process", async () => {
    const huge: TableTrainingOfRanks = {
      table: "huge",
      options: {
        ...{ ...plain, preprocessing: { scale: "none" }, batchSize: 8, split: { validation: 0, test: 0 } },
        network: { hidden: [6], norm: "none" },
      },
    };
    const error = await alone(huge).catch((error) => `${error.name}: ${error.message}`);
    expect(error).toMatch(/^NonFiniteLossError: /);
    const answers = await ranks.answers(3, "train", huge);
    expect(answers).toEqual([{ error }, { error }, { error }]);
  });

  it("an option that is wrong is an error of every rank", async () => {
    const answers = await ranks.answers(2, "train", { table: "mpg", options: { epochs: -1 } });
    const error = await alone({ table: "mpg", options: { epochs: -1 } }).catch(({ message }) => message);
    expect(answers).toEqual([{ error: `RangeError: ${error}` }, { error: `OtherRankError: rank 0 failed: ${error}` }]);
  });
});

describe("a checkpoint", () => {
  const given: TableTrainingOfRanks = {
    table: "mpg",
    // Adam amplifies rounding in weights before BatchNorm, whose gradients are next to nothing: a compiled step
    // and an eager one of one process differ as much.
    options: {
      ...{ ...small, lengthFolds: 2, optimizer: "sgd", lr: 0.05 },
      network: { ...small.network, members: 2, norm: "batch" },
    },
  };

  it.each(isAll ? ["training", "fold", "refit"] : ["fold"])(
    "of the %s continues on another number of ranks",
    async (stage) => {
      const saveAt = [stage, 2] as const;
      const whole = await alone({ ...given, saveAt });
      const [ofThree] = await ranks.run(3, "train", { ...given, saveAt });
      expect(ofThree.checkpoint).toBeDefined();
      const [onTwo] = await ranks.run(2, "train", { ...given, resume: ofThree.checkpoint! });
      const onOne = await alone({ ...given, resume: ofThree.checkpoint! });
      const [fromOne] = await ranks.run(2, "train", { ...given, resume: whole.checkpoint! });
      const [again] = await ranks.run(3, "train", { ...given, resume: ofThree.checkpoint! });
      for (const resumed of [onTwo, onOne, fromOne]) {
        expect([resumed.keptEpoch, resumed.steps]).toEqual([whole.keptEpoch, whole.steps]);
        expectClose(resumed.weights, whole.weights, 2e-4);
        expectClose(resumed.epochs, whole.epochs, 1e-5);
      }
      expect(again.weights).toEqual(ofThree.weights);
    },
  );
});

describe("fit of a DistributedDataParallel", () => {
  it.each([2, 3])("has the scores of the rows of all %i ranks", async (size) => {
    const given = { rows: 48, batchSize: 12 };
    const one = await scenarios.fitting(given);
    const all = await ranks.run(size, "fitting", given);
    for (const other of all) {
      expect(other.epochs).toEqual(all[0].epochs);
      expect(other.weights).toEqual(all[0].weights);
    }
    expectClose(all[0].epochs, one.epochs, 1e-6);
    expectClose(all[0].weights, one.weights, 1e-5);
  });

  it("stops on all ranks when one is asked to", async () => {
    const all = await ranks.run(2, "fitting", { rows: 48, batchSize: 12, abortAt: [1, 2] });
    for (const { reason, epochs } of all) expect([reason, epochs.length]).toEqual(["aborted", 2]);
  });

  it("names the rank whose batch is not finite", async () => {
    const answers = await ranks.answers(2, "fitting", { rows: 48, batchSize: 12, bad: "input" });
    const [first, second] = answers.map((answer) => ("error" in answer ? answer.error : ""));
    expect(second).toMatch(/^NonFiniteLossError: .*row 0/s);
    expect(first).toBe(`OtherRankError: rank 1 failed: ${second.replace("NonFiniteLossError: ", "")}`);
  });

  it("refuses ranks with different numbers of batches", async () => {
    const answers = await ranks.answers(2, "fitting", { rows: 48, batchSize: 12, lone: true });
    for (const answer of answers) {
      expect(answer).toEqual({
        error:
          "Error: fit: in an epoch, 1 of 2 ranks have no batch after the first 4, and the others have; give each rank " +
          "as many batches: distributed.DistributedSampler with pad, or dropLast",
      });
    }
  });
});

const few = { recipe: "simple", epochs: 4, optimizer: "sgd", lr: 0.05, network: { hidden: [8], dropout: 0 } } as const;
const scaled = { preprocessing: { scale: "zscore" } } as const;

describe("trainShards on several ranks", () => {
  it("fits the preprocessing to the bits of one, and steps as one does on the same batch", async () => {
    // All rows are one batch, so that their order does not matter.
    const given: ShardsOfRanks = { options: { ...few, ...scaled, batchSize: 1000 }, shares: [0.2, 0.9] };
    const one = await scenarios.shards(given);
    const [first, ...others] = await ranks.run(3, "shards", given);
    expect(first.preprocessing).toBe(one.preprocessing);
    expect([first.streamedRows, first.steps]).toEqual([320, 4]);
    for (const [epoch, losses] of one.losses.entries()) {
      for (const [part, loss] of losses.entries()) expect(first.losses[epoch][part]).toBeCloseTo(loss!, 4);
    }
    for (const other of others) expect(Buffer.from(other.model).equals(first.model)).toBe(true);
  });

  it("gives the same model in every run: an ensemble with dropout, whose batches are divided unevenly", async () => {
    const options = { epochs: 3, batchSize: 16, network: { hidden: [8], dropout: 0.2, members: 3 } };
    const runs = [await ranks.run(3, "shards", { options }), await ranks.run(3, "shards", { options })];
    const [first, ...others] = runs.flat();
    expect(first.steps).toBe(60);
    expect(first.scores.validation?.r2).toBeGreaterThan(0.1);
    for (const other of others) expect(Buffer.from(other.model).equals(first.model)).toBe(true);
  });

  it("goes on where ranks have no rows of a batch, or none at all, in the steps of one", async () => {
    const options = { ...few, ...scaled, batchSize: 1000, network: { hidden: [8], dropout: 0.2, members: 3 } };
    // A batch of all rows: the last rank has none, and draws as the others do.
    const [all, without] = [
      await scenarios.shards({ options }),
      await ranks.run(3, "shards", { options, shares: [0.5, 1] }),
    ];
    expect(without.map(({ steps }) => steps)).toEqual([all.steps, all.steps, all.steps]);
    for (const { model, drawn } of without) {
      expect([Buffer.from(model).equals(without[0].model), drawn]).toEqual([true, all.drawn]);
    }
    expect(without[0].losses[0][0]).toBeGreaterThan(0);
    // One with 20 rows of 320, in batches of 8.
    const [two, other] = await ranks.run(2, "shards", { options: { ...options, batchSize: 8 }, shares: [1 / 16] });
    expect(two.steps).toBe(4 * 40);
    expect(two.losses.at(-1)![1]).toBeLessThan(two.losses[0][1]!);
    expect(Buffer.from(two.model).equals(other.model)).toBe(true);
    expect(other.drawn).toBe(two.drawn);
  });

  it("what happens to one ends all: a signal, and a loss that is not finite", async () => {
    const stopped = await ranks.run(2, "shards", { options: few, stops: 1 });
    expect(stopped.map(({ reason, losses }) => [reason, losses.length])).toEqual([
      ["aborted", 1],
      ["aborted", 1],
    ]);
    // Training rows in order; the second rank has the later half.
    const network = { hidden: [8], dropout: 0, norm: "none" } as const;
    const options = { ...few, network, preprocessing: { scale: "none" } } as const;
    const failed = await ranks.answers(2, "shards", { options, huge: 396 });
    expect(failed).toEqual([
      { error: expect.stringMatching(/^OtherRankError: rank 1 failed: the loss is Infinity at epoch 1/) },
      { error: expect.stringMatching(/^NonFiniteLossError: the loss is Infinity at epoch 1/) },
    ]);
  });
});
