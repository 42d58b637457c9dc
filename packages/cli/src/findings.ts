import { armOf, describeArm } from "./arms.ts";
import {
  type Comparison,
  describeReading,
  epochsTo,
  meanCurve,
  type Reading,
  readings,
  type Score,
  scoresOf,
} from "./results.ts";
import { isBeyondNoise, mean, median, type PairedDifference, pairedDifference } from "./statistics.ts";
import { count, figure } from "./terminal.ts";

/** One thing that the figures say. */
export interface Finding {
  readonly label: string;
  readonly text: string;
}

/** What the figures of a run say. */
export interface Findings {
  /** All of it in a sentence. */
  readonly headline: string;
  readonly shown: readonly Finding[];
  readonly notShown: readonly string[];
}

const before: Reading = { arm: "before", statistics: "asTrained" };
const after: Reading = { arm: "after", statistics: "asTrained" };
const afterRecomputed: Reading = { arm: "after", statistics: "recomputed" };
const raw: Reading = { arm: "raw", statistics: "asTrained" };
const both: Reading = { arm: "both", statistics: "asTrained" };
const bothRecomputed: Reading = { arm: "both", statistics: "recomputed" };

/** Every sentence is made from the figures; which words stand in it depends on the intervals. */
export function findings(comparison: Comparison, targetMae: number): Findings {
  const mae: Measure = ({ testMae }) => testMae;
  const gap: Measure = ({ testMae, trainMae }) => testMae - trainMae;
  const tutorial = difference(comparison, after, before, mae);
  const stale = difference(comparison, afterRecomputed, after, mae);
  const remaining = difference(comparison, afterRecomputed, before, mae);
  const onRaw = difference(comparison, afterRecomputed, raw, mae);
  const compared: readonly (Finding & { readonly difference: PairedDifference })[] = [
    {
      label: "The tutorial's comparison",
      text: "after (raw, BatchNorm) against before (z-score, none)",
      difference: tutorial,
    },
    { label: "Stale statistics", text: "the same weights of after, recomputed against as trained", difference: stale },
    { label: "What is left", text: "after, recomputed, against before", difference: remaining },
    {
      label: "Z-score by itself",
      text: "against raw, both without BatchNorm",
      difference: difference(comparison, before, raw, mae),
    },
    { label: "BatchNorm by itself", text: "recomputed, on raw features, against none", difference: onRaw },
    {
      label: "BatchNorm on top of z-score",
      text: "recomputed, against none",
      difference: difference(comparison, bothRecomputed, before, mae),
    },
    {
      label: "Regularisation",
      text: "train-test gap on z-scored features, BatchNorm (recomputed) against none",
      difference: difference(comparison, bothRecomputed, before, gap),
    },
  ];
  // Where no seed has both of the networks there is nothing to say.
  const found = compared.filter(({ difference }) => difference.pairs > 0);
  const shown = found.map(({ label, text, difference }) => ({ label, text: `${text}: ${verdict(difference)}.` }));
  return {
    headline: headline(tutorial, stale, remaining, onRaw),
    shown: [...shown, ...speed(comparison, targetMae), ...stability(comparison)],
    notShown: notShown(
      comparison,
      found.map((finding) => finding.difference),
    ),
  };
}

type Measure = (score: Score) => number;

/** A measure of two readings, by the seeds that have both. */
function pairsOf(comparison: Comparison, first: Reading, second: Reading, measure: Measure): [number, number][] {
  const others = scoresOf(comparison, second);
  return [...scoresOf(comparison, first)].flatMap(([seed, score]): [number, number][] => {
    const other = others.get(seed);
    return other === undefined ? [] : [[measure(score), measure(other)]];
  });
}

function difference(comparison: Comparison, first: Reading, second: Reading, measure: Measure): PairedDifference {
  return pairedDifference(pairsOf(comparison, first, second, measure));
}

/** A difference in words: which way, how far, how sure. */
export function verdict(difference: PairedDifference): string {
  const { pairs, mean: centre, low, high, firstLower } = difference;
  if (pairs === 1) return `${signed(centre)} mpg with the only seed, which says nothing of the next`;
  if (!isBeyondNoise(difference)) {
    return `no difference that can be told from noise (${signed(centre)} mpg, 95% interval ${signed(low)} to ${signed(high)})`;
  }
  const lower = centre < 0;
  const [near, far] = lower ? [-high, -low] : [low, high];
  const agreeing = lower ? firstLower : pairs - firstLower;
  const interval = `95% interval ${figure(near)} to ${figure(far)}`;
  return `${amount(difference)} (${interval}; ${direction(difference)} in ${agreeing} of ${pairs} seeds)`;
}

function direction({ mean: centre }: PairedDifference): string {
  return centre < 0 ? "lower" : "higher";
}

/** "0.45 mpg lower" */
function amount(difference: PairedDifference): string {
  return `${figure(Math.abs(difference.mean))} mpg ${direction(difference)}`;
}

function signed(value: number): string {
  return (value < 0 ? "" : "+") + figure(value);
}

function headline(
  tutorial: PairedDifference,
  stale: PairedDifference,
  remaining: PairedDifference,
  onRaw: PairedDifference,
): string {
  if (Math.min(tutorial.pairs, stale.pairs, remaining.pairs, onRaw.pairs) < 2) {
    return "Too few runs came to their end to tell anything from noise.";
  }
  const set = (difference: PairedDifference, other: string) =>
    isBeyondNoise(difference) ? `is ${amount(difference)} than ${other}` : `cannot be told apart from that ${other}`;
  const start = isBeyondNoise(stale)
    ? "With"
    : "Recomputing its running statistics changes nothing that stands out: with";
  return (
    `With BatchNorm on raw features the test MAE ${set(tutorial, "with z-scores and no BatchNorm")}. ` +
    `${start} running statistics recomputed it ${set(remaining, "with z-scores")}, ` +
    `and ${set(onRaw, "on raw features without BatchNorm")}.`
  );
}

/** Epochs are compared by their order alone, because a run that never arrives has no number. */
function speed(comparison: Comparison, targetMae: number): Finding[] {
  const parts = (
    [
      ["raw", afterRecomputed, raw],
      ["z-scored", bothRecomputed, before],
    ] as const
  ).flatMap(([features, first, second]) => {
    const pairs = pairsOf(comparison, first, second, (score) => epochsTo(targetMae, score));
    const [normalized, plain] = [0, 1].map((side) => arrival(pairs.map((pair) => pair[side])));
    const sooner = pairs.filter(([a, b]) => a < b).length;
    const later = pairs.filter(([a, b]) => a > b).length;
    const sentence =
      `on ${features} features ${normalized} with BatchNorm (recomputed), ${plain} without; ` +
      `sooner in ${sooner}, later in ${later} of ${count(pairs.length, "seed")}`;
    return pairs.length === 0 ? [] : [sentence];
  });
  if (parts.length === 0) return [];
  return [{ label: "Speed", text: `test MAE of ${targetMae} mpg reached ${parts.join("; ")}.` }];
}

function arrival(epochs: readonly number[]): string {
  const arrived = epochs.filter(Number.isFinite).length;
  if (arrived === 0) return "never";
  const middle = median(epochs);
  return Number.isFinite(middle)
    ? `after ${Math.ceil(middle)} epochs (median)`
    : `in ${arrived} of ${epochs.length} runs`;
}

/** How much the test error moves from one epoch to the next over the last quarter: where one stops matters as much. */
function stability(comparison: Comparison): Finding[] {
  const last = Math.floor(comparison.settings.epochs / 4);
  if (last < 2) return [];
  const movement = ({ curve }: Score) => {
    const tail = curve.slice(-last - 1);
    return mean(tail.slice(1).map((mae, i) => Math.abs(mae - tail[i])));
  };
  const figures = [before, raw, after, afterRecomputed, both, bothRecomputed].flatMap((reading) => {
    const scores = [...scoresOf(comparison, reading).values()];
    return scores.length === 0 ? [] : [`${figure(mean(scores.map(movement)))} (${describeReading(reading)})`];
  });
  const text = `from one epoch to the next over the last ${last}, test MAE moves by ${figures.join(", ")} mpg on average.`;
  return figures.length === 0 ? [] : [{ label: "Stability", text }];
}

function notShown(comparison: Comparison, differences: readonly PairedDifference[]): string[] {
  const { settings, splits, trials } = comparison;
  const noise = differences.filter((difference) => !isBeyondNoise(difference)).length;
  const seeds = count(splits.length, "seed");
  const sentences: string[] = [];
  if (noise > 0) {
    sentences.push(
      `Where a difference cannot be told from noise (${noise} of ${differences.length}), that is no proof that there is none.`,
    );
  }
  sentences.push(
    `The intervals are over ${seeds}: over splits and starting weights of this one small table. They say nothing of other tables, of larger or high-dimensional data, or of ConvNets.`,
    `All networks had the same learning rate (${settings.learningRate}), batch size (${settings.batchSize}) and epochs (${settings.epochs}), tuned for none of them. Others may turn the order round: try --lr.`,
  );
  const improving = readings.flatMap((reading) => stillImproving(comparison, reading));
  if (improving.length > 0) {
    sentences.push(`Not at its end yet, with a test MAE still falling over the last tenth: ${improving.join("; ")}.`);
  }
  if (splits.length < 10) sentences.push(`With ${seeds} the intervals are wide or missing: take 10 or more (--seeds).`);
  const failed = trials.filter(({ failure }) => failure !== undefined);
  if (failed.length > 0) {
    const names = failed.map(({ arm, seed }) => `${describeArm(armOf(arm))}, seed ${seed}`);
    sentences.push(
      `Diverged, and left out of every figure: ${names.join("; ")}. The first of them said: ${failed[0].failure}`,
    );
  }
  return sentences;
}

/** Readings whose mean curve fell by more than 2% from the tenth before the last to the last. */
function stillImproving(comparison: Comparison, reading: Reading): string[] {
  const curve = meanCurve(scoresOf(comparison, reading).values());
  const tenth = Math.floor(curve.length / 10);
  if (tenth < 1) return [];
  const last = mean(curve.slice(-tenth));
  const previous = mean(curve.slice(-2 * tenth, -tenth));
  const fall = (previous - last) / previous;
  return fall > 0.02 ? [`${describeReading(reading)} (by ${(100 * fall).toFixed(0)}%)`] : [];
}
