import { type Arm, describeArm } from "../arms/arm.ts";
import { effectsByInputs } from "../claims/betterResult.ts";
import { candidateBeside, differences, minus, settingsOf, unitOf, worthBeside } from "../claims/claim.ts";
import { type Figure, judged, type Verdict } from "../report/judge.ts";
import type { StudyView } from "../report/view.ts";
import { between, measured, number, signed } from "../report/words.ts";
import {
  bestOf,
  errorOf,
  type Headline,
  leftOpen,
  meansOf,
  nothingLearned,
  sayArms,
  sayOutcome,
  sayPower,
  sayStale,
  sayWorth,
  staleStatistics,
} from "./headline.ts";

/** The answer to "does batch normalization help on my data?". */
export interface NormalizationHeadline extends Headline {
  /** "held": it helps. */
  readonly verdict: Verdict;
  /**
   * The best networks without normalization and with BatchNorm, chosen on the validation rows;
   * several if these rows cannot choose, none if no trial is finished.
   */
  readonly without: readonly Arm[];
  readonly with: readonly Arm[];
  /**
   * The test error of the arms with BatchNorm minus that of those without, the mean if there are
   * several.
   */
  readonly difference: Figure | null;
}

export function headlineOf(view: StudyView): NormalizationHeadline {
  const [without, normalized] = (["none", "batch"] as const).map((kind) =>
    bestOf(
      view,
      view.plan.arms.filter(({ norm }) => norm === kind),
    ),
  );
  const stale = staleStatistics(view, settingsOf(view));
  if (without.length === 0 || normalized.length === 0) {
    const sentences = ["There is nothing to compare: no seed has networks both with and without batch normalization."];
    const open = { verdict: "undecided", difference: null, answer: sentences, power: null } as const;
    return { ...open, without, with: normalized, stale, sentences };
  }
  const [first, second] = [meansOf(view, normalized), meansOf(view, without)];
  const unit = unitOf(view);
  const name = (arms: readonly Arm[]) => arms.map(describeArm).join(" and ");
  const average = errorOf(view, second);
  const worth = worthBeside(view, average);
  const apart = minus(first, second);
  const trained = without.flatMap((arm) => [...view.trainings(arm).values()].flat());
  const label = `${name(normalized)} minus ${name(without)}`;
  const [difference] = judged([candidateBeside(view, label, average, trained, apart)]);
  const nothing = nothingLearned(view);
  const sentences = [
    `${answerOf(difference, worth)}: test ${unit} ${number(errorOf(view, first))} with it (${sayArms(view, normalized)}), ` +
      `${number(average)} without any normalization (${sayArms(view, without)}). Difference: ${measured(difference)}; ` +
      `${sayWorth(view, worth)}.${leftOpen(difference, worth)}`,
    ...nothing,
    ...byInputs(view),
    ...stale.map((one) => sayStale(view, one)),
  ];
  const verdict = difference.judged?.verdict ?? "undecided";
  const { text, power } = answerByInputs(view) ?? {
    text: `best with against best without, ${sayOutcome(view, difference, average)}`,
    power: sayPower(view, apart, average, difference.confidence),
  };
  const answer = [
    ...nothing.map(() => "No network here is better than a constant: there may be nothing to learn, or no rate works."),
    `Does it help? ${text[0].toUpperCase()}${text.slice(1)}.`,
  ];
  const told = { answer, power: nothing.length > 0 ? null : power, sentences };
  return { verdict, without, with: normalized, difference, stale, ...told };
}

/**
 * "on raw features yes: …; on z-scored features no difference larger than 0.15 MAE", and the power
 * of the last comparison; undefined if there is one scale only.
 */
function answerByInputs(view: StudyView): { text: string; power: string | null } | undefined {
  const settings = settingsOf(view);
  if (settings.length < 2) return undefined;
  const figures = effectsByInputs(view);
  const besides = settings.map(({ none }) => view.average(view.trainings(none)).value);
  const text = figures.map((figure, i) => `${figure.label} ${sayOutcome(view, figure, besides[i])}`).join("; ");
  const last = settings.length - 1;
  const { batch, none } = settings[last];
  const apart = differences(view, view.trainings(batch), view.trainings(none));
  const power = sayPower(view, apart, besides[last], figures[last].confidence);
  return { text, power: power && `There, ${power[0].toLowerCase()}${power.slice(1)}` };
}

/**
 * The answer in words. If the difference is below the smallest effect of interest, neither wins.
 */
function answerOf({ value, interval, judged }: Figure, worth: number): string {
  const verdict = judged?.verdict ?? "undecided";
  if (verdict === "held") return "Yes, batch normalization helps here";
  if (value !== null && interval !== null && Math.abs(value) < worth) {
    const { low, high } = interval;
    if (low > -worth && high < worth) {
      return "No difference of interest between networks with and without batch normalization here";
    }
  }
  if (verdict === "undecided") return "Whether batch normalization helps here is undecided";
  return interval !== null && interval.low > 0
    ? "No, batch normalization makes the result worse here"
    : "No, batch normalization does not help here";
}

/** The effect of BatchNorm on each scale of the features, a clause each. */
function byInputs(view: StudyView): string[] {
  const clauses = effectsByInputs(view).flatMap(({ label, value, interval, confidence, judged }) => {
    if (value === null || interval === null || judged === undefined) return [];
    const { low, high } = interval;
    if (low > judged.worth && high < -judged.worth) {
      return [`${label} it makes no difference of interest (${between(interval, signed, confidence)})`];
    }
    if (low <= 0 && high >= 0) {
      return [`${label} the effect is undecided (${between(interval, signed, confidence)})`];
    }
    const size = value < 0 ? { low: -high, high: -low } : interval;
    const way = value < 0 ? "lower" : "higher";
    return [`${label} it makes the error ${number(Math.abs(value))} ${way} (${between(size, number, confidence)})`];
  });
  return clauses.length === 0 ? [] : [`Inputs being equal, ${clauses.join("; ")}.`];
}
