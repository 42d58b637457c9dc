import { describe, expect, test } from "vitest";
import { luck, madeUpComparison, madeUpStudy } from "../../../../../test/madeUpStudy.ts";
import type { NormalizationHeadline } from "../questions/index.ts";
import { studyReport } from "./report.ts";
import { concludeStudy } from "./result.ts";

const { plan, trials } = madeUpStudy((arm, { seed, lr, rescale }) => {
  const base = arm.scale === "raw" && arm.norm === "none" ? 3 : arm.norm === "batch" ? 0.9 : 1;
  const validation = base + lr + luck(seed, arm, 0.02) + (rescale === null ? 0 : 0.25);
  const stale = arm.norm === "batch" && arm.scale === "raw" ? { stale: 2 } : {};
  return { validation, train: validation - 0.3, ...stale, diverged: arm.norm === "layer" && lr === 0.1 && seed < 3 };
});
const result = concludeStudy(plan, trials);

describe("the headline", () => {
  const headline = result.headline as NormalizationHeadline;
  test("compares the best with BatchNorm and the best without anything, chosen on the validation rows", () => {
    expect(headline.verdict).toBe("held");
    expect(headline.with.map(({ norm }) => norm)).toEqual(["batch", "batch", "batch"]);
    expect(headline.without.map(({ scale, norm }) => [scale, norm])).toEqual(Array(2).fill(["zscore", "none"]));
    expect(headline.difference?.value).toBeCloseTo(-0.1, 2);
    expect(headline.sentences[0]).toMatch(
      /^Yes, batch normalization helps here: test MAE 0\.91\d with it \(the mean of 3 that .*: raw, BatchNorm, learning rate 0\.01; .*\), 1\.0/,
    );
  });

  test("says what it does inputs being equal, and what stale statistics cost", () => {
    expect(headline.sentences[1]).toMatch(/on raw features it makes the error 2\.10 lower .*; on z-scored features/);
    expect(headline.stale.map(({ arm, cost }) => [arm.scale, cost.value, cost.judged?.verdict])).toEqual([
      ["raw", expect.closeTo(-2, 2), "held"],
      ["zscore", expect.closeTo(0, 9), "not held"],
    ]);
    expect(headline.sentences[2]).toMatch(
      /^Stale running statistics: raw, BatchNorm, learning rate 0\.01: test MAE 2\.91 as trained, 0\.910 with/,
    );
    expect(headline.sentences[3]).toMatch(/^Running statistics that fit: z-score/);
  });

  test("says no where there is no gain, and that it cannot tell where seeds disagree", () => {
    const headlineFor = (of: (seed: number) => number) => {
      const made = madeUpStudy((arm, { seed }) => ({ validation: 1, test: arm.norm === "batch" ? of(seed) : 1 }));
      return concludeStudy(made.plan, made.trials).headline.sentences[0];
    };
    expect(headlineFor(() => 1)).toMatch(/^No difference of interest between networks with and without/);
    expect(headlineFor((seed) => 1.002 + 0.001 * Math.sin(7 * seed))).toMatch(/^No difference of interest/);
    expect(headlineFor((seed) => 1.05 + 0.01 * Math.sin(7 * seed))).toMatch(
      /^No, batch normalization makes the result worse/,
    );
    expect(headlineFor((seed) => 1.02 + 0.03 * Math.sin(7 * seed))).toMatch(
      /^No, batch normalization does not help here/,
    );
    expect(headlineFor((seed) => 1.1 + 0.3 * Math.sin(7 * seed))).toMatch(/^Whether .* is undecided/);
    expect(headlineFor((seed) => 1 + 0.3 * Math.sin(7 * seed))).toMatch(
      /^Whether .* is undecided.*\. The interval does not exclude a gain or a loss of that size\.$/,
    );
  });

  test("says so where no network is better than a constant", () => {
    const said = (validation: number) => {
      const made = madeUpStudy((arm, { seed }) => ({ validation: validation + luck(seed, arm, 0.05) }));
      return concludeStudy(made.plan, made.trials).headline.sentences.filter((one) =>
        one.startsWith("No network here"),
      );
    };
    expect(said(8)).toEqual([expect.stringMatching(/test MAE [78]\.\d\d with .*, the constant 8\.00/)]);
    expect(said(7)).toEqual([]);
  });

  test("says first that no network is better than a constant, and no power then", () => {
    const made = madeUpStudy(() => ({ diverged: true }));
    const { answer, power, verdict } = concludeStudy(made.plan, made.trials).headline;
    expect(answer[0]).toBe(
      "No network here is better than a constant: there may be nothing to learn, or no rate works.",
    );
    expect([power, verdict]).toEqual([null, "undecided"]);
  });

  test("without anything finished there is nothing to compare", () => {
    const empty = concludeStudy(plan, []);
    expect(empty.headline.sentences[0]).toMatch(/^There is nothing to compare/);
    expect(JSON.parse(JSON.stringify(empty))).toEqual(empty);
  });
});

describe("the report", () => {
  const report = studyReport(result);
  const rowOf = (label: string) => report.rows.find((row) => row.label === label) ?? expect.fail(label);

  test("has a row for each arm, two with BatchNorm", () => {
    expect(report.rows).toHaveLength(8 + 3);
    expect(report.metric).toBe("MAE in y");
    expect(report.reference).toBe("z-score, no normalization");
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  test("with its figures", () => {
    expect(rowOf("z-score, no normalization")).toMatchObject({
      lr: 0.01,
      difference: null,
      won: null,
      rescaled: null,
    });
    expect(rowOf("z-score, no normalization").test.value).toBeCloseTo(1.01, 2);
    const stale = rowOf("raw, BatchNorm, as trained");
    expect(stale.difference?.value).toBeCloseTo(1.9, 2);
    expect(stale.epochsTo).toEqual({ median: null, arrived: 0, runs: 10 });
    expect(stale.won).toEqual({ seeds: 0, of: 10 });
    expect(stale.gap.value).toBeCloseTo(0.3, 5);
    expect(stale.rescaled?.value).toBeGreaterThan(0.25);
    expect(rowOf("raw, BatchNorm, recomputed")).toMatchObject({
      epochsTo: { median: 3, arrived: 10 },
      trains: [0.01, 0.1],
      won: { seeds: 10, of: 10 },
    });
    expect(rowOf("raw, LayerNorm").diverged).toEqual({ runs: 3, of: 20 });
    expect(rowOf("raw, no normalization").trains).toEqual([]);
  });

  test("epochs are counted to a target of each seed's own, where the plan has none", () => {
    // The rows of seed 1 are harder: its reference ends at 2 instead of 1.
    const makeUp = ({ norm }: { norm: string }, { seed }: { seed: number }) => ({
      validation: (norm === "batch" ? 1.05 : 1) * (seed === 1 ? 2 : 1),
    });
    const made = madeUpStudy(makeUp, { targetError: undefined, seeds: 2 });
    const rows = studyReport(concludeStudy(made.plan, made.trials)).rows;
    // Arms with BatchNorm have two kinds of statistics; arms with LayerNorm or dropout have no
    // shorter trainings.
    const [none, batch, no] = [[2], [2, 2], [0]];
    const expected = [none, batch, no, none, batch, no, no, no, no].flat();
    expect(rows.map(({ epochsTo }) => epochsTo.arrived)).toEqual(expected);
    expect(report.targetError).toBe("1.50");
  });

  test("an arm with epochs and a schedule of its own is counted by these", () => {
    const arms = [
      { name: "as the study", options: {} },
      { name: "twice the epochs", options: { epochs: 40 } },
      { name: "by its curve", options: { schedule: "none" } },
    ] as const;
    const made = madeUpComparison(() => ({ arrives: 3 }), { arms, epochFractions: [0.25], seeds: 3 });
    const rows = studyReport(concludeStudy(made.plan, made.trials)).rows;
    const medians = rows.map(({ arm, epochsTo }) => [arm.name, epochsTo.median]);
    expect(medians.filter((_, i) => rows[i].statistics === "recomputed")).toEqual([
      ["as the study", 5],
      ["twice the epochs", 10],
      ["by its curve", 3],
    ]);
  });

  test("a row whose rate is not the one that shorter trainings were made at has their epochs all the same", () => {
    // As trained, BatchNorm ends best at 0.1; with the statistics that are kept, at 0.01.
    const made = madeUpStudy(
      ({ norm }, { lr }) => {
        if (norm !== "batch") return {};
        return lr === 0.1 ? { validation: 1.2, stale: -0.1 } : { validation: 1, stale: 0.4 };
      },
      { seeds: 3 },
    );
    const rows = studyReport(concludeStudy(made.plan, made.trials)).rows;
    const row = rows.find(({ label }) => label === "z-score, BatchNorm, as trained");
    expect(row?.lr).toBe(0.1);
    expect(row?.epochsTo.runs).toBe(3);
  });

  test("with notes on what to know", () => {
    const notes = report.notes.join(" ");
    expect(notes).toMatch(/over 10 seeds, widened .* counts 1\/10 \+ 100\/400 /);
    expect(notes).toContain(
      "The smallest effect of interest is 1% of the error without, or of a tenth of the best constant's where that is more.",
    );
    expect(notes).toMatch(/a row of these may be a test row of another seed/);
    expect(notes).toMatch(/Best at the edge of the grid/);
    // If the rate beside the edge is as good, the edge of the grid does not limit the result.
    const same = madeUpStudy(() => ({}));
    expect(studyReport(concludeStudy(same.plan, same.trials)).notes.join(" ")).not.toContain("edge of the grid");
  });

  test("which say that the seeds of a split by time have the same rows", () => {
    const settings = { ...result.plan.settings, time: "day" };
    const notes = studyReport({ ...result, plan: { ...result.plan, settings } }).notes.join(" ");
    expect(notes).toContain("over 10 seeds, which all have the same split by day: they are about starting weights");
    expect(notes).not.toMatch(/because the seeds split the same rows anew|test row of another seed/);
  });
});
