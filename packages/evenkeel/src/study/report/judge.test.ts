import { describe, expect, test } from "vitest";
import { Generator } from "../../random/index.ts";
import { fillNormal } from "../../random/normal.ts";
import { bothWays, type Candidate, confidenceOf, judge, judged, overall } from "./judge.ts";
import { estimateMean } from "./statistics.ts";

describe("the rule", () => {
  // interval, verdict; the claim says less, and -0.1 is the smallest effect of interest.
  test.each([
    ["the whole interval is of interest", [-0.4, -0.2], "held"],
    ["up to the smallest effect of interest", [-0.4, -0.1], "held"],
    ["below no effect, perhaps of interest", [-0.4, -0.04], "undecided"],
    ["below no effect, but not of interest", [-0.09, -0.03], "not held"],
    ["the interval reaches no effect", [-0.6, 0], "undecided"],
    ["nothing, for sure", [-0.05, 0.05], "not held"],
    ["no effect of interest, harm possible", [-0.05, 0.65], "not held"],
    ["the other way round", [0.2, 0.4], "not held"],
    ["anything is possible", [-0.5, 0.7], "undecided"],
  ] as const)("%s", (_, [low, high], verdict) => {
    expect(judge({ low, high }, 0, -0.1)).toBe(verdict);
  });

  test("ratios are judged against 1", () => {
    expect(judge({ low: 0.4, high: 0.8 }, 1, 0.9)).toBe("held");
    expect(judge({ low: 0.4, high: 0.95 }, 1, 0.9)).toBe("undecided");
    expect(judge({ low: 0.95, high: 1.5 }, 1, 0.9)).toBe("not held");
  });

  test("one seed decides nothing, and no difference at all is none", () => {
    expect(judge(null, 0, -0.1)).toBe("undecided");
    expect(judge({ low: 0, high: 0 }, 0, 0)).toBe("not held");
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
    const [one, two] = judged([candidate("a"), candidate("b")], 2);
    expect([confidenceOf(1), confidenceOf(2), confidenceOf(4)]).toEqual([0.95, 0.95, 0.975]);
    expect([alone.confidence, one.confidence]).toEqual([0.95, 0.975]);
    expect(alone.interval).toEqual(estimateMean(values).interval);
    expect(one.interval).toEqual(estimateMean(values, { confidence: 0.975 }).interval);
    expect(two.judged?.verdict).toBe("held");
    // At 99.9% the interval reaches beyond 0: -0.35 -+ 6.869 standard errors of 0.0764.
    const many = judged(Array.from({ length: 100 }, (_, i) => candidate(`${i}`)));
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
        ...{ label: "", unit: "", none: 0, worth: 0 },
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

test("where the effect is as small as can be, one of several figures is held in at most one in twenty", () => {
  // Twice 2.5%, the lower tails of two 95% intervals, with 4 standard errors of 3000 draws.
  expect(rateOfHeld(0)).toBeLessThan(0.066);
  expect(rateOfHeld(0)).toBeGreaterThan(0.034);
});

test("an effect of two standard deviations is found nearly always", () => {
  expect(rateOfHeld(-2)).toBeGreaterThan(0.99);
});

/** How often one of two figures without an effect is told as better or as worse. */
function rateOfEither(claims: number): number {
  const generator = new Generator(12);
  const draws = new Float64Array(20);
  const times = 3000;
  let told = 0;
  for (let i = 0; i < times; i++) {
    fillNormal(draws, 0, 1, generator);
    const figures = judged(
      [0, 10].map((from) => ({
        ...{ label: "", unit: "", none: 0, worth: 0 },
        estimate: (confidence) => estimateMean([...draws.subarray(from, from + 10)], { confidence }),
      })),
      claims,
    );
    if (figures.some(({ interval }) => interval !== null && (interval.high < 0 || interval.low > 0))) told++;
  }
  return told / times;
}

test("figures that may be told as better or as worse need twice the care", () => {
  expect(rateOfEither(bothWays)).toBeLessThan(0.066);
  expect(rateOfEither(1)).toBeGreaterThan(0.08);
});
