import { noGrad, type Tensor } from "evenkeel";
import { DataLoader, TensorDataset } from "evenkeel/data";
import * as nn from "evenkeel/nn";
import { Adam } from "evenkeel/optim";
import { manualSeed } from "evenkeel/random";
import { evaluate, fit, mae, NonFiniteLossError, predict, rmse, updateBatchNorm } from "evenkeel/train";
import { type ArmId, armOf } from "./arms.ts";
import type { MpgTable } from "./mpg.ts";
import type { Score, Settings, StatisticsKind, TrialResult } from "./results.ts";
import { fitStandardizer, type Rows, splitTable } from "./split.ts";

/** Which network to train, and from which seed. */
export interface TrialSpec {
  readonly arm: ArmId;
  readonly seed: number;
}

export interface TrialOptions {
  readonly signal?: AbortSignal;
  /** Called after each epoch with its number, from 1, and the test MAE as trained. */
  readonly onEpoch?: (epoch: number, testMae: number) => void;
}

/**
 * Trains one network. All that is random follows from the seed, so that arms of one seed share split, starting weights
 * and the order of batches, and a trial gives the same numbers in whichever thread it runs.
 *
 * @throws the signal's reason when it is aborted
 */
export async function runTrial(
  table: MpgTable,
  spec: TrialSpec,
  settings: Settings,
  { signal, onEpoch }: TrialOptions = {},
): Promise<TrialResult> {
  const arm = armOf(spec.arm);
  const split = splitTable(table, spec.seed);
  const prepare = arm.features === "z-score" ? fitStandardizer(split.train.x, table.measured) : (x: Tensor) => x;
  const train = { x: prepare(split.train.x), y: split.train.y };
  const test = { x: prepare(split.test.x), y: split.test.y };

  manualSeed(spec.seed);
  const model = arm.build();
  const kinds: readonly StatisticsKind[] = arm.batchNorm ? ["asTrained", "recomputed"] : ["asTrained"];
  const curves: Record<StatisticsKind, number[]> = { asTrained: [], recomputed: [] };
  try {
    await fit(model, {
      train: new DataLoader(new TensorDataset(train.x, train.y), { batchSize: settings.batchSize, shuffle: true }),
      loss: new nn.MSELoss(),
      optimizer: new Adam(model.parameters(), { lr: settings.learningRate }),
      epochs: settings.epochs,
      columns: table.features,
      signal,
      onEpoch: ({ epoch }) => {
        for (const kind of kinds) curves[kind].push(scored(model, kind, train, () => errors(model, test).mae));
        onEpoch?.(epoch, curves.asTrained[epoch - 1]);
      },
    });
  } catch (error) {
    if (!(error instanceof NonFiniteLossError)) throw error;
    return { ...spec, scores: {}, failure: error.message };
  }
  signal?.throwIfAborted();
  const lost = kinds.map((kind) => curves[kind].findIndex((mae) => !Number.isFinite(mae))).find((epoch) => epoch >= 0);
  if (lost !== undefined) {
    return { ...spec, scores: {}, failure: `The error on the test rows was not finite after epoch ${lost + 1}.` };
  }

  const scores = kinds.map((kind): [StatisticsKind, Score] => {
    const score = scored(model, kind, train, () => {
      const { mae: testMae, rmse: testRmse } = errors(model, test);
      const predictions = Array.from(predict(model, test.x).data);
      return { curve: curves[kind], testMae, testRmse, trainMae: errors(model, train).mae, predictions };
    });
    return [kind, score];
  });
  return { ...spec, scores: Object.fromEntries(scores) };
}

/** Errors in mpg over these rows, in eval mode. */
function errors(model: nn.Module, { x, y }: Rows) {
  return evaluate(model, [[x, y]], { loss: new nn.MSELoss(), metrics: { mae: mae(), rmse: rmse() } });
}

/** Scores with one kind of statistics and leaves the model as it was, in the middle of its training. */
function scored<T>(model: nn.Module, kind: StatisticsKind, train: Rows, score: () => T): T {
  if (kind === "asTrained") return score();
  const buffers = [...model.buffers()];
  const kept = buffers.map((buffer) => buffer.clone());
  // All rows in one batch: the statistics are those of the training rows, not an average over batches.
  updateBatchNorm(model, [[train.x, train.y]]);
  try {
    return score();
  } finally {
    noGrad(() => buffers.forEach((buffer, i) => void buffer.copy_(kept[i])));
  }
}
