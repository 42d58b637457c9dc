import { describe, expect, test } from "vitest";
import { inferSchema, tableFromRows } from "../../tabular/index.ts";
import type { StudyOptions } from "./options.types.ts";
import { planStudy } from "./plan.ts";
import { countTrials, describePlan, rateTrials, variantTrials } from "./planTrials.ts";

const table = tableFromRows(
  Array.from({ length: 500 }, (_, i) => ({ a: Math.sin(i), b: i % 11, y: i % 2 ? "yes" : "no" })),
);
const classes = { table, schema: inferSchema(table, { target: "y" }) };
const data = { table, schema: inferSchema(table, { target: "a" }) };

describe("a plan", () => {
  test("by default: 8 arms, 7 rates, 10 seeds; then fewer rows and epochs, and other units on raw features alone", () => {
    const plan = planStudy(data);
    expect(plan.rows).toEqual({ all: 500, train: 320, validation: 80, test: 100, distinct: 500, independent: 500 });
    expect(plan.settings).toMatchObject({ metric: "mae", epochs: 100, batchSize: 32 });
    const rates = rateTrials(plan);
    const variants = variantTrials(plan, ({ norm }) => (norm === "batch" ? 0.1 : 0.001));
    expect([rates.length, variants.length]).toEqual([560, 310]);
    expect(countTrials(plan)).toEqual({ rates: 560, variants: 310, all: 870 });
    expect(new Set([...rates, ...variants].map(({ id }) => id)).size).toBe(870);
    expect(variants.filter(({ rescale }) => rescale !== null).map(({ arm }) => arm.scale)).toEqual(
      Array(30).fill("raw"),
    );
    expect(variants.filter(({ arm }) => arm.norm === "batch").every(({ lr }) => lr === 0.1)).toBe(true);
    expect(describePlan(plan).join(" ")).toContain("870 networks on 320 training rows, 100 epochs in batches of 32");
    expect(describePlan({ ...plan, settings: { ...plan.settings, epochs: 1 } })[0]).toContain(
      " rows, 1 epoch in batches",
    );
  });

  test("shorter trainings where the schedule ends with the epochs, and no two of one length", () => {
    expect(planStudy(data).epochFractions).toEqual([0.125, 0.25, 0.5]);
    expect(planStudy(data, { train: { schedule: "none" } }).epochFractions).toEqual([]);
    expect(planStudy(data, { train: { schedule: "cosine" }, quick: true }).epochFractions).toEqual([0.25, 0.5]);
    expect(planStudy(data, { epochs: 3 }).epochFractions).toEqual([0.25, 0.5]);
    expect(planStudy(data, { epochs: 1 }).epochFractions).toEqual([]);
  });

  test("whole seeds come one after the other", () => {
    const seeds = rateTrials(planStudy(data, { seeds: [5, 3] })).map(({ seed }) => seed);
    expect(seeds).toEqual([...Array(56).fill(5), ...Array(56).fill(3)]);
  });

  test("is plain JSON, and so are its trials", () => {
    const plan = planStudy(classes, { quick: true });
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(JSON.parse(JSON.stringify(rateTrials(plan)))).toEqual(rateTrials(plan));
    expect(plan.settings.metric).toBe("errorRate");
  });

  test("an arm without a rate has no variants", () => {
    expect(variantTrials(planStudy(data), () => undefined)).toEqual([]);
  });

  test("larger tables get fewer epochs: about 1000 steps", () => {
    const large = tableFromRows(Array.from({ length: 8000 }, (_, i) => ({ x: i, y: Math.sin(i) })));
    expect(
      planStudy({ table: large, schema: inferSchema(large, { target: "y", kinds: { x: "numeric" } }) }).settings.epochs,
    ).toBe(7);
  });
});

test.each<[StudyOptions, RegExp]>([
  [{ seed: 3 } as never, /planStudy: unknown option "seed"/],
  [{ seeds: 0 }, /seeds is 0, expected a whole number from 1 to 10000, or a list of seeds/],
  [{ seeds: "3" as never }, /seeds is "3", expected a whole number/],
  [{ seeds: [] }, /seeds is \[\], expected a whole number from 1 to 10000, or a list of seeds/],
  [{ seeds: [1, 0.5] }, /seeds\[1\] is 0.5, expected a whole number from 0 to 16777215/],
  [{ seeds: [1, 1] }, /seeds has 1 twice; leave one of them out/],
  [{ lrs: [] }, /lrs is \[\], expected at least one learning rate above 0/],
  [{ lrs: [0.1, -1] }, /lrs\[1\] is -1, expected a finite number above 0/],
  [{ lrs: [0.1, 0.1] }, /lrs has 0.1 twice; leave one of them out/],
  [{ batchSize: 1 }, /batchSize is 1, expected a whole number of at least 2/],
  [{ epochs: 2.5 }, /epochs is 2.5, expected a whole number/],
  [{ rowFractions: [1] }, /rowFractions\[0\] is 1, expected a number above 0 and below 1/],
  [
    { rowFractions: [0.001] },
    /rowFractions has 0.001, and 0.001 of 320 training rows is fewer than 2; give a larger fraction/,
  ],
  [{ epochFractions: [1] }, /epochFractions\[0\] is 1, expected a number above 0 and below 1/],
  [{ rescale: [0] }, /rescale\[0\] is 0, expected a finite number above 0/],
  [{ hidden: [0] }, /hidden\[0\] is 0, expected a whole number from 1 to 65536/],
  [{ worth: 2 }, /worth is 2, expected a share from 0 to 1/],
  [{ targetError: 0 }, /targetError is 0, expected a finite number above 0/],
  [{ train: { optimizer: "lion" as never } }, /planStudy: train.optimizer is "lion", expected one of adam, adamw, sgd/],
  [{ ask: "size" as never }, /ask is "size", expected one of normalization, placement, dropout, .*, pooling, networks/],
  [{ metric: "mape" as never }, /metric is "mape", expected one of mae, rmse/],
  [{ metric: "errorRate" }, /metric is "errorRate"; for regression it is mae or rmse/],
  [{ dropout: 1 }, /dropout is 1, expected a share from 0 up to, but not including, 1/],
  [{ arms: [] }, /arms is \[\], expected a list of at least one arm/],
  [
    { arms: [{ scale: "minmax" as never, norm: "none", dropout: 0 }] },
    /scale is "minmax", expected raw, zscore, robust, squash/,
  ],
  [{ arms: [0, 0].map(() => ({ scale: "raw", norm: "none", dropout: 0 })) }, /"raw, no normalization" is there twice/],
])("%j is refused", (options, message) => {
  expect(() => planStudy(data, options)).toThrow(message);
});
