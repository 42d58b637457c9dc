import { describe, expect, test } from "vitest";
import { madeUpComparison } from "../../../../../test/madeUpStudy.ts";
import * as nn from "../../nn/index.ts";
import { manualSeed } from "../../random/index.ts";
import { inferSchema, TabularNet, tableFromRows } from "../../tabular/index.ts";
import type { StudyOptions } from "../plan/options.types.ts";
import { planStudy } from "../plan/plan.ts";
import { describePlan } from "../plan/planTrials.ts";
import { studyReport } from "../report/report.ts";
import { concludeStudy } from "../report/result.ts";
import { placement } from "./placement.ts";

const paper = "Linear, BatchNorm, ReLU";
const after = "Linear, ReLU, BatchNorm";
const data = (() => {
  const table = tableFromRows(Array.from({ length: 60 }, (_, i) => ({ a: Math.sin(i), b: i % 7, y: Math.cos(i) })));
  return { table, schema: inferSchema(table, { target: "y" }) };
})();
const layersOf = (name: string, hidden = [8, 4]) => {
  const arms = placement.arms({ hidden, activation: "relu", batchSize: 32, dropout: 0.2, data });
  const arm = arms.find((one) => "name" in one && one.name === name) ?? expect.fail(name);
  if (!("network" in arm) || arm.network === undefined) return expect.fail();
  manualSeed(1);
  return arm.network(3, { outputs: 1, task: "regression" });
};
const printed = (name: string, hidden?: number[]) =>
  [...layersOf(name, hidden).children()].map((layer) => `${layer}`.replace(/\(.*/s, ""));

describe("the arms", () => {
  test("are the two places of BatchNorm, each with dropout nowhere, before it, after it and once at the end", () => {
    const { arms, ask, rowFractions, rescale } = planStudy(data, { ask: "placement" });
    expect([ask, rowFractions, rescale]).toEqual(["placement", [], null]);
    expect(arms.map(({ name }) => name)).toEqual([
      ...[paper, after],
      ...["Linear, Dropout, BatchNorm, ReLU", "Linear, ReLU, Dropout, BatchNorm"],
      ...["Linear, BatchNorm, ReLU, Dropout", "Linear, ReLU, BatchNorm, Dropout"],
      ...[`${paper} (Dropout last)`, `${after} (Dropout last)`],
    ]);
    expect(arms.every((arm) => arm.name !== undefined && arm.batchNorm && arm.scale === "zscore")).toBe(true);
    expect(describePlan(planStudy(data, { ask: "placement" })).join(" ")).toContain(`8 arms (${paper}; ${after}; `);
    expect(describePlan(planStudy(data, { ask: "placement" }))).toContain("Dropout drops 0.2.");
  });

  test("have their layers in the order of their names", () => {
    const block = ["Linear", "BatchNorm1d", "ReLU"];
    expect(printed(paper)).toEqual([...block, ...block, "Linear"]);
    expect(printed(`${paper} (Dropout last)`)).toEqual([...block, ...block, "Dropout", "Linear"]);
    const drops = ["Linear", "ReLU", "Dropout", "BatchNorm1d"];
    expect(printed("Linear, ReLU, Dropout, BatchNorm")).toEqual([...drops, ...drops, "Linear"]);
  });

  test("the first is the usual network of a table, to the bit", () => {
    const own = layersOf(paper).stateDict();
    manualSeed(1);
    const usual = new TabularNet({ features: 3, outputs: 1 }, { hidden: [8, 4], norm: "batch" }).layers.stateDict();
    expect(Object.keys(own)).toEqual(Object.keys(usual));
    for (const [name, { data }] of Object.entries(usual)) expect(own[name].data).toEqual(data);
    expect([...layersOf(after).children()].filter((one) => one instanceof nn.Linear)[0].bias).not.toBeNull();
  });

  test("without dropout there are two; after one block, once and in every block are the same", () => {
    const names = (options: StudyOptions) =>
      planStudy(data, { ask: "placement", ...options }).arms.map(({ name }) => name);
    expect(names({ dropout: 0 })).toEqual([paper, after]);
    expect(names({ hidden: [8] })).toHaveLength(6);
    expect(names({ activation: "gelu" })[0]).toBe("Linear, BatchNorm, GELU");
  });
});

/** Errors by a part of the arm's name; 1 for other arms, each with a little noise. */
const study = (errors: (name: string, seed: number) => number, stale: (name: string) => number = () => 0) => {
  const made = madeUpComparison(
    ({ name }, { seed }) => ({
      validation: errors(name, seed) + 0.0005 * Math.cos(seed * name.length),
      stale: stale(name),
    }),
    { ask: "placement" },
  );
  return concludeStudy(made.plan, made.trials);
};
const verdicts = (...given: Parameters<typeof study>) => study(...given).claims.map(({ verdict }) => verdict);
const isAfter = (name: string) => name.includes("ReLU, BatchNorm") || name.includes("ReLU, Dropout, BatchNorm");
const dropsBefore = (name: string) => name.includes("Dropout, BatchNorm");

describe("each claim can come out true, false and undecided", () => {
  const noise = (seed: number, name: string) => 0.5 * Math.sin(5 * seed + name.length);
  test("the paper's order", () => {
    expect(verdicts((name) => (isAfter(name) ? 1.1 : 1))[0]).toBe("held");
    expect(verdicts((name) => (isAfter(name) ? 0.9 : 1))[0]).toBe("not held");
    expect(verdicts(() => 1)[0]).toBe("not held");
    expect(verdicts((name, seed) => 1.5 + noise(seed, name === after ? "x" : name))[0]).toBe("undecided");
  });
  test("fastai's order", () => {
    const fastai = (name: string) => name === "Linear, ReLU, BatchNorm, Dropout";
    expect(verdicts((name) => (fastai(name) ? 0.9 : 1))[1]).toBe("held");
    expect(verdicts((name) => (fastai(name) ? 1.1 : 1))[1]).toBe("not held");
    expect(verdicts((name, seed) => 1.5 + noise(seed, fastai(name) ? "x" : name))[1]).toBe("undecided");
  });
  test("dropout before BatchNorm, by the statistics of the training", () => {
    expect(
      verdicts(
        () => 1,
        (name) => (dropsBefore(name) ? 0.2 : 0),
      )[2],
    ).toBe("held");
    expect(verdicts(() => 1)[2]).toBe("not held");
    expect(verdicts((name, seed) => (dropsBefore(name) ? 1.5 + noise(seed, "") : 1.5))[2]).toBe("undecided");
  });
  test("no need for dropout", () => {
    expect(verdicts(() => 1)[3]).toBe("held");
    expect(verdicts((name) => (name.endsWith("last)") ? 0.9 : 1))[3]).toBe("not held");
    expect(verdicts((name, seed) => (dropsBefore(name) ? 1.5 + noise(seed, "") : 1.5))[3]).toBe("undecided");
  });
  test("without arms with dropout three are not studied", () => {
    const { plan, trials } = madeUpComparison(() => ({}), { ask: "placement", dropout: 0 });
    expect(concludeStudy(plan, trials).claims.map(({ sentence }) => sentence.startsWith("Not studied"))).toEqual([
      ...[false, true, true, true],
    ]);
  });
});

describe("the headline", () => {
  const first = (...given: Parameters<typeof study>) => study(...given).headline;
  test("names the orders that do better and worse than the paper's, each judged by a wider interval", () => {
    const better = first((name) => (name === after ? 0.9 : dropsBefore(name) ? 1.2 : 1));
    expect(better.verdict).toBe("held");
    expect(better.sentences[0]).toMatch(
      /^Yes, "Linear, ReLU, BatchNorm" does better than "Linear, BatchNorm, ReLU" here: test MAE 1\.0\d with Linear, BatchNorm, ReLU, learning rate 0\.01; .* by its 99\.29% interval, so that all 7/,
    );
    expect(better.sentences[1]).toMatch(
      /^The validation rows choose Linear, ReLU, BatchNorm, learning rate 0\.01: test/,
    );
    expect(better.sentences[2]).toMatch(/^Better: Linear, ReLU, BatchNorm -0\.\d+ \(99\.29% interval/);
    expect(better.sentences[3]).toMatch(/^Worse: Linear, Dropout, BatchNorm, ReLU \+0\.200.*; Linear, ReLU, Dropout/);
    expect(better.difference?.value).toBeCloseTo(-0.1, 2);
  });
  test("says what is not shown, and what the intervals leave open", () => {
    expect(first(() => 1).sentences[0]).toMatch(
      /^No other order differs from "Linear, BatchNorm, ReLU" by the smallest effect of interest here: /,
    );
    const open = first((name, seed) => 1.5 + (name === after ? 0.3 * Math.sin(5 * seed) : 0));
    expect(open.sentences[0]).toMatch(/^No other order is shown to differ from "Linear, BatchNorm, ReLU" here: /);
    expect(open.sentences.join(" ")).toContain(
      `No difference shown: ${after}. Where no difference is shown, the interval does not exclude a gain or a loss of that size.`,
    );
    expect(open.verdict).toBe("undecided");
    expect(first((name) => (name === paper ? 1 : 1.1)).sentences[0]).toMatch(/^No other order is shown to do better/);
    expect(first((name) => (name === paper ? 1 : 1.1)).verdict).toBe("not held");
  });
  test("nothing finished: nothing to compare, in plain JSON", () => {
    const { plan } = madeUpComparison(() => ({}), { ask: "placement" });
    const empty = concludeStudy(plan, []);
    expect(empty.headline.sentences[0]).toMatch(/^There is nothing to compare: no seed has Linear, BatchNorm, ReLU/);
    expect(JSON.parse(JSON.stringify(empty))).toEqual(empty);
  });
  test("the report has two rows for each, and the first is what others are compared with", () => {
    const report = studyReport(study(() => 1));
    expect(report.title).toBe("Which order of layers predicts y best?");
    expect([report.reference, report.rows.length]).toEqual([paper, 16]);
    expect(report.rows[0].difference).toBeNull();
  });
});
