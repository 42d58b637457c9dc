import { describe, expect, test } from "vitest";
import { errorRates, madeUpStudy } from "../../../../../test/madeUpStudy.ts";
import type { Figure } from "../report/judge.ts";
import { judge } from "../report/judge.ts";
import { sayOutcome, sayPower } from "./headline.ts";
import { headlineOf } from "./normalizationHeadline.ts";

/** The best constant's error is 8; an effect of interest is 1%. */
const { view } = madeUpStudy(() => ({}));

function figure(value: number, low: number, high: number, won: number, lost: number, worth = -0.02): Figure {
  const interval = { low, high };
  return {
    ...{ label: "", unit: "MAE", value, seeds: 10, interval, confidence: 0.95, won, lost },
    judged: { none: 0, worth, verdict: judge(interval, 0, worth) },
  };
}

// Beside an error of 2, of which 0.02 is of interest.
test.each([
  ["gain", figure(-1.2, -1.5, -0.6, 10, 0), "yes: MAE 1.2 (60%) lower, in 10 of 10 seeds"],
  [
    "gain from the smallest of interest on",
    figure(-0.1, -0.5, -0.02, 9, 1),
    "yes: MAE 0.10 (5%) lower, in 9 of 10 seeds",
  ],
  ["loss", figure(0.3, 0.1, 0.5, 0, 8), "no: MAE 0.30 (15%) higher, in 8 of 10 seeds"],
  [
    "gain, perhaps small",
    figure(-0.1, -0.2, -0.01, 8, 2),
    "MAE 0.10 (5%) lower, in 8 of 10 seeds, perhaps too little to be of interest",
  ],
  [
    "loss, perhaps small",
    figure(0.1, 0.01, 0.2, 2, 7),
    "MAE 0.10 (5%) higher, in 7 of 10 seeds, perhaps too little to be of interest",
  ],
  ["small for sure", figure(-0.001, -0.01, 0.015, 5, 5), "no difference of interest (0.020)"],
  [
    "a significant gain that is small for sure",
    figure(-0.01, -0.015, -0.005, 9, 1),
    "no difference of interest (0.020)",
  ],
  ["none, up to a tenth of the error", figure(0.01, -0.15, 0.2, 5, 5), "no difference larger than 0.20 MAE"],
  ["open, however near 0 the mean is", figure(0, -1.5, 1, 5, 5), "open: MAE from 1.5 lower to 1.0 higher"],
] as const)("the outcome in words: %s", (_, told, words) => {
  expect(sayOutcome(view, told, 2)).toBe(words);
});

test("the outcome in words: beside an error of 0, of one seed, and of huge and tiny errors", () => {
  expect(sayOutcome(view, figure(0.03, 0.02, 0.04, 0, 9, -0.01), 0)).toBe("no: MAE 0.030 higher, in 9 of 10 seeds");
  expect(sayOutcome(view, { ...figure(1, 0, 0, 0, 1), interval: null }, 2)).toBe("too few seeds to tell");
  expect(sayOutcome(view, { ...figure(1, 0, 0, 0, 1), value: null, interval: null }, 2)).toBe("nothing to compare");
  const huge = figure(-1e300, -1.5e300, -5e299, 10, 0, -2e298);
  expect(sayOutcome(view, huge, 2e300)).toBe("yes: MAE 1e+300 (50%) lower, in 10 of 10 seeds");
  const tiny = figure(-1e-300, -1.5e-300, -5e-301, 10, 0, -2e-302);
  expect(sayOutcome(view, tiny, 2e-300)).toBe("yes: MAE 1e-300 (50%) lower, in 10 of 10 seeds");
});

describe("what the study could have seen, in words", () => {
  /** Differences on the scale of errors whose averages and trainings vary so much. */
  const apart = (average: number, training = average) =>
    new Map(
      Array.from({ length: 10 }, (_, seed): [number, number[]] => {
        const centre = average * (seed % 2 === 0 ? 1 : -1);
        return [seed, [centre + training, centre - training]];
      }),
    );

  test.each([
    [
      "half of it by seeds",
      apart(0.02, 0.06),
      2,
      /^A gain of 0\.061 \(3%\) would be found 4 times in 5; half of it takes 120 seeds\.$/,
    ],
    [
      "half of it by rows",
      apart(0.1, 0),
      2,
      /^A gain of 0\.\d+ \(\d+%\) would be found 4 times in 5; half of it takes 4\.\d times the rows\.$/,
    ],
    [
      "half of it is too small",
      apart(0.0001),
      2,
      /^A gain of 0\.020 \(1%\) would be found 4 times in 5; half of it is hardly of interest\.$/,
    ],
    [
      "more than the whole error",
      apart(3, 0),
      2,
      /^Even an error of 0 would be found in fewer than 4 of 5 such studies\.$/,
    ],
  ] as const)("%s", (_, values, beside, words) => {
    expect(sayPower(view, values, beside, 0.95)).toMatch(words);
  });

  test("is nothing where there is no error to gain, or two seeds", () => {
    expect(sayPower(view, apart(0.1), 0, 0.95)).toBeNull();
    expect(sayPower(view, new Map([...apart(0.1)].slice(0, 2)), 2, 0.95)).toBeNull();
  });
});

test("where both arms make no error, the answer has no figure without bounds", () => {
  const { headline } = answerOf(0);
  expect(headline).not.toMatch(/NaN|Infinity|undefined/);
  expect(answerOf(0.02).headline).not.toMatch(/NaN|Infinity|undefined/);
});

function answerOf(error: number): { headline: string } {
  const rates = errorRates(madeUpStudy(({ norm }) => ({ validation: norm === "batch" ? error : 0 })));
  const { answer, power, sentences } = headlineOf(rates);
  return { headline: JSON.stringify([answer, power, sentences]) };
}
