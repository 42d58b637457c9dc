import { describe, expect, test } from "vitest";
import { Generator } from "../../random/index.ts";
import { fillNormal } from "../../random/normal.ts";
import { type Candidate, confidenceOf, judge, judged, overall } from "./judge.ts";
import { estimateMean } from "./statistics.ts";

describe("the rule", () => {
  // value, interval, verdict; the claim says less, and -0.1 is the smallest effect of interest.
  test.each([
    ["below, and enough", -0.3, [-0.4, -0.2], "held"],
    ["below, but less than the smallest effect of interest", -0.06, [-0.09, -0.03], "not held"],
    ["below, perhaps of interest, not on average", -0.08, [-0.12, -0.04], "undecided"],
    ["enough, but the interval reaches no effect", -0.3, [-0.6, 0], "undecided"],
    ["nothing, for sure", 0, [-0.05, 0.05], "not held"],
    ["no effect of interest, harm possible", 0.3, [-0.05, 0.65], "not held"],
    ["the other way round", 0.3, [0.2, 0.4], "not held"],
    ["anything is possible", 0.1, [-0.5, 0.7], "undecided"],
  ] as const)("%s", (_, value, [low, high], verdict) => {
    expect(judge(value, { low, high }, 0, -0.1)).toBe(verdict);
  });

  test("ratios are judged against 1", () => {
    expect(judge(0.5, { low: 0.4, high: 0.8 }, 1, 0.9)).toBe("held");
    expect(judge(1.2, { low: 0.95, high: 1.5 }, 1, 0.9)).toBe("not held");
  });

  test("one seed decides nothing, and no difference at all is none", () => {
    expect(judge(-5, null, 0, -0.1)).toBe("undecided");
    expect(judge(0, { low: 0, high: 0 }, 0, 0)).toBe("not held");
  });

  test("a claim holds where it holds somewhere and is refuted nowhere", () => {
    const figures = (...verdicts: ("held" | "not held" | "undecided")[]) =>
      verdicts.map((verdict) => ({
        ...{ label: "", unit: "", value: 0, seeds: 2, interval: null },
        confidence: 0.95,
        judged: { none: 0, worth: 0, verdict },
      }));
    expect(overall(figures("held", "undecided"))).toBe("held");
    expect(overall(figures("held", "not held"))).toBe("not held");
    expect(overall(figures("undecided", "undecided"))).toBe("undecided");
    expect(overall([])).toBe("undecided");
  });
});

describe("several figures", () => {
  const values = [-0.5, -0.1, -0.4, -0.3, -0.2, -0.6];
  const candidate = (label: string): Candidate => ({
    ...{ label, unit: "MAE", none: 0, worth: -0.01 },
    estimate: (confidence) => estimateMean(values, { confidence }),
  });

  test("are judged by the wider intervals that they show", () => {
    const [alone] = judged([candidate("a")]);
    const [one, two] = judged([candidate("a"), candidate("b")]);
    expect(confidenceOf(2)).toBe(0.975);
    expect([alone.confidence, one.confidence]).toEqual([0.95, 0.975]);
    expect(alone.interval).toEqual(estimateMean(values).interval);
    expect(one.interval).toEqual(estimateMean(values, { confidence: 0.975 }).interval);
    expect(two.judged?.verdict).toBe("held");
    // At 99.9% the interval reaches beyond 0: -0.35 -+ 6.869 standard errors of 0.0764.
    const many = judged(Array.from({ length: 50 }, (_, i) => candidate(`${i}`)));
    expect(many[0].interval?.high).toBeCloseTo(0.1746, 4);
    expect(many[0].judged?.verdict).toBe("undecided");
  });

  test("of fewer seeds than it takes are undecided", () => {
    const [two] = judged([{ ...candidate("a"), estimate: (confidence) => estimateMean([-0.5, -0.5], { confidence }) }]);
    expect([two.interval?.high, two.judged?.verdict]).toEqual([-0.5, "undecided"]);
    const [six] = judged([{ ...candidate("a"), fewestSeeds: 7 }]);
    expect(six.judged?.verdict).toBe("undecided");
  });

  test("one that cannot be measured is undecided, and nothing in it is NaN", () => {
    const [figure] = judged([{ ...candidate("a"), estimate: () => estimateMean([]) }]);
    expect(figure.judged?.verdict).toBe("undecided");
    expect(JSON.parse(JSON.stringify(figure))).toEqual(figure);
  });
});

/**
 * How often a claim about pure noise is held, or one about a real effect: 10 seeds, 2 figures, as
 * in a study.
 */
function rateOfHeld(effect: number): number {
  const generator = new Generator(11);
  const draws = new Float64Array(20);
  const times = 3000;
  let held = 0;
  for (let i = 0; i < times; i++) {
    fillNormal(draws, 0, 1, generator);
    const figures = judged(
      [0, 10].map((from) => ({
        ...{ label: "", unit: "", none: 0, worth: -0.01 },
        estimate: (confidence) =>
          estimateMean(
            Array.from(draws.subarray(from, from + 10), (x) => x + effect),
            { confidence },
          ),
      })),
    );
    if (figures.some((figure) => figure.judged?.verdict === "held")) held++;
  }
  return held / times;
}

test("of claims about noise at most one in forty is held, for one figure or for several", () => {
  // 2.5%, the lower tail of 95% intervals, with 4 standard errors of 3000 draws.
  expect(rateOfHeld(0)).toBeLessThan(0.0365);
  expect(rateOfHeld(0)).toBeGreaterThan(0.0135);
});

test("an effect of two standard deviations is found nearly always", () => {
  expect(rateOfHeld(-2)).toBeGreaterThan(0.99);
});
