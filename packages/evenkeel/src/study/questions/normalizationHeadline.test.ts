import { describe, expect, test } from "vitest";
import { errorRates, luck, type MakeUp, madeUpStudy } from "../../../../../test/madeUpStudy.ts";
import { defaultArms } from "../arms/normArms.ts";
import { worthBeside } from "../claims/claim.ts";
import type { StudyOptions } from "../plan/options.types.ts";
import { headlineOf } from "./normalizationHeadline.ts";

const headline = (makeUp: MakeUp, options?: StudyOptions) => headlineOf(madeUpStudy(makeUp, options).view);

describe("arms that the validation rows cannot choose among", () => {
  /** Dropout is better on the test rows; on the validation rows it differs by `apart`. */
  const tied =
    (apart = 0): MakeUp =>
    ({ norm, scale, dropout }) => ({
      validation: scale === "raw" ? 2 : 1 + (norm === "none" && dropout > 0 ? apart : 0),
      test: norm === "none" && dropout > 0 ? 0.8 : 1,
    });

  test("count together, in whatever order they come", () => {
    const arms = defaultArms(0.2);
    const [found, reversed] = [arms, [...arms].reverse()].map((given) => headline(tied(), { arms: given }));
    expect(found.without).toHaveLength(2);
    // Below 0.8, a tenth of the constant's error, the scale is linear; 1 is above it.
    const meanOfTwo = Math.sqrt(0.8);
    expect(found.difference?.value).toBeCloseTo(1 - meanOfTwo, 9);
    expect(reversed.difference?.value).toBeCloseTo(1 - meanOfTwo, 9);
    expect([reversed.verdict, reversed.difference?.interval]).toEqual([found.verdict, found.difference?.interval]);
    expect(found.sentences[0]).toContain(
      "(the mean of 2 that do equally well on the validation rows: z-score, no normaliz",
    );
  });

  test("are those within the smallest effect of interest of the best", () => {
    expect(headline(tied(0.009)).difference?.value).toBeCloseTo(1 - Math.sqrt(0.8), 9);
    expect(headline(tied(0.011)).difference?.value).toBeCloseTo(0, 9);
    expect(headline(tied(-0.02)).difference?.value).toBeCloseTo(0.2, 9);
  });
});

describe("errors near 0", () => {
  const rate =
    (row: (seed: number) => number): MakeUp =>
    ({ norm, scale }, { seed }) => ({
      validation: scale === "raw" ? 0.3 : 0.01,
      test: scale === "raw" ? 0.3 : norm === "batch" ? 0.01 + row(seed) / 100 : 0.01,
    });
  const rated = (makeUp: MakeUp) => headlineOf(errorRates(madeUpStudy(makeUp)));

  test("one row of 100 in one seed of ten is no difference, and nobody wins", () => {
    for (const sign of [-1, 1]) {
      const { verdict, sentences, difference } = rated(rate((seed) => (seed === 3 ? sign : 0)));
      expect(verdict).not.toBe("held");
      expect(sentences[0]).toMatch(/^No difference (of interest|to be seen) between networks with and without/);
      expect(sentences[0]).toContain("the smallest effect of interest is 0.0100, one of 100 test rows");
      expect(difference?.judged?.worth).toBeCloseTo(-0.01, 12);
    }
  });

  test("where no row differs the interval has the width of what could not have been seen", () => {
    // Ten splits score 446.3 of the 500 rows on average; ln(40) / 446.3.
    const { interval } = rated(rate(() => 0)).difference ?? {};
    expect(interval?.high).toBeCloseTo(0.00827, 4);
    expect(interval?.low).toBeCloseTo(-0.00827, 4);
  });

  test("a gain of several rows in every seed is one", () => {
    expect(
      rated((arm, spec) => ({ ...rate(() => 0)(arm, spec), test: arm.norm === "batch" ? 0.01 : 0.06 })).verdict,
    ).toBe("held");
  });

  test("of numbers: it is no less than 1% of a tenth of the best constant's error", () => {
    // The constant's error is 8.
    const { view } = madeUpStudy(() => ({}));
    expect([0, 0.5, 0.8, 2].map((error) => worthBeside(view, error))).toEqual([0.008, 0.008, 0.008, 0.02]);
    const gain = (without: number, withIt: number) =>
      headline(({ norm, scale }, { seed }) => ({
        validation:
          scale === "raw" ? 1 : norm === "batch" ? withIt : without + luck(seed, { scale, norm, dropout: 0 }, 0.0001),
      })).sentences[0];
    expect(gain(0.002, 0.001)).toMatch(/^No difference of interest/);
    expect(gain(0.02, 0.01)).toMatch(/^Yes, batch normalization helps here/);
  });
});
