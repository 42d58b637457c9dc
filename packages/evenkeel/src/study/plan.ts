import { checkOptions } from "../core/index.ts";
import { resolveNetwork, type Schema, splitRows, type Table } from "../tabular/index.ts";
import { type Arm, armId, checkArms, defaultArms } from "./arm.ts";
import type { Metric, TrialSettings, TrialSpec, Variant } from "./trialSpec.ts";
import { plainVariant, trialSpec } from "./trialSpec.ts";

/** What is studied. */
export interface StudyData {
  readonly table: Table;
  readonly schema: Schema;
}

export interface StudyOptions {
  /** 10 seeds (0 to 9) by default; a number, or the seeds themselves. Intervals are over seeds. */
  readonly seeds?: number | readonly number[];
  /** What is compared. Default: raw and z-score, each with no, batch and layer normalization; and dropout on z-scores. */
  readonly arms?: readonly Arm[];
  /** The dropout of the default arms that have one, 0 to leave these arms out. Default 0.2. */
  readonly dropout?: number;
  /** Learning rates that every arm is tried with. Default 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03 and 0.1. */
  readonly lrs?: readonly number[];
  /** Parts of the training rows, below 1, that are trained on to see what more rows do. Default 0.25 and 0.5. */
  readonly rowFractions?: readonly number[];
  /**
   * Factors that the numeric columns are multiplied with, in turn, to see what other units would do. Default 10 and 0.1;
   * empty for none.
   */
  readonly rescale?: readonly number[];
  /** By default as many as make about 1000 steps, 5 at least and 100 at most. */
  readonly epochs?: number;
  /** Default 32. */
  readonly batchSize?: number;
  /** Default [64, 32]. */
  readonly hidden?: readonly number[];
  /** Default "relu". */
  readonly activation?: TrialSettings["activation"];
  /** How the target of a regression goes in. Default "zscore". */
  readonly target?: TrialSettings["target"];
  /** Default "mae" for a regression, "errorRate" for classes. */
  readonly metric?: Metric;
  /** Parts of the rows. Default 0.16 and 0.2. */
  readonly validation?: number;
  readonly test?: number;
  /** The validation error that "epochs to" counts to; by default 1.1 times what the reference ends with on the same seed. */
  readonly targetError?: number;
  /**
   * The smallest effect worth having, as a part of the other arm's error. Default 0.01. Of an error rate it is one test row
   * at least, of other errors at least this part of a tenth of the best constant's.
   */
  readonly worth?: number;
  /** A quick look: 5 seeds, two rates, no dropout, half of the rows, 30 epochs at most; each can still be given. */
  readonly quick?: boolean;
}

/** A study that has been thought through, as plain JSON. */
export interface StudyPlan {
  readonly target: string;
  readonly task: Schema["task"];
  /** Rows with a target, and how a split divides them. */
  readonly rows: { readonly all: number; readonly train: number; readonly validation: number; readonly test: number };
  readonly arms: readonly Arm[];
  readonly lrs: readonly number[];
  readonly seeds: readonly number[];
  readonly rowFractions: readonly number[];
  readonly rescale: readonly number[] | null;
  readonly settings: TrialSettings;
  readonly targetError: number | null;
  readonly worth: number;
}

const optionNames = [
  ...["seeds", "arms", "dropout", "lrs", "rowFractions", "rescale", "epochs", "batchSize", "hidden", "activation"],
  ...["target", "metric", "validation", "test", "targetError", "worth", "quick"],
];

/** Fewer training rows than this are not worth a subsample of their own in the default plan. */
const fewestRows = 20;

/**
 * Decides what a study trains: nothing is trained yet.
 * @throws TypeError or RangeError for options that are unknown or do not fit; what `splitRows` throws for the data
 */
export function planStudy({ table, schema }: StudyData, options: StudyOptions = {}): StudyPlan {
  checkOptions("planStudy", options, optionNames);
  const { quick = false, dropout = quick ? 0 : 0.2, batchSize = 32, validation = 0.16, test = 0.2 } = options;
  const { targetError = null, worth = 0.01, hidden = [64, 32], activation = "relu", target = "zscore" } = options;
  const arms = options.arms ?? defaultArms(within("dropout", dropout, 0, 0.99));
  checkArms(arms);
  const seeds = seedsOf(options.seeds ?? (quick ? 5 : 10));
  const lrs = positives(
    "lrs",
    options.lrs ?? (quick ? [0.001, 0.01] : [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1]),
  );
  if (lrs.length === 0) throw new RangeError("planStudy: lrs is empty; give at least one learning rate");
  whole("batchSize", batchSize, 2);
  resolveNetwork({ hidden, activation });
  const split = splitRows(table, schema, { validation, test, seed: seeds[0] });
  const rows = { train: split.train.length, validation: split.validation.length, test: split.test.length };
  for (const [part, size] of Object.entries(rows)) {
    if (size < 2) {
      throw new RangeError(`planStudy: the ${part} part has ${size} of the ${table.rows} rows, and needs 2 or more`);
    }
  }
  const perEpoch = Math.max(1, Math.floor(rows.train / batchSize));
  const epochs = options.epochs ?? Math.min(quick ? 30 : 100, Math.max(5, Math.ceil(1000 / perEpoch)));
  whole("epochs", epochs, 1);
  if (targetError !== null) positives("targetError", [targetError]);
  const metric = metricFor(schema.task, options.metric);
  const rescale = positives("rescale", options.rescale ?? [10, 0.1]);
  return {
    ...{ target: schema.target, task: schema.task },
    rows: { all: rows.train + rows.validation + rows.test, ...rows },
    ...{ arms, lrs, seeds, rowFractions: fractionsOf(options.rowFractions, quick ? [0.5] : [0.25, 0.5], rows.train) },
    rescale: rescale.length === 0 ? null : rescale,
    settings: { metric, hidden, activation, batchSize, epochs, target, validation, test },
    ...{ targetError, worth: within("worth", worth, 0, 1) },
  };
}

/** The first stage: every arm with every rate. A seed comes as a whole before the next. */
export function rateTrials({ arms, lrs, seeds, settings }: StudyPlan): TrialSpec[] {
  return seeds.flatMap((seed) =>
    arms.flatMap((arm) => lrs.map((lr) => trialSpec(arm, lr, seed, plainVariant, settings))),
  );
}

/** The second stage: fewer rows and other units, each arm with the rate that was chosen for it. */
export function variantTrials(plan: StudyPlan, rateOf: (arm: Arm) => number | undefined): TrialSpec[] {
  const variants = variantsOf(plan).flatMap(({ arm, variant }) => {
    const lr = rateOf(arm);
    return lr === undefined ? [] : [{ arm, variant, lr }];
  });
  return plan.seeds.flatMap((seed) =>
    variants.map(({ arm, variant, lr }) => trialSpec(arm, lr, seed, variant, plan.settings)),
  );
}

/**
 * Fewer rows are tried with and without BatchNorm, other units on raw features alone: scaling by the rows' own mean and
 * spread takes them away again.
 */
function variantsOf({ arms, rowFractions, rescale }: StudyPlan): { arm: Arm; variant: Variant }[] {
  const plain = arms.filter(({ dropout }) => dropout === 0);
  const fewer = plain
    .filter(({ norm }) => norm !== "layer")
    .flatMap((arm) => rowFractions.map((rows) => ({ arm, variant: { rows, rescale: null } })));
  const raw = plain.filter(({ scale }) => scale === "raw");
  return [...fewer, ...(rescale === null ? [] : raw.map((arm) => ({ arm, variant: { rows: 1, rescale } })))];
}

/** How many networks a study trains. */
export function countTrials(plan: StudyPlan): { rates: number; variants: number; all: number } {
  const rates = plan.arms.length * plan.lrs.length * plan.seeds.length;
  const variants = variantsOf(plan).length * plan.seeds.length;
  return { rates, variants, all: rates + variants };
}

/** What is going to be trained, in sentences. */
export function describePlan(plan: StudyPlan): string[] {
  const { arms, lrs, seeds, rowFractions, rescale, settings, rows } = plan;
  const { rates, variants, all } = countTrials(plan);
  const list = (values: readonly number[]) => values.join(", ");
  const sentences = [
    `${all} networks on ${rows.train} training rows, ${settings.epochs} epochs in batches of ${settings.batchSize} each; ` +
      `${rows.validation} validation rows choose, ${rows.test} test rows judge.`,
    `First ${rates}: ${arms.length} arms (${arms.map(armId).join(", ")}) x learning rates ${list(lrs)} x ${seeds.length} seeds.`,
  ];
  if (variants > 0) {
    const parts = [
      ...(rowFractions.length > 0 ? [`${list(rowFractions)} of the training rows`] : []),
      ...(rescale === null ? [] : [`raw columns multiplied by ${list(rescale)} in turn`]),
    ];
    sentences.push(`Then ${variants} at the rate chosen for each arm: with ${parts.join("; with ")}.`);
  }
  return sentences;
}

function seedsOf(given: number | readonly number[]): readonly number[] {
  const seeds = typeof given === "number" ? Array.from({ length: whole("seeds", given, 1) }, (_, i) => i) : given;
  for (const seed of seeds) whole("a seed", seed, 0);
  if (seeds.length === 0) throw new RangeError("planStudy: seeds is empty; give at least one");
  if (new Set(seeds).size < seeds.length) throw new RangeError("planStudy: a seed is there twice");
  return seeds;
}

function fractionsOf(given: readonly number[] | undefined, standard: readonly number[], train: number): number[] {
  if (given === undefined) return standard.filter((part) => part * train >= fewestRows);
  return given.map((part) => {
    if (!(part > 0 && part < 1)) throw new RangeError(`planStudy: a row fraction is ${part}, expected between 0 and 1`);
    if (Math.round(part * train) >= 2) return part;
    throw new RangeError(`planStudy: ${part} of ${train} training rows is fewer than 2; give a larger fraction`);
  });
}

function metricFor(task: Schema["task"], given: Metric | undefined): Metric {
  const possible: readonly Metric[] = task === "regression" ? ["mae", "rmse"] : ["errorRate", "logLoss"];
  const metric = given ?? possible[0];
  if (possible.includes(metric)) return metric;
  throw new RangeError(`planStudy: metric is "${metric}"; for ${task} it is ${possible.join(" or ")}`);
}

function whole(name: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  throw new RangeError(`planStudy: ${name} is ${value}, expected a whole number of at least ${least}`);
}

function within(name: string, value: number, low: number, high: number): number {
  if (value >= low && value <= high) return value;
  throw new RangeError(`planStudy: ${name} is ${value}, expected a number from ${low} to ${high}`);
}

function positives(name: string, values: readonly number[]): readonly number[] {
  for (const value of values) {
    if (Number.isFinite(value) && value > 0) continue;
    throw new RangeError(`planStudy: ${name} has ${value}, expected numbers above 0`);
  }
  if (new Set(values).size === values.length) return values;
  throw new RangeError(`planStudy: ${name} has a number twice`);
}
