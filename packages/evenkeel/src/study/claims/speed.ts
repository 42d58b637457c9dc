import { endsWithEpochs } from "../../train/table/schedule.ts";
import { type Arm, describeArm, type Statistics } from "../arms/arm.ts";
import { joinOptions, optionsOf } from "../arms/trainingOptions.ts";
import { judged, overall, shown } from "../report/judge.ts";
import { type Estimate, type EstimateOptions, estimateRatio, isBelow, mean, median } from "../report/statistics.ts";
import type { Observation, StudyView } from "../report/view.ts";
import { number } from "../report/words.ts";
import { partOfEpochs, plainVariant } from "../trial/trialSpec.ts";
import { type Claim, claimsTogether, notStudied, settingsOf, tell, unitOf } from "./claim.ts";

const worth = 0.9;

/**
 * The first epoch, counted from 1, after which the validation error was at most the target; null if
 * there was none.
 */
function epochsTo(target: number, { curve }: Observation): number | null {
  const index = curve.findIndex((error) => error <= target);
  return index < 0 ? null : index + 1;
}

/**
 * The epochs that an arm is planned for, and whether its schedule ends with them: arms may differ
 * in both.
 */
function recipeOf({ plan: { settings } }: StudyView, arm: Arm): { readonly epochs: number; readonly ends: boolean } {
  const { epochs = settings.epochs, schedule } = joinOptions(settings.train, optionsOf(arm));
  return { epochs, ends: endsWithEpochs(schedule) };
}

/**
 * The rate whose epochs to the target belong to the results at this rate: shorter trainings exist
 * only at the rate chosen for `kept`.
 */
export function arrivalRate(view: StudyView, arm: Arm, lr: number): number {
  return recipeOf(view, arm).ends ? (view.rate(arm, "kept")?.lr ?? lr) : lr;
}

/**
 * Epochs to the target by seed, at this rate; null for a run that never reaches it. If the schedule
 * ends with the epochs, a learning curve shows when the rate fell and not how fast the network
 * learns. Then it is the length of the shortest training, planned for that number of epochs, that
 * ends at the target. Arms without shorter trainings have none.
 */
export function arrivalsAt(view: StudyView, arm: Arm, lr: number, statistics: Statistics): Map<number, number | null> {
  const { epochs, ends } = recipeOf(view, arm);
  const whole = view.at(arm, lr, statistics);
  if (!ends) {
    return new Map([...whole].map(([seed, one]) => [seed, epochsTo(view.targetError(seed), one)]));
  }
  const lengths = [...view.plan.epochFractions]
    .sort((a, b) => a - b)
    .map((epochFraction) => ({
      epochFraction,
      seen: view.at(arm, lr, statistics, { ...plainVariant, epochFraction }),
    }));
  const complete = [...whole.keys()].filter(
    (seed) => lengths.length > 0 && lengths.every(({ seen }) => seen.has(seed)),
  );
  const all = [...lengths, { epochFraction: 1, seen: whole }];
  return new Map(
    complete.map((seed) => {
      const target = view.targetError(seed);
      const first = all.find(({ seen }) => (seen.get(seed)?.validation ?? Number.NaN) <= target);
      return [seed, first === undefined ? null : partOfEpochs(first.epochFraction, epochs)];
    }),
  );
}

/**
 * The epochs that a run which never reaches the target would take at least: those of the next
 * length.
 */
function never(view: StudyView, arm: Arm): number {
  const { epochs, ends } = recipeOf(view, arm);
  return ends ? 2 * epochs : epochs + 1;
}

/** A run that never reaches the target takes at most this many times the epochs of the plan. */
const longest = 16;

/**
 * The epochs to the target by seed. With learning curves, they are taken at the rate of the grid
 * that reaches the target soonest (geometric mean over seeds; the smaller of two equal rates),
 * because the rate with the lowest final error may be a slow one. With shorter trainings, they are
 * taken at the rate chosen for `kept`, the only one that these have.
 */
function soonest(view: StudyView, arm: Arm, statistics: Statistics): Arrivals | undefined {
  const { lrs, seeds } = view.plan;
  const rates = new Set(lrs.map((lr) => arrivalRate(view, arm, lr)));
  const tried = [...rates]
    .sort((a, b) => a - b)
    .map((lr) => {
      const arrivals = [...arrivalsAt(view, arm, lr, statistics)];
      return { lr, epochs: new Map(arrivals) };
    });
  const complete = seeds.filter((seed) => tried.every(({ epochs }) => epochs.has(seed)));
  if (complete.length === 0) return undefined;
  const score = ({ epochs }: Arrivals) => mean(complete.map((seed) => Math.log(epochs.get(seed) ?? never(view, arm))));
  return tried.reduce((best, one) => (isBelow(score(one), score(best)) ? one : best));
}

interface Arrivals {
  readonly lr: number;
  /** By seed; null for a run that never reaches the target. */
  readonly epochs: Map<number, number | null>;
}

/** Epochs to the target with and without BatchNorm; null for never. */
type Pair = readonly [number | null, number | null];

/**
 * The ratio of epochs, where some are only known to be more than those of the plan. The interval
 * covers both extremes: that those with take `far` epochs and those without the nearest number, and
 * the reverse.
 */
function boundedRatio(
  pairs: readonly Pair[],
  nearest: readonly [number, number],
  far: number,
  options: EstimateOptions,
): Estimate {
  const estimate = (first: number, second: number) =>
    estimateRatio(
      pairs.map(([one, other]) => [one ?? first, other ?? second]),
      options,
    );
  const [middle, low, high] = [estimate(...nearest), estimate(nearest[0], far), estimate(far, nearest[1])];
  const interval = low.interval && high.interval && { low: low.interval.low, high: high.interval.high };
  return { ...middle, interval };
}

/** The training lengths that are tried, in epochs. */
function lengthsOf({ plan: { epochFractions, settings } }: StudyView): number[] {
  return [...epochFractions, 1].map((part) => partOfEpochs(part, settings.epochs)).sort((a, b) => a - b);
}

/** "2.5", or how it follows from the reference. */
export function describeTarget({ plan, reference }: StudyView): string {
  return plan.targetError === null
    ? `1.1 times what "${describeArm(reference)}" ends with on the same seed`
    : number(plan.targetError);
}

/**
 * Claim 1. It counts epochs. The time of an epoch varies between runs, so it is not reported.
 */
export function speed(view: StudyView): Claim {
  const { settings: trained, epochFractions } = view.plan;
  const last = trained.epochs;
  const claim = {
    id: "speed" as const,
    short: "trains in fewer epochs",
    claim: "Batch normalization speeds training up: it takes fewer epochs.",
    rule:
      (endsWithEpochs(trained.train.schedule)
        ? `Epochs of the shortest training (${lengthsOf(view).join(", ")} epochs, each planned so, with its schedule) whose validation ` +
          `${unitOf(view)} ends at most at ${describeTarget(view)}, each network at the rate chosen for all epochs: `
        : `Epochs until the validation ${unitOf(view)} is at most ${describeTarget(view)}, each network at the rate at which it gets ` +
          "there soonest (both by the rows that also count the epochs): ") +
      `geometric mean over seeds of (with / without). Held if the whole interval lies at or below ${worth}; ` +
      `not held if it lies above ${worth}. A run that never reaches the target counts as ${never(view, view.reference)} epochs in the mean; the interval ` +
      `reaches as far as it would if such runs took up to ${longest} times the epochs of the plan. Undecided if neither reaches the target in most seeds, ` +
      "or if the best constant is as good as the target.",
  };
  const settings = settingsOf(view);
  if (settings.length === 0) return notStudied(claim, "arms with and without BatchNorm on the same inputs");
  if (endsWithEpochs(trained.train.schedule) && epochFractions.length === 0) {
    return notStudied(claim, "shorter trainings (epochFractions)");
  }
  const constants = view.plan.seeds.flatMap((seed) => view.constantOf(seed) ?? []);
  const targets = view.plan.seeds.map((seed) => view.targetError(seed)).filter(Number.isFinite);
  const isTrivial = constants.length > 0 && targets.length > 0 && mean(targets) >= mean(constants);
  const figures = judged(
    settings.map(({ name, none, batch }) => {
      const [first, second] = [soonest(view, batch, "kept"), soonest(view, none, "kept")];
      const pairs = [...(first?.epochs ?? [])].flatMap(([seed, epochs]): Pair[] => {
        const other = second?.epochs.get(seed);
        return other === undefined ? [] : [[epochs, other]];
      });
      const lost = pairs.filter((pair) => pair.every((at) => at === null)).length;
      const useless = isTrivial || pairs.length === 0 || 2 * lost > pairs.length;
      const nearest = [never(view, batch), never(view, none)] as const;
      return {
        ...{ label: `on ${name}`, unit: "times the epochs", none: 1, worth },
        estimate: (confidence: number) =>
          useless
            ? null
            : boundedRatio(pairs, nearest, longest * last, { confidence, overlap: view.overlap("validation") }),
      };
    }),
    claimsTogether,
  );
  const medians = settings.flatMap(({ name, none, batch }) =>
    (
      [
        ["with BatchNorm", batch, "kept"],
        ["with BatchNorm, as trained", batch, "asTrained"],
        ["without", none, "kept"],
      ] as const
    ).map(([word, arm, statistics]) => {
      const arrivals = soonest(view, arm, statistics);
      const epochs = [...(arrivals?.epochs.values() ?? [])].map((at) => at ?? Number.POSITIVE_INFINITY);
      const middle = epochs.length === 0 ? Number.NaN : median(epochs);
      const label = `median on ${name} ${word}${arrivals === undefined ? "" : `, learning rate ${arrivals.lr}`}`;
      // An infinite median, of runs that mostly never reach the target, is shown as no value.
      return shown(label, "epochs", { count: epochs.length, value: middle, interval: null });
    }),
  );
  return { ...claim, verdict: overall(figures), figures: [...figures, ...medians], sentence: tell(figures) };
}
