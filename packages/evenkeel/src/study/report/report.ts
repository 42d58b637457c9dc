import { type Arm, describeArm, hasBatchNorm, type Statistics } from "../arms/arm.ts";
import { describeWorth, differences, gapOf, testError, unitOf, worthBeside } from "../claims/claim.ts";
import type { Claim } from "../claims/index.ts";
import { arrivalRate, arrivalsAt, describeTarget } from "../claims/speed.ts";
import { trainingRates } from "../claims/stability.ts";
import { describePlan } from "../plan/planTrials.ts";
import { questionOf } from "../questions/index.ts";
import type { TrialRun } from "../trial/trialResult.ts";
import { isPlain, plainVariant } from "../trial/trialSpec.ts";
import type { StudyResult } from "./result.ts";
import { type Estimate, mean, median, standardDeviation } from "./statistics.ts";
import { type Observation, StudyView } from "./view.ts";
import { count, number } from "./words.ts";

/** One line of the table: an arm at its best rate, scored with one kind of running statistics. */
export interface ReportRow {
  readonly arm: Arm;
  readonly label: string;
  /** "asTrained" and "recomputed" for arms with BatchNorm, "asTrained" alone for others. */
  readonly statistics: Exclude<Statistics, "kept">;
  readonly lr: number;
  readonly test: Estimate;
  /** The difference to the reference arm; null for the reference. */
  readonly difference: Estimate | null;
  /**
   * Epochs until the validation error is at most the target; the median is null if most runs never
   * reach it.
   */
  readonly epochsTo: { readonly median: number | null; readonly arrived: number; readonly runs: number };
  /** Standard deviation of the test error over seeds; null for one seed. */
  readonly spread: number | null;
  /** Rates of the grid at which at least half of the seeds train. */
  readonly trains: readonly number[];
  readonly diverged: { readonly runs: number; readonly of: number };
  /** Test minus training error. */
  readonly gap: Estimate;
  /** The change of the test error in other units; null if they were not tried. */
  readonly rescaled: Estimate | null;
  /** Mean over the runs at this rate; null where it was not measured. */
  readonly msPerEpoch: number | null;
}

/** The contents of a report: figures with their units, and sentences. */
export interface StudyReport {
  readonly title: string;
  readonly ran: readonly string[];
  readonly headline: readonly string[];
  /** "MAE in Miles_per_Gallon" */
  readonly metric: string;
  /** The validation error that `epochsTo` counts to, in words or as a number. */
  readonly targetError: string;
  readonly reference: string;
  readonly rows: readonly ReportRow[];
  readonly claims: readonly Claim[];
  /** What a reader must know to interpret the figures. */
  readonly notes: readonly string[];
}

/**
 * The table of the arms, the answer, the claims and the notes of a result as data, for a terminal
 * or a page to show.
 * @param runs the trials with their times, for milliseconds per epoch, which are not in the result
 */
export function studyReport(result: StudyResult, runs: readonly TrialRun[] = []): StudyReport {
  const { plan, complete, headline, claims } = result;
  const view = new StudyView(plan, result.trials);
  const question = questionOf(plan.ask);
  const unit = plan.task === "regression" ? ` in ${plan.target}` : "";
  const rows = plan.arms.flatMap((arm) =>
    (hasBatchNorm(arm) ? (["asTrained", "recomputed"] as const) : (["asTrained"] as const)).flatMap(
      (statistics) => rowOf(view, arm, statistics, runs) ?? [],
    ),
  );
  return {
    title: question.title(plan.target),
    ran: describePlan(plan),
    headline: headline.sentences,
    metric: `${unitOf(view)}${unit}`,
    targetError: describeTarget(view),
    reference: describeArm(view.reference),
    rows,
    claims,
    notes: notesOf(view, complete, rows),
  };
}

function rowOf(
  view: StudyView,
  arm: Arm,
  statistics: "asTrained" | "recomputed",
  runs: readonly TrialRun[],
): ReportRow | undefined {
  const rate = view.rate(arm, statistics);
  if (rate === undefined) return undefined;
  const { lrs, rescale } = view.plan;
  const seen = view.seen(arm, statistics);
  const observations = [...seen.values()];
  const average = (of: (observation: Observation) => number) => view.estimate(observations.map(of));
  const apart = arm === view.reference ? [] : differences(seen, view.seen(view.reference));
  const arrived = arrivalsAt(view, arm, arrivalRate(view, arm, rate.lr), statistics);
  const arrivals = [...arrived.values()].map((at) => at ?? Number.POSITIVE_INFINITY);
  const middle = arrivals.length === 0 ? Number.NaN : median(arrivals);
  const moved =
    rescale === null
      ? []
      : differences(view.seen(arm, "kept", { ...plainVariant, rescale }), view.seen(arm, "kept")).map(Math.abs);
  const everywhere = lrs.flatMap((lr) => [...view.at(arm, lr, statistics).values()]);
  const spread = standardDeviation(observations.map(testError));
  return {
    ...{ arm, statistics, lr: rate.lr },
    label: labelOf(arm, statistics),
    test: average(testError),
    difference: apart.length === 0 ? null : view.estimate(apart),
    epochsTo: {
      median: Number.isFinite(middle) ? middle : null,
      ...{ arrived: arrivals.filter(Number.isFinite).length, runs: arrivals.length },
    },
    spread: Number.isFinite(spread) ? spread : null,
    trains: ratesOfMost(view, arm, statistics),
    diverged: { runs: everywhere.filter(({ diverged }) => diverged).length, of: everywhere.length },
    gap: average(gapOf),
    rescaled: moved.length === 0 ? null : view.estimate(moved),
    msPerEpoch: timeOf(runs, view, arm, rate.lr),
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

function timeOf(runs: readonly TrialRun[], view: StudyView, arm: Arm, lr: number): number | null {
  const ids = new Set([...view.at(arm, lr, "asTrained").keys()]);
  const times = runs.flatMap(({ result: { spec }, msPerEpoch }) => {
    const own = spec.lr === lr && ids.has(spec.seed) && JSON.stringify(spec.arm) === JSON.stringify(arm);
    return own && isPlain(spec) && msPerEpoch !== null ? [msPerEpoch] : [];
  });
  return times.length === 0 ? null : mean(times);
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
    `variance times 1/${n} + ${rows.test}/${rows.all - rows.test} (rows scored / others) instead of 1/${n}, ` +
    "the corrected resampled t-test of Nadeau and Bengio (2003, Machine Learning 52)";
  const over = `Intervals are Student's t over ${count(n, "seed")}`;
  if (settings.time !== undefined) {
    return (
      `${over}, which all have the same split by ${settings.time}: they are about starting weights and the order of the rows. ` +
      `They are as wide as if the seeds split the rows anew: ${widened}. They say nothing of other times, and nothing of other tables.`
    );
  }
  return (
    `${over}, widened because the seeds split the same rows anew: ${widened}. So they are about other rows of the same kind as well, ` +
    "and more seeds alone cannot make them narrow: more rows can. They say nothing of other tables."
  );
}

function notesOf(view: StudyView, complete: boolean, rows: readonly ReportRow[]): string[] {
  const { seeds, lrs, settings } = view.plan;
  const notes = complete ? [] : ["The study was interrupted; these are the figures of what was finished."];
  const { time } = settings;
  notes.push(
    intervalsNote(view),
    "Every verdict goes by the interval that stands beside its figure: 95% for a figure by itself; for a claim of k figures " +
      "100% - 5%/k, so that all of the claim hold in 95% (Bonferroni). A figure of two claims has two intervals for that reason.",
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
  const plain = rows.find(({ arm }) => arm.norm === "none" && arm.scale === "zscore" && arm.dropout === 0);
  const batch = rows.find(({ arm }) => arm.norm === "batch" && arm.scale === "zscore" && arm.dropout === 0);
  if (plain?.msPerEpoch && batch?.msPerEpoch) {
    notes.push(
      `An epoch takes ${number(batch.msPerEpoch)} ms with BatchNorm and ${number(plain.msPerEpoch)} ms without, on z-scored ` +
        `features: ${number(batch.msPerEpoch / plain.msPerEpoch)} times as long. Fewer epochs save time only beyond that.`,
    );
  }
  return notes;
}
