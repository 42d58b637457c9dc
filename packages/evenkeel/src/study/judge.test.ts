import { describe, expect, test } from "vitest";
import { type Candidate, judge, judged, overall } from "./judge.ts";
import { type Estimate, estimateMean } from "./statistics.ts";

describe("the rule", () => {
  // value, interval, verdict; less is claimed, and -0.1 is worth having.
  test.each([
    ["below, and enough", -0.3, [-0.4, -0.2], "held"],
    ["below, but not worth having", -0.06, [-0.09, -0.03], "not held"],
    ["below, perhaps worth having, not on average", -0.08, [-0.12, -0.04], "undecided"],
    ["enough, but the interval reaches no effect", -0.3, [-0.6, 0], "undecided"],
    ["nothing, for sure", 0, [-0.05, 0.05], "not held"],
    ["nothing worth having, harm possible", 0.3, [-0.05, 0.65], "not held"],
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
        judged: { none: 0, worth: 0, verdict },
      }));
    expect(overall(figures("held", "undecided"))).toBe("held");
    expect(overall(figures("held", "not held"))).toBe("not held");
    expect(overall(figures("undecided", "undecided"))).toBe("undecided");
    expect(overall([])).toBe("undecided");
  });
});

describe("a figure", () => {
  const values = [-0.5, -0.1, -0.4, -0.3, -0.2, -0.6];
  const candidate = (estimate: Estimate): Candidate => ({ label: "a", unit: "MAE", none: 0, worth: -0.01, estimate });

  test("is judged by the interval that it shows", () => {
    // -0.35 -+ 0.30796, scipy.stats.t.ppf(0.995, 5) = 4.0321429836 standard errors; at 0.999 it reaches beyond 0.
    const [held, open] = [0.99, 0.999].map((confidence) => judged(candidate(estimateMean(values, { confidence }))));
    expect(held.interval?.low).toBeCloseTo(-0.658, 3);
    expect(held.interval?.high).toBeCloseTo(-0.042, 3);
    expect([held.judged?.verdict, open.judged?.verdict]).toEqual(["held", "undecided"]);
  });

  test("of fewer seeds than it takes is undecided", () => {
    const two = judged(candidate(estimateMean([-0.5, -0.5])));
    expect([two.interval?.high, two.judged?.verdict]).toEqual([-0.5, "undecided"]);
    const six = judged({ ...candidate(estimateMean(values)), fewestSeeds: 7 });
    expect(six.judged?.verdict).toBe("undecided");
  });

  test("that cannot be measured is undecided, and nothing in it is NaN", () => {
    const figure = judged(candidate(estimateMean([])));
    expect(figure.judged?.verdict).toBe("undecided");
    expect(JSON.parse(JSON.stringify(figure))).toEqual(figure);
  });
});
