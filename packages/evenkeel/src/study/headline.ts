import { type Arm, describeArm } from "./arm.ts";
import { effectsByInputs } from "./claims/betterResult.ts";
import { candidate, differences, settingsOf, testError, unitOf, worthBeside, worthOf } from "./claims/claim.ts";
import { confidenceOf, type Figure, judged, type Verdict } from "./judge.ts";
import { mean } from "./statistics.ts";
import type { StudyView } from "./view.ts";
import { between, measured, number, signed } from "./words.ts";

/** What stale running statistics cost: the same weights, as trained and with the statistics recomputed. */
export interface StaleStatistics {
  readonly arm: Arm;
  readonly lr: number;
  /** As trained minus recomputed, over seeds. Judged as the claim that recomputing helps. */
  readonly cost: Figure;
}

/** The answer to "does batch normalization help on my data?". */
export interface Headline {
  /** "held": it helps. */
  readonly verdict: Verdict;
  /**
   * The best network without normalization and the best one with BatchNorm, chosen on the validation rows; several where
   * these rows cannot choose. None where nothing is finished.
   */
  readonly without: readonly Arm[];
  readonly with: readonly Arm[];
  /** Their difference in the test error, the mean of several, with minus without. */
  readonly difference: Figure | null;
  readonly stale: readonly StaleStatistics[];
  readonly sentences: readonly string[];
}

export function headlineOf(view: StudyView): Headline {
  const [without, normalized] = [bestOf(view, "none"), bestOf(view, "batch")];
  const stale = staleStatistics(view);
  if (without.length === 0 || normalized.length === 0) {
    const sentences = ["There is nothing to compare: no seed has networks both with and without batch normalization."];
    return { verdict: "undecided", without, with: normalized, difference: null, stale, sentences };
  }
  const [first, second] = [meansOf(view, normalized), meansOf(view, without)];
  const unit = unitOf(view);
  const name = (arms: readonly Arm[]) => arms.map(describeArm).join(" and ");
  const average = mean([...second.values()]);
  const worth = worthBeside(view, average);
  const apart = [...first].flatMap(([seed, error]) => {
    const other = second.get(seed);
    return other === undefined ? [] : [error - other];
  });
  const label = `${name(normalized)} minus ${name(without)}`;
  const [difference] = judged([candidate(view, label, -worth, apart)]);
  const sentences = [
    `${answerOf(difference, worth)}: test ${unit} ${number(mean([...first.values()]))} with it (${say(view, normalized)}), ` +
      `${number(average)} without any normalization (${say(view, without)}). Difference: ${measured(difference)}; ` +
      `${sayWorth(view, worth)}.${leftOpen(difference, worth)}`,
    ...nothingLearned(view),
    ...byInputs(view),
    ...stale.map((one) => sayStale(view, one)),
  ];
  const verdict = difference.judged?.verdict ?? "undecided";
  return { verdict, without, with: normalized, difference, stale, sentences };
}

/** What the figure says; where the difference is not worth having nobody wins. */
function answerOf({ value, interval, judged }: Figure, worth: number): string {
  const verdict = judged?.verdict ?? "undecided";
  if (verdict === "held") return "Yes, batch normalization helps here";
  if (value !== null && interval !== null && Math.abs(value) < worth) {
    const { low, high } = interval;
    if (low > -worth && high < worth) {
      return "No difference worth having between networks with and without batch normalization here";
    }
    if (low <= 0 && high >= 0) {
      return "No difference to be seen between networks with and without batch normalization here";
    }
  }
  if (verdict === "undecided") return "Whether batch normalization helps here cannot be told from noise";
  return value !== null && value >= worth && interval !== null && interval.low > 0
    ? "No, batch normalization makes the result worse here"
    : "No, batch normalization does not help here";
}

/** What an interval that reaches across no effect has room for. */
function leftOpen({ interval }: Figure, worth: number): string {
  if (interval === null || interval.low > 0 || interval.high < 0) return "";
  const possible = [...(interval.low <= -worth ? ["a gain"] : []), ...(interval.high >= worth ? ["a loss"] : [])];
  return possible.length === 0 ? "" : ` The interval leaves room for ${possible.join(" and for ")} worth having.`;
}

function sayWorth({ plan: { rows, settings } }: StudyView, worth: number): string {
  const isRow = settings.metric === "errorRate" && worth * rows.test <= 1 + 1e-9;
  return `a gain worth having begins at ${number(worth)}${isRow ? `, one of ${rows.test} test rows` : ""}`;
}

/** "z-score, BatchNorm, learning rate 0.01"; of several arms, that they are and why. */
function say(view: StudyView, arms: readonly Arm[]): string {
  const each = arms.map((arm) => `${describeArm(arm)}, learning rate ${view.rate(arm, "kept")?.lr}`);
  return arms.length === 1
    ? each[0]
    : `the mean of ${arms.length} that do equally well on the validation rows: ${each.join("; ")}`;
}

/**
 * Chosen on the validation rows, dropout or not: the arm with the lowest error, and those beside it by less than is worth
 * having, for these rows cannot choose among them.
 */
function bestOf(view: StudyView, norm: Arm["norm"]): Arm[] {
  const rated = view.plan.arms.flatMap((arm) => {
    const rate = arm.norm === norm ? view.rate(arm, "kept") : undefined;
    return rate === undefined ? [] : [{ arm, validation: rate.validation }];
  });
  const best = Math.min(...rated.map(({ validation }) => validation));
  return rated
    .filter(({ validation }) => validation - best < worthBeside(view, best) || validation === best)
    .map(({ arm }) => arm);
}

/** The mean test error of the arms by seed, of the seeds that all have. */
function meansOf(view: StudyView, arms: readonly Arm[]): Map<number, number> {
  const seen = arms.map((arm) => view.seen(arm));
  const whole = [...seen[0].keys()].filter((seed) => seen.every((one) => one.has(seed)));
  return new Map(whole.map((seed) => [seed, mean(seen.flatMap((one) => one.get(seed)?.test ?? []))]));
}

/** Said where no arm is better than the best constant beyond noise, on the test rows. */
function nothingLearned(view: StudyView): string[] {
  const unit = unitOf(view);
  const gains = view.plan.arms.flatMap((arm) => {
    const pairs = [...view.seen(arm)].flatMap(([seed, { test }]): [number, number][] => {
      const constant = view.constantOf(seed, "test");
      return constant === undefined ? [] : [[test, constant]];
    });
    return pairs.length < 2 ? [] : [pairs];
  });
  const apart = gains.map((pairs) => {
    const values = pairs.map(([test, constant]) => test - constant);
    return view.estimate(values, confidenceOf(gains.length)).interval;
  });
  if (apart.length === 0 || apart.some((interval) => interval && interval.high < 0)) return [];
  const [best] = gains.map((pairs) => mean(pairs.map(([test]) => test))).sort((a, b) => a - b);
  const constant = number(mean(gains[0].map(([, error]) => error)));
  return [
    `No network here predicts better than a constant beyond noise (test ${unit} ${number(best)} at best, the constant ${constant}): ` +
      "there may be nothing to learn from these columns, and what follows compares how networks fit noise.",
  ];
}

/** What it does on the same inputs, in a clause for each. */
function byInputs(view: StudyView): string[] {
  const clauses = effectsByInputs(view).flatMap(({ label, value, interval, confidence, judged }) => {
    if (value === null || interval === null || judged === undefined) return [];
    const { low, high } = interval;
    if (low > judged.worth && high < -judged.worth) {
      return [`${label} it makes no difference worth having (${between(interval, signed, confidence)})`];
    }
    if (low <= 0 && high >= 0) {
      return [`${label} it makes no difference beyond noise (${between(interval, signed, confidence)})`];
    }
    const size = value < 0 ? { low: -high, high: -low } : interval;
    const way = value < 0 ? "lower" : "higher";
    return [`${label} it makes the error ${number(Math.abs(value))} ${way} (${between(size, number, confidence)})`];
  });
  return clauses.length === 0 ? [] : [`Inputs being equal, ${clauses.join("; ")}.`];
}

function staleStatistics(view: StudyView): StaleStatistics[] {
  return settingsOf(view).flatMap(({ name, batch }) => {
    const rate = view.rate(batch, "kept");
    if (rate === undefined) return [];
    const [fresh, stale] = (["recomputed", "asTrained"] as const).map((kind) => view.at(batch, rate.lr, kind));
    if (fresh.size === 0) return [];
    const label = `recomputed minus as trained, on ${name}`;
    const [cost] = judged([candidate(view, label, worthOf(view, stale), differences(fresh, stale))]);
    return [{ arm: batch, lr: rate.lr, cost }];
  });
}

function sayStale(view: StudyView, { arm, lr, cost }: StaleStatistics): string {
  const average = (kind: "asTrained" | "recomputed") =>
    number(mean([...view.at(arm, lr, kind).values()].map(testError)));
  const figures =
    `${describeArm(arm)}, learning rate ${lr}: test ${cost.unit} ${average("asTrained")} as trained, ${average("recomputed")} ` +
    `with the same weights and running statistics recomputed over the training rows, ${measured(cost)}`;
  switch (cost.judged?.verdict) {
    case "held":
      return `Stale running statistics: ${figures}. The network is better than its evaluation; recompute them (updateBatchNorm).`;
    case "not held":
      return `Running statistics that fit: ${figures}. Recomputing them gains nothing worth having.`;
    default:
      return `Whether running statistics are stale cannot be told from noise: ${figures}.`;
  }
}
