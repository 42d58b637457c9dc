import { describe, expect, test } from "vitest";
import { luck, type MakeUp, madeUpStudy } from "../../../../../test/madeUpStudy.ts";
import type { StudyOptions } from "../plan/options.types.ts";
import { judgeClaims } from "./index.ts";

/** A claim about made-up results. `on` returns what differs from 1; a little noise is added. */
function claimOf(id: string, on: MakeUp, options?: StudyOptions) {
  const { view } = madeUpStudy((arm, spec) => {
    const made = on(arm, spec);
    const moved = luck(spec.seed, arm);
    const validation = (made.validation ?? 1) + moved;
    return { ...made, validation, test: (made.test ?? made.validation ?? 1) + moved };
  }, options);
  const found = judgeClaims(view).find((one) => one.id === id) ?? expect.fail(id);
  expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  return { ...found, judged: found.figures.filter((figure) => figure.judged !== undefined) };
}
const claim = claimOf;
const isBatch = ({ norm }: { norm: string }) => norm === "batch";

test("there are seven, in the tutorial's order", () => {
  const { view } = madeUpStudy(() => ({}));
  expect(judgeClaims(view).map(({ id }) => id)).toEqual([
    ...["speed", "stability", "betterResult", "scaleSensitivity", "regularization", "noGuarantee", "moreData"],
  ]);
});

describe("speed by shorter trainings, where the schedule ends with the epochs", () => {
  // Lengths of 3 (an eighth, rounded), 5, 10 and all 20 epochs.
  test("held where a quarter of the epochs does what takes half without", () => {
    const { verdict, judged, rule, figures } = claim("speed", (arm) => ({ arrives: isBatch(arm) ? 4 : 9 }));
    expect(verdict).toBe("held");
    expect(judged.map(({ value }) => value)).toEqual([expect.closeTo(0.5, 9), expect.closeTo(0.5, 9)]);
    expect(rule).toContain("Epochs of the shortest training (3, 5, 10, 20 epochs, each planned so, with its schedule)");
    expect(figures.map(({ label }) => label)).toContain("median on raw features without, learning rate 0.01");
  });

  test("is about the ends of trainings, not about curves", () => {
    const { verdict, judged } = claim("speed", (arm) => ({ arrives: isBatch(arm) ? 6 : 10 }));
    expect([verdict, judged[0].value]).toEqual(["not held", expect.closeTo(1, 9)]);
  });

  test("a network that never reaches the target counts as twice the epochs; undecided where neither reaches it", () => {
    const never: MakeUp = (arm) => (isBatch(arm) ? { arrives: 9 } : { validation: 3 });
    expect(claim("speed", never).judged[0].value).toBeCloseTo(10 / 40, 9);
    expect(claim("speed", () => ({ validation: 3 })).verdict).toBe("undecided");
  });

  test("not studied without shorter trainings", () => {
    expect(claim("speed", () => ({}), { epochFractions: [] }).sentence).toMatch(/^Not studied: this takes shorter/);
  });
});

describe("speed where trainings never reach the target", () => {
  const late: MakeUp = (arm, { seed }) =>
    isBatch(arm) && seed < 8 ? { arrives: 15 } : { validation: isBatch(arm) ? 1.6 : 3 };

  test.each(["cosine", "none"] as const)(
    "late in 8 of 10 seeds against never is no refutation: schedule %s",
    (schedule) => {
      const { verdict, judged } = claim("speed", late, { train: { schedule } });
      expect(verdict).toBe("undecided");
      // If those without took 16 times the epochs, or those with.
      expect(judged[0].interval?.low).toBeLessThan(1 / 16);
      expect(judged[0].interval?.high).toBeGreaterThan(1);
    },
  );

  test("the interval holds each case: all alike, never counts as up to 16 times the epochs", () => {
    const always = claim("speed", (arm) => (isBatch(arm) ? { arrives: 4 } : { validation: 3 }), {
      train: { schedule: "none" },
    });
    const { interval } = always.judged[0];
    expect(interval?.low).toBeCloseTo(4 / (16 * 20), 9);
    expect(interval?.high).toBeCloseTo(4 / 21, 9);
    expect(always.verdict).toBe("held");
  });
});

describe("spreads that differ by orders of magnitude", () => {
  /** Two trainings without BatchNorm end at 0.2 and 7, those with it at 1 and a little more. */
  const wild: MakeUp = (arm, { seed, stream }) => {
    if (isBatch(arm)) return { validation: 1, test: stream === 0 ? 1 : 1 + 0.01 * (1 + (seed % 3)) };
    return { validation: 1, test: (stream === 0) === (seed % 2 === 0) ? 0.2 : 7 - 0.1 * (seed % 4) };
  };

  test("the smaller one is held, though no spread is smaller by a tenth of the errors above", () => {
    const { judged } = claim("stability", wild);
    const spread = judged.find(({ label }) => label.startsWith("spread"));
    expect(spread?.judged?.verdict).toBe("held");
    expect(spread?.judged?.worth).toBeGreaterThan(spread?.interval?.high ?? 0);
  });
});

describe("speed by learning curves, at a rate that does not depend on the number of epochs", () => {
  const claim = (id: string, on: MakeUp, options?: StudyOptions) =>
    claimOf(id, on, { train: { schedule: "none" }, ...options });

  test("held where the target is reached in half of the epochs", () => {
    const { verdict, judged } = claim("speed", (arm) => ({ arrives: isBatch(arm) ? 5 : 10 }));
    expect(verdict).toBe("held");
    expect(judged.map(({ value }) => value)).toEqual([expect.closeTo(0.5, 9), expect.closeTo(0.5, 9)]);
  });

  test("each network is measured at the rate at which it gets there soonest, not at the one that ends best", () => {
    const { verdict, figures } = claim("speed", (arm, { lr }) => {
      if (isBatch(arm)) return { arrives: 6 };
      return lr === 0.1 ? { arrives: 6, validation: 1.2 } : { arrives: 15, validation: 0.9 };
    });
    expect(verdict).toBe("not held");
    expect(figures.map(({ label }) => label)).toContain("median on raw features without, learning rate 0.1");
  });

  test("a run that never reaches the target counts as one epoch more than there are", () => {
    const { judged } = claim("speed", (arm) => ({ arrives: isBatch(arm) ? 7 : 21 }));
    expect(judged[0].value).toBeCloseTo(7 / 21, 9);
  });

  test("undecided where the best constant is as good as the target", () => {
    const on: MakeUp = (arm) => ({ arrives: isBatch(arm) ? 5 : 10 });
    expect(claim("speed", on, { targetError: 8 }).verdict).toBe("undecided");
  });

  test("undecided where neither reaches it", () => {
    const { verdict, judged } = claim("speed", () => ({ arrives: 21 }));
    expect(verdict).toBe("undecided");
    expect(judged[0].value).toBeNull();
  });
});

describe("stability", () => {
  /** The second training on a split ends elsewhere than the first. */
  const spread =
    (size: number): MakeUp =>
    (arm, { seed, stream }) => ({
      validation: 1 + stream * (isBatch(arm) ? size : 1) * (0.3 + luck(3 * seed, arm, 0.02)),
    });

  test("held in part where trainings spread a fifth as much, not held where they spread more", () => {
    const { verdict, judged } = claim("stability", spread(0.2));
    expect(verdict).toBe("held");
    expect(judged.map((figure) => figure.judged?.verdict)).toEqual(["held", "undecided", "held", "undecided"]);
    expect(judged[0].value).toBeCloseTo(-0.24, 1);
    expect(claim("stability", spread(5)).verdict).toBe("not held");
  });

  test("is about trainings on one split: how hard the splits are does not matter", () => {
    const { judged } = claim("stability", (arm, { seed }) => ({
      validation: 1 + (isBatch(arm) ? 0.2 : 1) * luck(3 * seed, arm, 0.3),
    }));
    expect(judged.map(({ value }) => value)).toEqual([null, null, null, null]);
  });

  test("open where trainings hardly differ either way, and nothing is left to judge", () => {
    const { verdict, sentence } = claim("stability", spread(0.2), { worth: 0.9 });
    expect(verdict).toBe("undecided");
    expect(sentence).toBe("Nothing to compare: trainings hardly differ, and all rates train, or none.");
  });

  test("two seeds say nothing", () => {
    const { verdict, judged } = claim("stability", spread(0.2), { seeds: 2 });
    expect(judged[0].value).toBeLessThan(0);
    expect(verdict).toBe("undecided");
  });

  test("open where no rate of either trains", () => {
    const { judged } = claim("stability", (arm) => ({ validation: arm.scale === "raw" ? 7 : 1 }));
    expect(judged[1]).toMatchObject({ value: null, judged: { verdict: "undecided" } });
  });

  test("held where it trains at a rate at which the other diverges, and the runs are counted", () => {
    const { verdict, figures } = claim("stability", (arm, { lr }) => ({ diverged: !isBatch(arm) && lr === 0.1 }));
    expect(verdict).toBe("held");
    const of = (label: string) => figures.find((figure) => figure.label === label)?.value;
    expect(of("rates that fail on raw features")).toBe(-0.5);
    expect(of("rates that train without BatchNorm on raw features")).toBe(1);
    expect(of("diverged without BatchNorm on raw features")).toBe(10);
  });

  test("a rate does not train if it stays nine tenths of the way to the constant short", () => {
    // The constant's error is 8, the best network's 1: enough is 1.7.
    const at = (validation: number) =>
      claim("stability", (arm, { lr }) => (isBatch(arm) && lr === 0.1 ? { validation } : {}));
    const failing = (validation: number) =>
      at(validation).figures.find(({ label }) => label === "rates that fail on raw features")?.value;
    expect(failing(1.6)).toBeNull();
    expect(failing(1.8)).toBe(0.5);
  });
});

describe("better result", () => {
  test.each([
    [0.9, "held"],
    [1, "not held"],
    [1.2, "not held"],
  ])("an error of %f against 1 is %s", (error, verdict) => {
    expect(claim("betterResult", (arm) => ({ validation: isBatch(arm) ? error : 1 })).verdict).toBe(verdict);
  });

  test("undecided where seeds disagree", () => {
    const on: MakeUp = (arm, { seed }) => ({ validation: 1, test: isBatch(arm) ? 0.95 + 0.3 * Math.sin(7 * seed) : 1 });
    expect(claim("betterResult", on).verdict).toBe("undecided");
  });

  test("statistics are the better ones on the validation rows, and both kinds are shown", () => {
    const { verdict, figures } = claim("betterResult", (arm) => (isBatch(arm) ? { validation: 0.8, stale: 2 } : {}));
    expect(verdict).toBe("held");
    expect(figures.find(({ label }) => label === "on raw features, as trained")?.value).toBeCloseTo(1.8, 5);
    expect(figures.find(({ label }) => label === "on raw features, statistics recomputed")?.value).toBeCloseTo(-0.2, 5);
  });

  test("the test rows do not choose the rate", () => {
    const on: MakeUp = (arm, { lr }) => (isBatch(arm) ? { validation: lr, test: lr === 0.01 ? 1.5 : 0.1 } : {});
    expect(claim("betterResult", on).judged[0].value).toBeCloseTo(0.5, 1);
  });

  test("held on one kind of input and refuted on the other is not held, as it is put", () => {
    const { verdict, sentence } = claim("betterResult", (arm) => ({
      validation: isBatch(arm) && arm.scale === "raw" ? 0.5 : 1,
    }));
    expect(verdict).toBe("not held");
    expect(sentence).toMatch(
      /^On raw features: -0\.500 \(99\.29% interval .*\) MAE, lower in 10 of 10 seeds, held\. On z-scored features: .* MAE, lower in \d+ of 10 seeds, did not hold\.$/,
    );
  });

  test("with one seed nothing is decided", () => {
    expect(claim("betterResult", (arm) => ({ validation: isBatch(arm) ? 0.1 : 1 }), { seeds: 1 }).verdict).toBe(
      "undecided",
    );
  });

  test("a run that diverged counts as the best constant", () => {
    const { judged } = claim("betterResult", (arm, { seed }) => ({ diverged: isBatch(arm) && seed === 0 }));
    // The constant's error is 8.
    expect(judged[0].value).toBeCloseTo(8 ** 0.1 - 1, 2);
    expect(judged[0].seeds).toBe(10);
  });

  test("a run that is worse than the best constant counts as the constant, however bad it is", () => {
    const at = (validation: number) =>
      claim("betterResult", (arm, { seed }) => (isBatch(arm) && seed === 0 ? { validation } : {})).judged[0];
    expect(at(1e30)).toEqual(at(8));
    expect(at(7.9).value).toBeLessThan(at(8).value ?? 0);
  });

  test("errors that differ by orders of magnitude are compared as ratios", () => {
    // Without: 1.07 to 5.16; with: 0.57 to 0.84. The differences' own interval reaches no effect.
    // The outlier is one training's, not the split's.
    const on: MakeUp = (arm, { seed, stream }) => ({
      validation: isBatch(arm) ? 0.57 + 0.03 * seed : seed === 9 && stream === 0 ? 5.16 : 1.07 + 0.05 * seed,
    });
    const [raw] = claim("betterResult", on).judged;
    expect(raw.judged?.verdict).toBe("held");
    expect(raw.won).toBe(10);
    expect(raw.interval?.low).toBeGreaterThan(-2);
  });
});

describe("scale sensitivity", () => {
  test("held where raw inputs and other units cost less with it", () => {
    const { verdict, judged } = claim("scaleSensitivity", (arm, { rescale }) => ({
      validation: 1 + (arm.scale === "raw" && !isBatch(arm) ? 1 : 0) + (rescale !== null && !isBatch(arm) ? 0.5 : 0),
    }));
    expect(verdict).toBe("held");
    expect(judged.map(({ value }) => Math.round(10 * (value ?? 0)) / 10)).toEqual([-1, -0.4]);
  });

  test("other units may move the error up or down: both count", () => {
    const on: MakeUp = (arm, { rescale, seed }) => ({
      validation: 1 + (rescale !== null && isBatch(arm) ? (seed % 2 ? 0.3 : -0.3) : 0),
    });
    const { verdict, judged } = claim("scaleSensitivity", on);
    expect(verdict).toBe("not held");
    expect(judged[1].value).toBeCloseTo(0.36, 1);
  });

  test("not held where scale does not matter to either", () => {
    expect(claim("scaleSensitivity", () => ({})).verdict).toBe("not held");
  });
});

describe("regularisation", () => {
  test("held where the gap is narrower, the test error being no worse", () => {
    expect(claim("regularization", (arm) => ({ train: isBatch(arm) ? 0.9 : 0.5 })).verdict).toBe("held");
  });

  test("not held where the gap is narrower because everything is worse", () => {
    const { verdict, judged } = claim("regularization", (arm) =>
      isBatch(arm) ? { validation: 2, train: 1.9 } : { train: 0.5 },
    );
    // The test error is 1.05 times the training error instead of twice.
    expect(verdict).toBe("not held");
    expect(judged[0].label).toContain("with a worse test error");
  });

  test("not held where everything is better: the training error is lower, too", () => {
    const { verdict, judged } = claim("regularization", (arm) =>
      isBatch(arm) ? { validation: 0.4, train: 0.39 } : { train: 0.5 },
    );
    expect(verdict).toBe("not held");
    expect(judged[0].label).toContain("with a lower training error");
  });

  test("undecided where the gap is narrower and the test error worse on average, but not significantly", () => {
    const { verdict, judged } = claim("regularization", (arm, { seed }) => {
      const test = isBatch(arm) ? 1.05 + 0.3 * Math.sin(7 * seed) : 1;
      return { validation: 1, test, train: isBatch(arm) ? test - 0.01 : 0.5 };
    });
    expect(judged[0].interval?.high).toBeLessThan(-0.4);
    expect(verdict).toBe("undecided");
  });

  test("dropout stands beside it", () => {
    const { figures } = claim("regularization", (arm) => ({ train: arm.dropout > 0 ? 0.95 : 0.5 }));
    const found = figures.find(({ label }) => label === "gap with dropout 0.2 against without, on z-scored features");
    expect(found?.value).toBeLessThan(-0.4);
  });
});

describe("no guarantee", () => {
  test("held if in one setting it does nothing, and the setting is named", () => {
    const { verdict, sentence } = claim("noGuarantee", (arm, { rows }) => ({
      validation: isBatch(arm) && !(rows === 0.25 && arm.scale === "raw") ? 0.5 : 1,
    }));
    expect(verdict).toBe("held");
    expect(sentence).toMatch(/^It did not improve the result on raw features, 80 rows\. /);
  });

  test("not held if it improves the result in all, undecided if one is open", () => {
    expect(claim("noGuarantee", (arm) => ({ validation: isBatch(arm) ? 0.5 : 1 })).verdict).toBe("not held");
    const open: MakeUp = (arm, { rows, seed }) => ({
      validation: !isBatch(arm) ? 1 : rows === 0.25 ? 0.95 + 0.3 * Math.sin(7 * seed) : 0.5,
    });
    expect(claim("noGuarantee", open).verdict).toBe("undecided");
  });
});

describe("more data", () => {
  const trend =
    (step: number, onAll = -0.3): MakeUp =>
    (arm, { rows }) => ({ validation: isBatch(arm) ? 1 + onAll + step * Math.log2(rows) : 1 });

  test("held where the error falls with every doubling of the rows, by how much is said", () => {
    const { verdict, judged, sentence } = claim("moreData", trend(-0.1));
    expect(verdict).toBe("held");
    expect(judged[0].value).toBeCloseTo(-0.11, 2);
    expect(sentence).toMatch(/MAE per doubling of the rows, lower in 10 of 10 seeds, held/);
    expect(sentence).toContain("Dimension was not varied");
  });

  test("hurting less with more rows is no help", () => {
    const { verdict, sentence } = claim("moreData", trend(-0.1, 0.05));
    expect(verdict).toBe("not held");
    expect(sentence).toContain("hurting less, not helping): -0.08");
  });

  test("undecided where the trend is clear, and whether it helps at all is not", () => {
    const { verdict } = claim("moreData", (arm, { rows, seed }) => ({
      validation: 1,
      test: isBatch(arm) ? 1 + 0.3 * Math.sin(7 * seed) - 0.1 * Math.log2(rows) : 1,
    }));
    expect(verdict).toBe("undecided");
  });

  test("not held where it does not, or helps less", () => {
    expect(claim("moreData", trend(0)).verdict).toBe("not held");
    expect(claim("moreData", trend(0.1)).verdict).toBe("not held");
  });

  test("not studied without fewer rows", () => {
    const { verdict, sentence } = claim("moreData", () => ({}), { rowFractions: [] });
    expect([verdict, sentence]).toEqual([
      "undecided",
      "Not studied: this takes runs on a part of the rows (rowFractions).",
    ]);
  });
});

test("without a pair of arms on the same inputs no claim is judged", () => {
  const arms = [
    { scale: "raw", norm: "batch", dropout: 0 },
    { scale: "zscore", norm: "none", dropout: 0 },
  ] as const;
  const { view } = madeUpStudy(() => ({}), { arms });
  expect(judgeClaims(view).map(({ verdict }) => verdict)).toEqual(Array(7).fill("undecided"));
});

test("where every training diverges there is nothing to judge", () => {
  const { view } = madeUpStudy(() => ({ diverged: true }));
  for (const { id, verdict } of judgeClaims(view)) expect([id, verdict]).toEqual([id, "undecided"]);
});
