import { defaultOf } from "../../core/index.ts";
import type { AnyModule } from "../../nn/index.ts";
import { defaultGenerator, Generator, getRngState, setRngState } from "../../random/index.ts";
import { sizeFor } from "../../tabular/model/layers.ts";
import { NonFiniteLossError } from "../../train/fit/nonFinite.ts";
import { classFactors } from "../../train/table/loss.ts";
import { trainTableOptions } from "../../train/table/options.ts";
import type { TablePlan } from "../../train/table/plan.ts";
import { TableTrainer } from "../../train/table/trainer.ts";
import type { NormArm } from "../arms/arm.ts";
import { ArmFunctions } from "../arms/functions.ts";
import type { NetworkArm } from "../arms/networkArm.ts";
import { joinOptions, optionsOf, planTrial, trialOptions } from "../arms/trainingOptions.ts";
import type { StudyData } from "../plan/plan.ts";
import type { Execute, ExecuteOptions } from "../plan/runStudy.ts";
import { areFinite, errorsOf } from "./errors.ts";
import { type Part, type Prepared, preparationKey, prepare } from "./prepare.ts";
import type { Errors, TrialResult, TrialRun } from "./trialResult.ts";
import { isPlain, type TrialSpec } from "./trialSpec.ts";

/** How many entries the caches keep. Consecutive trials often share the seed or the arm. */
const mostPrepared = 4;
const mostTrainers = 16;

/**
 * Returns a function that trains trials on this data, one after another. All random numbers follow
 * from the spec's seed: all arms of a seed share the split, the order of the rows and the seed of
 * the initial weights, and a trial gives the same numbers whatever ran before it. The default
 * generator is restored.
 *
 * A trial rejects with the signal's reason if the signal is aborted. A training that diverges is a
 * result, not an error.
 *
 * @param arms the arms with functions that `planStudy` was given: a trial has only their names
 * @throws TypeError or RangeError if an arm is invalid
 * @throws Error from a trial, if its arm is missing, has another version, or makes another network
 *   than it did for the plan
 */
export function trialRunner(data: StudyData, arms: readonly (NormArm | NetworkArm)[] = []): Execute {
  const functions = new ArmFunctions(data, arms);
  const preparations = new Map<string, Prepared>();
  const trainers = new Map<string, TableTrainer<AnyModule>>();

  const prepared = (spec: TrialSpec): Prepared => {
    const key = preparationKey(spec);
    const found = preparations.get(key) ?? prepare(data, spec);
    remember(preparations, key, found, mostPrepared);
    return found;
  };

  return async (spec, options) => {
    const parts = prepared(spec);
    const planned = planOf(spec, parts, data);
    const key = trainerKey(spec, parts, planned.plan, data);
    const trainer = trainers.get(key) ?? newTrainer(functions, spec, parts, planned, data);
    // Taken out of the cache, so that no other trial uses it at the same time.
    trainers.delete(key);
    const generator = new BorrowedGenerator();
    generator.take();
    try {
      return await train(spec, parts, planned.plan, trainer, generator, options);
    } finally {
      generator.giveBack();
      remember(trainers, key, trainer, mostTrainers);
    }
  };
}

/** Runs a single trial; see {@link trialRunner}. */
export function runTrial(
  data: StudyData,
  spec: TrialSpec,
  options: ExecuteOptions & { readonly arms?: readonly (NormArm | NetworkArm)[] | undefined } = {},
): Promise<TrialRun> {
  const { arms, ...rest } = options;
  return trialRunner(data, arms)(spec, rest);
}

/**
 * The largest number of rows in one forward pass: a convolution keeps many times its input in
 * memory.
 */
const picturesAtOnce = { scored: 256, statistics: 256 };

/**
 * The plan that `trainTable` would make. Fewer rows are trained for more epochs, so that the number
 * of steps is the same.
 */
function planOf(spec: TrialSpec, { train, validation, test, allTrain }: Prepared, { schema }: StudyData) {
  const { stream, seed } = spec;
  const options = trialOptions(spec);
  const steps = (rows: number) => Math.ceil(rows / options.batchSize);
  const epochs = Math.max(
    1,
    Math.round((spec.epochFraction * options.epochs * steps(allTrain)) / steps(train.truth.length)),
  );
  const rows = { train: train.truth, validation: validation.truth, test: test.truth };
  return planTrial(schema, rows, { ...options, epochs, seed: seed + stream * 2 ** 24 }, train.truth);
}

/** Trials with the same key can share a trainer, because their programs are the same. */
function trainerKey({ arm, train }: TrialSpec, parts: Prepared, plan: TablePlan, { schema }: StudyData): string {
  const { network, optimizer, loss, clipGradNorm, batchSize } = plan;
  const { classWeights = defaultOf(trainTableOptions, "classWeights") } = joinOptions(train, optionsOf(arm));
  const factors = classFactors(schema.classes ?? [], classWeights, parts.train.truth);
  const size = sizeFor(parts.preprocessing);
  return JSON.stringify([size, arm, network, optimizer, loss, clipGradNorm, batchSize, factors]);
}

/**
 * Makes a trainer and restores the default generator: each training draws its own initial weights,
 * so those that the network draws here do not matter.
 */
function newTrainer(
  functions: ArmFunctions,
  spec: TrialSpec,
  { preprocessing }: Prepared,
  { plan, loss }: ReturnType<typeof planOf>,
  { picture }: StudyData,
): TableTrainer<AnyModule> {
  const before = getRngState();
  const { optimizer, clipGradNorm, network } = plan;
  try {
    const make = functions.of(spec, sizeFor(preprocessing), network);
    return new TableTrainer(make, {
      ...{ optimizer, loss, ...(clipGradNorm !== undefined && { clipGradNorm }) },
      // No network of this library closes over anything that may change.
      compile: spec.arm.from === null ? true : { check: "never" },
      ...(picture !== undefined && { rowsAtOnce: picturesAtOnce }),
    });
  } finally {
    setRngState(before);
  }
}

/**
 * Lends the default generator to a trial while it computes, and restores the state that other code
 * left.
 */
class BorrowedGenerator {
  readonly #own = new Generator();
  readonly #theirs = new Generator();

  constructor() {
    defaultGenerator.copyTo(this.#own);
  }

  take(): void {
    defaultGenerator.copyTo(this.#theirs);
    this.#own.copyTo(defaultGenerator);
  }

  giveBack(): void {
    defaultGenerator.copyTo(this.#own);
    this.#theirs.copyTo(defaultGenerator);
  }
}

/** Keeps the most recently used entries. */
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
  parts: Prepared,
  plan: TablePlan,
  trainer: TableTrainer<AnyModule>,
  generator: BorrowedGenerator,
  { signal, onEpoch }: ExecuteOptions,
): Promise<TrialRun> {
  signal?.throwIfAborted();
  const { metric } = spec;
  const { preprocessing, train: rows, validation, constant } = parts;
  const follows = isPlain(spec);
  trainer.reset(plan);
  const kinds = trainer.hasStatistics ? (["asTrained", "recomputed"] as const) : (["asTrained"] as const);
  const curves: Record<string, number[]> = { asTrained: [], recomputed: [] };
  const scored = <T>(kind: (typeof kinds)[number], score: () => T): T =>
    kind === "asTrained" ? score() : trainer.recomputed(rows.rows, score);
  const errorsOn = ({ inputs, truth }: Part) => errorsOf(preprocessing, trainer.outputs(inputs), truth);

  let [training, timed] = [0, 0];
  const result = (diverged: string | null, readings: TrialResult["readings"]): TrialRun => ({
    result: {
      spec,
      rows: { train: rows.truth.length, validation: validation.truth.length, test: parts.test.truth.length },
      ...{ constant, diverged, readings },
    },
    msPerEpoch: timed === 0 ? null : training / timed,
  });

  // A training depends on validation rows only if it stops early or lowers its rate by them.
  const watches = plan.patience !== false || plan.schedule === "plateau";
  const events = trainer.run({ train: rows.rows, ...(watches && { validation: validation.rows }) }, plan, {
    ...{ columns: preprocessing.features, keepsBest: plan.patience !== false },
  });
  let started = performance.now();
  try {
    for (const event of events) {
      if (event instanceof Promise) {
        const before = performance.now();
        generator.giveBack();
        await event;
        generator.take();
        signal?.throwIfAborted();
        started += performance.now() - before;
      } else if (event.type === "epoch") {
        // The first epoch includes compilation.
        if (event.epoch > 1) {
          training += performance.now() - started;
          timed++;
        }
        if (follows) {
          const errors = kinds.map((kind) => scored(kind, () => errorsOn(validation)[metric] ?? Number.NaN));
          if (!errors.every(Number.isFinite)) {
            return result(`the validation error was not finite after epoch ${event.epoch}`, {});
          }
          for (const [i, kind] of kinds.entries()) curves[kind].push(Number(errors[i].toPrecision(7)));
          onEpoch?.(event.epoch, Math.min(...errors));
          signal?.throwIfAborted();
        }
        started = performance.now();
      }
    }
  } catch (error) {
    if (!(error instanceof NonFiniteLossError)) throw error;
    const what = error.where.kind === "gradient" ? "a gradient was not finite" : `the loss was ${error.loss}`;
    return result(`${what} in epoch ${error.epoch}`, {});
  }

  const readings = kinds.map((kind) => {
    const [onTrain, onValidation, onTest] = scored(kind, () => [rows, validation, parts.test].map(errorsOn));
    // A training that stopped early keeps its best weights for the remaining epochs.
    const stopped = follows ? plan.epochs - curves[kind].length : 0;
    const rest = Array<number>(stopped).fill(Number((onValidation[metric] ?? Number.NaN).toPrecision(7)));
    return {
      kind,
      reading: { curve: [...curves[kind], ...rest], train: onTrain, validation: onValidation, test: onTest },
    };
  });
  const all: Errors[] = readings.flatMap(({ reading }) => [reading.train, reading.validation, reading.test]);
  if (!areFinite(...all)) return result("the errors at the end were not finite", {});
  return result(null, Object.fromEntries(readings.map(({ kind, reading }) => [kind, reading])));
}
