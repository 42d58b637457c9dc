import { type Arm, describeArm } from "./arm.ts";
import { differences, settingsOf, testError, unitOf, worthOf } from "./claims/claim.ts";
import { confidenceOf, type Figure, judged, type Verdict } from "./judge.ts";
import { estimateMean, mean } from "./statistics.ts";
import type { StudyView } from "./view.ts";
import { between, measured, number } from "./words.ts";

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
  /** The best network without normalization and the best one with BatchNorm, chosen on the validation rows. */
  readonly without: Arm | null;
  readonly with: Arm | null;
  /** Their difference in the test error, with minus without. */
  readonly difference: Figure | null;
  readonly stale: readonly StaleStatistics[];
  readonly sentences: readonly string[];
}

export function headlineOf(view: StudyView): Headline {
  const [without, normalized] = [bestOf(view, "none"), bestOf(view, "batch")];
  const stale = staleStatistics(view);
  if (without === undefined || normalized === undefined) {
    const sentences = ["There is nothing to compare: no seed has networks both with and without batch normalization."];
    return { verdict: "undecided", without: null, with: null, difference: null, stale, sentences };
  }
  const [first, second] = [view.seen(normalized), view.seen(without)];
  const unit = unitOf(view);
  const label = `${describeArm(normalized)} minus ${describeArm(without)}`;
  const worth = worthOf(view, second);
  const estimate = (confidence: number) => estimateMean(differences(first, second), confidence);
  const [difference] = judged([{ label, unit, none: 0, worth, estimate }]);
  const verdict = difference.judged?.verdict ?? "undecided";
  const say = (arm: Arm) => `${describeArm(arm)}, learning rate ${view.rate(arm, "kept")?.lr}`;
  const average = (seen: ReturnType<StudyView["seen"]>) =>
    number(estimateMean([...seen.values()].map(testError)).value);
  const answer = {
    held: "Yes, batch normalization helps here",
    "not held": "No, batch normalization does not help here",
    undecided: "Whether batch normalization helps here cannot be told from noise",
  }[verdict];
  const sentences = [
    `${answer}: test ${unit} ${average(first)} with it (${say(normalized)}), ${average(second)} without any normalization ` +
      `(${say(without)}). Difference: ${measured(difference)}; a gain worth having begins at ${number(-worth)}.`,
    ...nothingLearned(view),
    ...byInputs(view),
    ...stale.map((one) => sayStale(view, one)),
  ];
  return { verdict, without, with: normalized, difference, stale, sentences };
}

/** Chosen on the validation rows, dropout or not. */
function bestOf(view: StudyView, norm: Arm["norm"]): Arm | undefined {
  const rated = view.plan.arms.flatMap((arm) => {
    const rate = arm.norm === norm ? view.rate(arm, "kept") : undefined;
    return rate === undefined ? [] : [{ arm, validation: rate.validation }];
  });
  if (rated.length === 0) return undefined;
  return rated.reduce((best, one) => (one.validation < best.validation ? one : best)).arm;
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
  const apart = gains.map((pairs) =>
    estimateMean(
      pairs.map(([test, constant]) => test - constant),
      confidenceOf(gains.length),
    ),
  );
  if (apart.length === 0 || apart.some(({ interval }) => interval !== null && interval.high < 0)) return [];
  const [best] = gains.map((pairs) => mean(pairs.map(([test]) => test))).sort((a, b) => a - b);
  const constant = number(mean(gains[0].map(([, error]) => error)));
  return [
    `No network here predicts better than a constant beyond noise (test ${unit} ${number(best)} at best, the constant ${constant}): ` +
      "there may be nothing to learn from these columns, and what follows compares how networks fit noise.",
  ];
}

/** What it does on the same inputs, in a clause for each. */
function byInputs(view: StudyView): string[] {
  const clauses = settingsOf(view).flatMap(({ name, none, batch }) => {
    const values = differences(view.seen(batch), view.seen(none));
    if (values.length < 2) return [];
    const { value, interval } = estimateMean(values);
    if (interval === null) return [];
    if (interval.low <= 0 && interval.high >= 0)
      return [`on ${name} it makes no difference beyond noise (${between(interval)})`];
    return [
      `on ${name} it makes the error ${number(Math.abs(value))} ${value < 0 ? "lower" : "higher"} (${between(interval)})`,
    ];
  });
  return clauses.length === 0 ? [] : [`Inputs being equal, ${clauses.join("; ")}.`];
}

function staleStatistics(view: StudyView): StaleStatistics[] {
  return settingsOf(view).flatMap(({ name, batch }) => {
    const rate = view.rate(batch, "kept");
    if (rate === undefined) return [];
    const [fresh, stale] = (["recomputed", "asTrained"] as const).map((kind) => view.at(batch, rate.lr, kind));
    if (fresh.size === 0) return [];
    const [cost] = judged([
      {
        ...{
          label: `recomputed minus as trained, on ${name}`,
          unit: unitOf(view),
          none: 0,
          worth: worthOf(view, stale),
        },
        estimate: (confidence) => estimateMean(differences(fresh, stale), confidence),
      },
    ]);
    return [{ arm: batch, lr: rate.lr, cost }];
  });
}

function sayStale(view: StudyView, { arm, lr, cost }: StaleStatistics): string {
  const average = (kind: "asTrained" | "recomputed") =>
    number(estimateMean([...view.at(arm, lr, kind).values()].map(testError)).value);
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
