import { type Arm, describeArm, hasBatchNorm, type Statistics } from "../arms/arm.ts";
import { describeWorth, differences, unitOf, worthBeside } from "../claims/claim.ts";
import type { Claim } from "../claims/index.ts";
import { arrivalRate, arrivalsAt, describeTarget } from "../claims/speed.ts";
import { spreads, trainingRates } from "../claims/stability.ts";
import { describePlan } from "../plan/planTrials.ts";
import { questionOf } from "../questions/index.ts";
import { plainVariant } from "../trial/trialSpec.ts";
import type { StudyResult } from "./result.ts";
import { type Estimate, mean, median } from "./statistics.ts";
import { StudyView } from "./view.ts";
import { count, number } from "./words.ts";

/** An arm at its best rate, scored with one kind of running statistics. */
export interface ArmRow {
  readonly arm: Arm;
  readonly lr: number;
  readonly test: Estimate;
  /** The difference to the reference arm; null for the reference. */
  readonly difference: Estimate | null;
  /** That difference for each seed, the mean of its trainings; empty for the reference. */
  readonly differences: readonly number[];
  /** In how many seeds the test error is below the reference's; null for the reference. */
  readonly won: { readonly seeds: number; readonly of: number } | null;
  /**
   * Epochs until the validation error is at most the target; the median is null if most runs never
   * reach it.
   */
  readonly epochsTo: { readonly median: number | null; readonly arrived: number; readonly runs: number };
  /**
   * How far the test errors of two trainings on the same split lie apart, mean over seeds; null if
   * there are none.
   */
  readonly spread: number | null;
  /** Rates of the grid at which at least half of the seeds train. */
  readonly trains: readonly number[];
  readonly diverged: { readonly runs: number; readonly of: number };
  /** Test minus training error. */
  readonly gap: Estimate;
  /** The change of the test error in other units; null if they were not tried. */
  readonly rescaled: Estimate | null;
}

/** One line of the table. */
export interface ReportRow extends ArmRow {
  readonly label: string;
  /** "asTrained" and "recomputed" for arms with BatchNorm, "asTrained" alone for others. */
  readonly statistics: Exclude<Statistics, "kept">;
}

/** The contents of a report: figures with their units, and sentences. */
export interface StudyReport {
  readonly title: string;
  readonly ran: readonly string[];
  /** The answer in a few plain sentences, for people who know no statistics. */
  readonly answer: readonly string[];
  /** What the study could have found, in a sentence; null if nothing can be said. */
  readonly power: string | null;
  /** The answer with its figures. */
  readonly headline: readonly string[];
  /** "MAE in Miles_per_Gallon" */
  readonly metric: string;
  /** The validation error that `epochsTo` counts to, in words or as a number. */
  readonly targetError: string;
  readonly reference: string;
  readonly rows: readonly ReportRow[];
  /**
   * Each arm once, every training with the running statistics that are better on its validation
   * rows: by these figures the question is answered and the claims are judged.
   */
  readonly kept: readonly ArmRow[];
  readonly claims: readonly Claim[];
  /** What a reader must know to interpret the figures. */
  readonly notes: readonly string[];
}

/**
 * The table of the arms, the answer, the claims and the notes of a result as data, for a terminal
 * or a page to show.
 */
export function studyReport(result: StudyResult): StudyReport {
  const { plan, complete, headline, claims } = result;
  const view = new StudyView(plan, result.trials);
  const question = questionOf(plan.ask);
  const unit = plan.task === "regression" ? ` in ${plan.target}` : "";
  const rows = plan.arms.flatMap((arm) =>
    (hasBatchNorm(arm) ? (["asTrained", "recomputed"] as const) : (["asTrained"] as const)).flatMap(
      (statistics): ReportRow[] => {
        const row = rowOf(view, arm, statistics);
        return row === undefined ? [] : [{ ...row, statistics, label: labelOf(arm, statistics) }];
      },
    ),
  );
  return {
    title: question.title(plan.target),
    ran: describePlan(plan),
    ...{ answer: headline.answer, power: headline.power, headline: headline.sentences },
    metric: `${unitOf(view)}${unit}`,
    targetError: describeTarget(view),
    reference: describeArm(view.reference),
    rows,
    kept: plan.arms.flatMap((arm) => rowOf(view, arm, "kept") ?? []),
    claims,
    notes: notesOf(view, complete, rows),
  };
}

function rowOf(view: StudyView, arm: Arm, statistics: Statistics): ArmRow | undefined {
  const rate = view.rate(arm, statistics);
  if (rate === undefined) return undefined;
  const { lrs, rescale } = view.plan;
  const trainings = view.trainings(arm, statistics);
  const reference = view.trainings(view.reference);
  const beside = view.average(reference).value;
  const apart = arm === view.reference ? [] : [...differences(view, trainings, reference).values()];
  const arrived = arrivalsAt(view, arm, arrivalRate(view, arm, rate.lr), statistics);
  const arrivals = [...arrived.values()].map((at) => at ?? Number.POSITIVE_INFINITY);
  const middle = arrivals.length === 0 ? Number.NaN : median(arrivals);
  const test = view.average(trainings);
  const train = view.average(trainings, "train").value;
  const gaps = [...trainings.values()].map((all) => all.map(view.gap));
  const variant = { ...plainVariant, rescale };
  const others = rescale === null ? new Map() : view.trainings(arm, "kept", variant);
  const moved = [...differences(view, others, view.trainings(arm)).values()].map((all) => all.map(Math.abs));
  const apartOnSplit = [...spreads(view, arm, statistics).values()];
  const everywhere = lrs.flatMap((lr) => [...view.at(arm, lr, statistics).values()]);
  return {
    ...{ arm, lr: rate.lr },
    test,
    difference: apart.length === 0 ? null : view.difference(apart, beside),
    differences: apart.map((all) => view.scale.move(beside, mean(all))),
    won: apart.length === 0 ? null : { seeds: apart.filter((all) => mean(all) < 0).length, of: apart.length },
    epochsTo: {
      median: Number.isFinite(middle) ? middle : null,
      ...{ arrived: arrivals.filter(Number.isFinite).length, runs: arrivals.length },
    },
    spread: apartOnSplit.length === 0 ? null : view.scale.apart(test.value, mean(apartOnSplit)),
    trains: ratesOfMost(view, arm, statistics),
    diverged: { runs: everywhere.filter(({ diverged }) => diverged).length, of: everywhere.length },
    gap: view.difference(gaps, train),
    rescaled: moved.length === 0 ? null : view.difference(moved, test.value),
  };
}

/** "z-score, BatchNorm, as trained" */
function labelOf(arm: Arm, statistics: ReportRow["statistics"]): string {
  const kind = statistics === "asTrained" ? ", as trained" : ", recomputed";
  return describeArm(arm) + (hasBatchNorm(arm) ? kind : "");
}

function ratesOfMost(view: StudyView, arm: Arm, statistics: Statistics): number[] {
  const bySeed = [...trainingRates(view, arm, statistics).values()];
  return view.plan.lrs.filter(
    (lr) => 2 * bySeed.filter((rates) => rates.includes(lr)).length >= Math.max(1, bySeed.length),
  );
}

/**
 * Whether a rate at the edge of the grid is better than its neighbour by the smallest effect of
 * interest.
 */
function isBestAlone(view: StudyView, arm: Arm, statistics: Statistics, lr: number): boolean {
  const rates = view.rates(arm, statistics);
  const at = rates.findIndex((rate) => rate.lr === lr);
  const next = at === 0 ? rates.at(1) : rates[at - 1];
  return next !== undefined && next.validation - rates[at].validation >= worthBeside(view, rates[at].validation);
}

/** What the intervals are, and what they are about. */
function intervalsNote({ plan }: StudyView): string {
  const { seeds, settings, rows } = plan;
  const n = seeds.length;
  const widened =
    `the variance that the splits cause counts 1/${n} + ${rows.test}/${rows.all - rows.test} (rows scored / others) instead of 1/${n}, as in ` +
    "the corrected resampled t-test of Nadeau and Bengio (2003, Machine Learning 52)";
  const over = `Intervals are Student's t over ${count(n, "seed")}`;
  if (settings.time !== undefined) {
    return (
      `${over}, which all have the same split by ${settings.time}: they are about starting weights and the order of the rows. ` +
      `They are as wide as if the seeds split the rows anew: ${widened}. They say nothing of other times, and nothing of other tables.`
    );
  }
  return (
    `${over}, widened because the seeds split the same rows anew: ${widened}. What two trainings on the same split differ by is the luck of the training, ` +
    `and half of that variance counts 1/${n} only: all of it would be too much, for it is an estimate. So the intervals are about other rows of the same kind as well, ` +
    "and more seeds alone cannot make them narrow: more rows can. They say nothing of other tables."
  );
}

function notesOf(view: StudyView, complete: boolean, rows: readonly ReportRow[]): string[] {
  const { seeds, lrs, settings } = view.plan;
  const beyond = view.plan.arms.flatMap((arm) =>
    [...view.trainings(arm).values()].flat().filter(({ uncappedTest, test }) => uncappedTest > test),
  ).length;
  const useless =
    beyond === 0 ? "" : ` ${count(beyond, "training")} ended above the best constant's test error and count with it.`;
  const notes = complete ? [] : ["The study was interrupted; these are the figures of what was finished."];
  const { time } = settings;
  notes.push(
    intervalsNote(view),
    "Every verdict goes by the interval that stands beside its figure: 95% for the answer and the table; wider for the claims, so that " +
      "all verdicts on claims hold together in 95% (Bonferroni). A figure of two claims may have two intervals for that reason.",
    "Errors are compared as ratios, and told as differences beside the error that they are compared with; means of errors are geometric. " +
      `Below ${number(view.scale.threshold)} they are compared as differences.${useless}`,
    `The smallest effect of interest is ${describeWorth(view, view.plan.ask && `the error of ${describeArm(view.reference)}`)}.`,
  );
  if (settings.metric === "errorRate")
    notes.push(
      `An interval of error rates reaches at least ${number(view.reach(seeds.length))} either way: rarer differences might not have been seen in the rows scored.`,
    );
  notes.push(
    `Rates were chosen by the mean over the seeds' validation rows${
      time === undefined
        ? ", and a row of these may be a test row of another seed: all errors may be a little too low. It favours no arm, for all had the same rates to choose from."
        : "; no test row had a part in it."
    } A run that diverged counts with the error of the best constant.`,
  );
  if (seeds.length < 10)
    notes.push(
      `With ${count(seeds.length, "seed")} the intervals are wide, and with fewer than 3 nothing is judged: take 10 or more.`,
    );
  const [least, most] = [Math.min(...lrs), Math.max(...lrs)];
  const edge = rows
    .filter(({ arm, statistics, lr }) => (lr === least || lr === most) && isBestAlone(view, arm, statistics, lr))
    .map(({ label, lr }) => `${label} (${lr})`);
  if (edge.length > 0)
    notes.push(`Best at the edge of the grid, so that a rate beyond it may be better: ${edge.join("; ")}.`);
  return notes;
}
