import { distributed, F, manualSeed, nn, optim, rand, type Tensor, tensor } from "evenkeel";
import { DataLoader, TensorDataset } from "evenkeel/data";
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from "evenkeel/io";
import { type Table, tableFromRows, takeRows } from "evenkeel/tabular";
import {
  crossValidate,
  fit as fitNetwork,
  mae,
  r2,
  type TrainShardsOptions,
  type TrainTableOptions,
  trainShards,
  trainTable,
} from "evenkeel/train";
import { vegaTable } from "../../tableFixtures.ts";

/**
 * What ranks do in tests, each in a thread of its own, or one alone in the thread of the test. What
 * they are given and what they return is copied between threads.
 */

const tables = {
  mpg: () => [vegaTable("cars.json"), "Miles_per_Gallon"],
  penguins: () => [vegaTable("penguins.json"), "Species"],
  /** Few rows: batches of fewer rows than ranks. */
  few: () => [fewRows(() => 0), "y"],
  /** One row whose square is not finite in float32. */
  huge: () => [fewRows((i) => (i === 7 ? 1e30 : 0)), "y"],
} as const satisfies Record<string, () => readonly [Table, string]>;

function fewRows(added: (row: number) => number): Table {
  return tableFromRows(
    Array.from({ length: 40 }, (_, i) => ({
      ...{ a: Math.sin(i), b: Math.cos(3 * i) + added(i), kind: ["u", "v", "w"][i % 3] },
      y: Math.sin(i) * 2 + (i % 3),
    })),
  );
}

/** What happens to one rank in a training. */
interface Event {
  readonly rank: number;
  /** Of the first training; 0 before it begins. */
  readonly epoch: number;
  readonly what: "abort" | "throw";
}

export interface TableTrainingOfRanks {
  readonly table: keyof typeof tables;
  readonly options: Omit<TrainTableOptions, "target">;
  readonly event?: Event;
  /** The epoch of the first training, of the fold or of the refit to take a checkpoint of. */
  readonly saveAt?: readonly [stage: string, epoch: number];
  readonly resume?: Uint8Array;
}

async function train({ table: name, options, event, saveAt, resume }: TableTrainingOfRanks) {
  const [table, target] = tables[name]();
  const rank = distributed.isInitialized() ? distributed.getRank() : 0;
  const abort = new AbortController();
  const happens = (epoch: number) => {
    if (event?.rank !== rank || event.epoch !== epoch) return;
    if (event.what === "throw") throw new Error(`planned, on rank ${rank}`);
    abort.abort();
  };
  let checkpoint: Checkpoint | undefined;
  const training = await trainTable(table, {
    ...{ target, ...options, signal: abort.signal },
    ...(resume && { resume: loadCheckpoint(resume) as Checkpoint<never> }),
    onStart: () => happens(0),
    onEpoch: (epoch) => {
      if (saveAt !== undefined && epoch.stage === saveAt[0] && epoch.epoch === saveAt[1])
        checkpoint = epoch.checkpoint();
      if (epoch.stage === "training") happens(epoch.epoch);
    },
  });
  const { history, keptEpoch, scores, model, refit, statistics, baselines } = training;
  return {
    ...{ keptEpoch, scores, reason: history.reason, steps: history.steps, bestEpoch: history.bestEpoch },
    epochs: history.epochs.map(({ seconds: _, ...epoch }) => epoch),
    weights: Object.values(model.network.stateDict()).map(({ data }) => [...data]),
    names: Object.keys(model.network.stateDict()),
    model: model.save(),
    statistics,
    baselines: baselines.map(({ name, scores }) => [name, scores] as const),
    ...(refit && {
      refit: { kept: refit.kept, epochs: refit.epochs, error: refit.error?.message, folds: refit.folds },
    }),
    ...(checkpoint && { checkpoint: saveCheckpoint(checkpoint) }),
  };
}

/** The out-of-fold predictions of a cross-validation. */
async function validate({ table: name, options }: Pick<TableTrainingOfRanks, "table" | "options">) {
  const [table, target] = tables[name]();
  const { predictions, scores } = await crossValidate(table, { target, ...options, folds: 2 });
  return { values: [...(predictions.values ?? predictions.probabilities)], scores };
}

/** `fit` of a DistributedDataParallel whose ranks have loaders of their own. */
async function fitting(given: {
  readonly rows: number;
  readonly batchSize: number;
  readonly bad?: "input" | undefined;
  readonly lone?: boolean | undefined;
  readonly abortAt?: readonly [rank: number, epoch: number] | undefined;
}) {
  const isAlone = !distributed.isInitialized();
  const [rank, size] = isAlone ? [0, 1] : [distributed.getRank(), distributed.getWorldSize()];
  manualSeed(3);
  const plain = new nn.Sequential(new nn.Linear(3, 8), new nn.BatchNorm1d(8), new nn.Tanh(), new nn.Linear(8, 1));
  const net: nn.Module<[Tensor], Tensor> = isAlone
    ? plain
    : new nn.parallel.DistributedDataParallel(nn.SyncBatchNorm.convertSyncBatchNorm(plain));
  const numbers = Float32Array.from({ length: given.rows * 4 }, (_, i) => Math.sin(i * i));
  if (given.bad !== undefined) numbers[4] = Number.NaN; // row 1, which the second rank has
  const all = tensor(numbers, { shape: [given.rows, 4] });
  const [x, y] = [all.narrow(1, 0, 3), all.narrow(1, 3, 1)];
  const dataset = new TensorDataset(x, y);
  const extra = given.lone && rank === 0 ? 1 : 0;
  const sampler = isAlone ? undefined : new distributed.DistributedSampler(dataset, { shuffle: false, pad: false });
  const batchSize = Math.ceil(given.batchSize / size) - extra;
  const loader = new DataLoader(dataset, { batchSize, ...(sampler && { sampler }) });
  const abort = new AbortController();
  const history = await fitNetwork(net as never, {
    ...{ train: loader, validation: loader, loss: F.mseLoss, epochs: 4, metrics: { mae: mae(), r2: r2() } },
    optimizer: new optim.SGD(net.parameters(), { lr: 0.05, momentum: 0.9 }),
    signal: abort.signal,
    onEpoch: ({ epoch }) => {
      if (given.abortAt?.[0] === rank && given.abortAt[1] === epoch) abort.abort();
    },
  });
  return {
    reason: history.reason,
    epochs: history.epochs.map(({ train, validation }) => ({ train, validation })),
    weights: plain.parameters().map(({ data }) => [...data]),
  };
}

export interface ShardsOfRanks {
  readonly options: Omit<TrainShardsOptions, "target">;
  /** The share of the blocks that the first ranks have; the last has the rest. */
  readonly shares?: readonly number[];
  /** The rank that is told to stop after the first epoch. */
  readonly stops?: number;
  /** A row, of all, that is not finite in float32 once it is squared. */
  readonly huge?: number;
}

/** Training rows that each rank has of its own. */
async function shards({ options, shares = [0.5, 0.8], stops, huge }: ShardsOfRanks) {
  const [rank, size] = distributed.isInitialized() ? [distributed.getRank(), distributed.getWorldSize()] : [0, 1];
  const table = tableFromRows(
    Array.from({ length: 400 }, (_, i) => ({
      ...{ a: i % 9 === 4 ? null : Math.sin(i), b: i === huge ? 1e30 : Math.cos(3 * i), kind: `k${(i * 3) % 7}` },
      y: Math.sin(i) * 2 + ((i * 3) % 7),
    })),
  );
  const where = (is: (row: number) => boolean) => Int32Array.from({ length: 400 }, (_, i) => i).filter(is);
  const training = where((row) => row % 5 > 0);
  const blocks = Array.from({ length: 16 }, (_, block) => training.slice(20 * block, 20 * (block + 1)));
  const borders = [0, ...shares.slice(0, size - 1).map((share) => Math.round(16 * share)), 16];
  const bytes: Uint8Array[] = [];
  const abort = new AbortController();
  const trained = await trainShards(
    {
      ...{
        table,
        window: 64,
        split: { train: training, validation: where((row) => row % 5 === 0), test: new Int32Array(0) },
      },
      read: async (_, take) => {
        for (let block = borders[rank]; block < borders[rank + 1]; block++) take(takeRows(table, blocks[block]), block);
      },
      store: () => ({
        append: (more) => bytes.push(more.slice()),
        read: (into, position) => into.set(Buffer.concat(bytes).subarray(position, position + into.length)),
      }),
    },
    {
      ...{ target: "y", ...options, signal: abort.signal },
      onEpoch: ({ epoch }) => {
        if (stops === rank && epoch === 1) abort.abort();
      },
    },
  );
  const { history, model, streamedRows, scores } = trained;
  return {
    ...{ reason: history.reason, steps: history.steps, streamedRows, scores },
    losses: history.epochs.map(({ train, validation }) => [train.loss, validation?.loss]),
    preprocessing: JSON.stringify(model.preprocessing.toJSON()),
    model: model.save(),
    /** What comes next from the default generator. */
    drawn: rand([1]).item(),
  };
}

export const scenarios = { train, validate, fitting, shards };
