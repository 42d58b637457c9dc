import { Generator, getRngState, randperm, setRngState } from "../../random/index.ts";
import type { NetworkSize } from "../../tabular/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { breather } from "../../train/fit/breathe.ts";
import type { NormArm } from "../arms/arm.ts";
import { sizeFor } from "../arms/examine.ts";
import { ArmFunctions } from "../arms/functions.ts";
import { makeNetwork, type NetworkArm } from "../arms/networkArm.ts";
import type { StudyData } from "../plan/plan.ts";
import type { Execute, ExecuteOptions } from "../plan/schedule.ts";
import { areFinite, errorsOf } from "./errors.ts";
import { type Prepared, preparationKey, prepare, type Rows } from "./prepare.ts";
import { Trainer, takeTensorRows } from "./trainer.ts";
import type { Errors, TrialResult, TrialRun } from "./trialResult.ts";
import type { TrialSpec } from "./trialSpec.ts";

/** How much is kept for the next trials, which are often of the same seed, or the same arm. */
const mostPrepared = 4;
const mostTrainers = 16;

/**
 * Trains trials on this data, one after another. Everything random follows from the spec's seed: all arms of a seed share
 * the split, the order of the rows and the seed of the starting weights, and a trial gives the same numbers whatever ran
 * before it. The default generator is afterwards as it was.
 *
 * It rejects with the signal's reason when that is aborted. A training that diverges is a result, not an error.
 *
 * @param arms the arms that are functions, as `planStudy` was given them: a trial knows their names only
 * @throws TypeError or RangeError for arms that are none
 * @throws Error, of a trial, if its arm is not among them, has another version, or makes another network than it did for the plan
 */
export function trialRunner(data: StudyData, arms: readonly (NormArm | NetworkArm)[] = []): Execute {
  const functions = new ArmFunctions(data, arms);
  const preparations = new Map<string, Prepared>();
  const trainers = new Map<string, Trainer>();

  const prepared = (spec: TrialSpec): Prepared => {
    const key = preparationKey(spec);
    const found = preparations.get(key) ?? prepare(data, spec);
    remember(preparations, key, found, mostPrepared);
    return found;
  };

  return async (spec, options) => {
    const rows = prepared(spec);
    const size = sizeFor(rows.preprocessing);
    const { hidden, activation, arm, batchSize } = spec;
    const key = JSON.stringify([size, arm, hidden, activation, batchSize]);
    const trainer = trainers.get(key) ?? newTrainer(functions, spec, size, data);
    // Nobody else gets it meanwhile.
    trainers.delete(key);
    const generator = new BorrowedGenerator();
    generator.take();
    try {
      return await train(spec, rows, trainer, generator, options);
    } finally {
      generator.giveBack();
      remember(trainers, key, trainer, mostTrainers);
    }
  };
}

/** One trial by itself; see {@link trialRunner}. */
export function runTrial(
  data: StudyData,
  spec: TrialSpec,
  options: ExecuteOptions & { readonly arms?: readonly (NormArm | NetworkArm)[] } = {},
): Promise<TrialRun> {
  const { arms, ...rest } = options;
  return trialRunner(data, arms)(spec, rest);
}

/** Nothing in the networks of this library closes over what may change. */
const ownCode = { check: "never" } as const;

/** The weights that a new network draws are drawn again at once: they leave no trace. */
function newTrainer(functions: ArmFunctions, spec: TrialSpec, size: NetworkSize, data: StudyData): Trainer {
  const before = getRngState();
  const { schema, picture } = data;
  try {
    const network = functions.of(spec);
    const make = () => makeNetwork(network, size, { task: schema.task, ...(picture && { picture }) });
    const isOurs = spec.arm.name === undefined || spec.arm.from !== null;
    return new Trainer(make, schema.task, {
      ...(isOurs ? ownCode : {}),
      rowsAre: picture === undefined ? "table" : "pictures",
    });
  } finally {
    setRngState(before);
  }
}

/** The default generator, lent to a trial while it computes; to everybody else it is as they left it. */
class BorrowedGenerator {
  #own: Uint8Array | undefined;
  #theirs: Uint8Array | undefined;

  take(): void {
    this.#theirs = getRngState();
    if (this.#own !== undefined) setRngState(this.#own);
  }

  giveBack(): void {
    this.#own = getRngState();
    if (this.#theirs !== undefined) setRngState(this.#theirs);
  }
}

/** Keeps the entries that were used last. */
function remember<T>(cache: Map<string, T>, key: string, value: T, most: number): void {
  cache.delete(key);
  cache.set(key, value);
  for (const oldest of cache.keys()) {
    if (cache.size <= most) return;
    cache.delete(oldest);
  }
}

async function train(
  spec: TrialSpec,
  prepared: Prepared,
  trainer: Trainer,
  generator: BorrowedGenerator,
  { signal, onEpoch }: ExecuteOptions,
): Promise<TrialRun> {
  signal?.throwIfAborted();
  const { metric, batchSize, seed, stream = 0 } = spec;
  const { train: rows, validation, constant } = prepared;
  const follows = spec.rows === 1 && spec.rescale === null;
  const kinds = trainer.hasBatchNorm ? (["asTrained", "recomputed"] as const) : (["asTrained"] as const);
  const curves: Record<string, number[]> = { asTrained: [], recomputed: [] };
  const scored = <T>(kind: (typeof kinds)[number], score: () => T): T =>
    kind === "asTrained" ? score() : trainer.recomputed(rows.inputs, score);
  const errorsOn = ({ inputs, truth }: Rows) => errorsOf(prepared.preprocessing, trainer.outputs(inputs), truth);

  const start = seed + stream * 2 ** 24;
  trainer.reset(start, spec.lr);
  const orders = new Generator(start);
  const total = rows.truth.length;
  const epochs = Math.max(
    1,
    Math.round((spec.epochs * batchCount(prepared.allTrain, batchSize)) / batchCount(total, batchSize)),
  );
  const breathe = breather(10);
  let [training, timed] = [0, 0];
  const result = (diverged: string | null, readings: TrialResult["readings"]): TrialRun => ({
    result: {
      spec,
      rows: { train: total, validation: validation.truth.length, test: prepared.test.truth.length },
      ...{ constant, diverged, readings },
    },
    msPerEpoch: timed === 0 ? null : training / timed,
  });

  for (let epoch = 1; epoch <= epochs; epoch++) {
    const started = performance.now();
    for (const [inputs, target] of batchesOf(rows, randperm(total, orders), batchSize)) {
      const loss = trainer.step(inputs, target);
      if (!Number.isFinite(loss)) return result(`the loss was ${loss} in epoch ${epoch}`, {});
    }
    // The first epoch compiles.
    if (epoch > 1) {
      training += performance.now() - started;
      timed++;
    }
    if (follows) {
      const errors = kinds.map((kind) => scored(kind, () => errorsOn(validation)[metric] ?? Number.NaN));
      if (!errors.every(Number.isFinite)) return result(`the validation error was not finite after epoch ${epoch}`, {});
      for (const [i, kind] of kinds.entries()) curves[kind].push(Number(errors[i].toPrecision(7)));
      onEpoch?.(epoch, Math.min(...errors));
    }
    const pause = breathe();
    if (pause !== undefined) {
      generator.giveBack();
      await pause;
      generator.take();
      signal?.throwIfAborted();
    }
  }

  const readings = kinds.map((kind) => {
    const [onTrain, onValidation, onTest] = scored(kind, () => [rows, validation, prepared.test].map(errorsOn));
    return { kind, reading: { curve: curves[kind], train: onTrain, validation: onValidation, test: onTest } };
  });
  const all: Errors[] = readings.flatMap(({ reading }) => [reading.train, reading.validation, reading.test]);
  if (!areFinite(...all)) return result("the errors at the end were not finite", {});
  return result(null, Object.fromEntries(readings.map(({ kind, reading }) => [kind, reading])));
}

function batchCount(rows: number, batchSize: number): number {
  const rest = rows % batchSize;
  return Math.max(1, Math.floor(rows / batchSize) + (rest > 1 ? 1 : 0));
}

/** A single row that is left over joins the batch before it: BatchNorm could not normalize it. */
function* batchesOf(rows: Rows, order: Int32Array, batchSize: number): Iterable<[Tensor[], Tensor]> {
  const count = batchCount(order.length, batchSize);
  for (let i = 0; i < count; i++) {
    const batch = order.subarray(i * batchSize, i === count - 1 ? order.length : (i + 1) * batchSize);
    yield [rows.inputs.map((input) => takeTensorRows(input, batch)), takeTensorRows(rows.target, batch)];
  }
}
