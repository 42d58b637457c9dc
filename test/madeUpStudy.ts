import { hasBatchNorm, type NamedArm, type NormArm } from "../packages/evenkeel/src/study/arms/arm.ts";
import type { StudyOptions } from "../packages/evenkeel/src/study/plan/options.types.ts";
import { planStudy, type StudyData, type StudyPlan } from "../packages/evenkeel/src/study/plan/plan.ts";
import { rateTrials, variantTrials } from "../packages/evenkeel/src/study/plan/planTrials.ts";
import { StudyView } from "../packages/evenkeel/src/study/report/view.ts";
import type { TrialResult } from "../packages/evenkeel/src/study/trial/trialResult.ts";
import type { TrialSpec } from "../packages/evenkeel/src/study/trial/trialSpec.ts";
import { inferSchema, tableFromRows } from "../packages/evenkeel/src/tabular/index.ts";

/**
 * For tests of what is made of results: trials whose errors are written down instead of trained.
 */

const table = tableFromRows(Array.from({ length: 500 }, (_, i) => ({ a: Math.sin(i), b: i % 11, y: Math.cos(i) })));

/** Errors of a made-up network; test and train are the validation error where they are not said. */
export interface MadeUp {
  readonly validation: number;
  readonly test?: number;
  readonly train?: number;
  /** As trained, for BatchNorm; the others are then with statistics recomputed. */
  readonly stale?: number;
  /** The epoch at which the curve falls from 10 to the validation error. */
  readonly arrives?: number;
  readonly diverged?: boolean;
}

/** What is left out is 1, for all seeds alike. */
export type MakeUp = (arm: NormArm, spec: TrialSpec) => Partial<MadeUp>;

export function madeUpStudy(makeUp: MakeUp, options: StudyOptions = {}): MadeUpStudy {
  return studyOf((spec) => makeUp(spec.arm as NormArm, spec), options);
}

/** The same for arms with names: those of a question, or functions. */
export function madeUpComparison(
  makeUp: (arm: NamedArm, spec: TrialSpec) => Partial<MadeUp>,
  options: StudyOptions,
  of?: StudyData,
): MadeUpStudy {
  return studyOf((spec) => makeUp(spec.arm as NamedArm, spec), options, of);
}

interface MadeUpStudy {
  readonly plan: StudyPlan;
  readonly trials: TrialResult[];
  readonly view: StudyView;
}

function studyOf(
  makeUp: (spec: TrialSpec) => Partial<MadeUp>,
  options: StudyOptions,
  data: StudyData = { table, schema: inferSchema(table, { target: "y" }) },
): MadeUpStudy {
  const plan = planStudy(data, { seeds: 10, lrs: [0.01, 0.1], epochs: 20, targetError: 1.5, ...options });
  const trial = (spec: TrialSpec) => trialOf(spec, { validation: 1, ...makeUp(spec) });
  const rates = rateTrials(plan).map(trial);
  const first = new StudyView(plan, rates);
  const variants = variantTrials(plan, (arm) => first.rate(arm, "kept")?.lr).map(trial);
  const trials = [...rates, ...variants];
  return { plan, trials, view: new StudyView(plan, trials) };
}

/** The same errors, but as error rates of a table with classes. */
export function errorRates({ plan, trials }: { plan: StudyPlan; trials: readonly TrialResult[] }): StudyView {
  const [rated, results] = JSON.parse(JSON.stringify([plan, trials]).replaceAll('"mae"', '"errorRate"'));
  return new StudyView({ ...rated, task: "binary" }, results);
}

function trialOf(spec: TrialSpec, made: MadeUp): TrialResult {
  const { validation, test = validation, train = validation, stale, arrives = 3, diverged = false } = made;
  const constant = { train: { mae: 8 }, validation: { mae: 8 }, test: { mae: 8 } };
  const rows = { train: 320, validation: 80, test: 100 };
  if (diverged) return { spec, rows, constant, diverged: "the loss was NaN in epoch 1", readings: {} };
  // A training that is planned for fewer epochs ends as the curve does there.
  const length = Math.round(spec.epochFraction * spec.epochs);
  const ended = length < arrives && spec.epochFraction < 1 ? 10 : validation;
  const reading = (offset: number) => ({
    curve: Array.from({ length: spec.epochs }, (_, i) => (i + 1 < arrives ? 10 : validation + offset)),
    ...{ train: { mae: train + offset }, validation: { mae: ended + offset }, test: { mae: test + offset } },
  });
  const readings = hasBatchNorm(spec.arm)
    ? { asTrained: reading(stale ?? 0), recomputed: reading(0) }
    : { asTrained: reading(0) };
  return { spec, rows, constant, diverged: null, readings };
}

/** A little luck, different for every seed, arm and occasion, of mean 0 over ten seeds. */
export function luck(seed: number, arm: NormArm, size = 0.001): number {
  const kind = arm.norm.length + arm.scale.length;
  return size * Math.cos(((seed + 0.5) * Math.PI * (1 + (kind % 3))) / 10);
}
