import { describe, expect, test } from "vitest";
import { madeUpComparison } from "../../../../../../test/madeUpStudy.ts";
import { inferSchema, splitRows, tableFromRows } from "../../../tabular/index.ts";
import { planTable } from "../../../train/table/plan.ts";
import { optionsOf, planTrial, trialOptions } from "../../arms/trainingOptions.ts";
import type { StudyOptions } from "../../plan/options.types.ts";
import { planStudy } from "../../plan/plan.ts";
import { describePlan, rateTrials } from "../../plan/planTrials.ts";
import { concludeStudy } from "../../report/result.ts";
import { questions } from "../index.ts";
import type { Ask } from "../question.ts";

const table = tableFromRows(Array.from({ length: 500 }, (_, i) => ({ a: Math.sin(i), b: i % 7, y: Math.cos(i) })));
const data = { table, schema: inferSchema(table, { target: "y" }) };
const classes = { table, schema: inferSchema(table, { target: "b", task: "multiclass" }) };

/** Each question with its arms and claims. */
const recipes: readonly (readonly [Ask, readonly string[], readonly string[]])[] = [
  [
    "dropout",
    ["dropout 0.15", "no dropout", "dropout 0.1", "dropout 0.3", "dropout 0.5"],
    ["dropoutHelps", "halfIsBest"],
  ],
  [
    "batches",
    ["batches of 32", "batches of 2", "batches of 8", "batches of 128"],
    ["smallBatches", "tinyBatches", "largeBatchGap"],
  ],
  [
    "width",
    ["128-64", "64-32", "256-128", "128-64-32", "128", "no hidden layer"],
    ["hiddenNeeded", "deeperBetter", "widerNoWorse"],
  ],
  [
    "activation",
    ["ReLU", "LeakyReLU", "ELU", "GELU", "SiLU", "Tanh"],
    ["reluBetter", "eluBetter", "geluBetter", "siluBetter"],
  ],
  [
    "optimizer",
    ["AdamW, one cycle", "AdamW, constant rate", "Adam, one cycle", "SGD, one cycle"],
    ["oneCycleBetter", "decayBetter", "sgdBetter"],
  ],
  [
    "scaling",
    ["squashed features", "raw features", "z-scored features", "robustly scaled features"],
    ["scalingNeeded", "squashBetter", "limitNeeded"],
  ],
];

describe.each(recipes)("%s", (ask, names, claims) => {
  test("has these arms, and is in the list of questions", () => {
    const { arms } = planStudy(data, { ask });
    expect(arms.map(({ name }) => name)).toEqual(names);
    expect(questions.map((question) => question.ask)).toContain(ask);
  });

  test.each([data, classes])("the first arm is trained as by trainTable, and no two arms alike", (of) => {
    const plan = planStudy(of, { ask });
    const rows = splitRows(of.table, of.schema, { seed: 0 });
    const trained = plan.arms.map((arm) => {
      const options = trialOptions({ ...plan.settings, arm, lr: 0.01, seed: 0 });
      const { plan: planned } = planTrial(of.schema, rows, options, rows.train);
      return { ...planned, preprocessing: optionsOf(arm).preprocessing };
    });
    const { batchSize, epochs } = plan.settings;
    const usual = planTable(rows, of.schema.task, { recipe: "simple", refit: false, batchSize, epochs });
    expect(trained[0]).toEqual({ ...usual, preprocessing: { scale: "squash", clampPredictions: true } });
    expect(new Set(trained.map((one) => JSON.stringify(one))).size).toBe(names.length);
  });

  test("judges its claims by arms that it has", () => {
    const { plan, trials } = madeUpComparison(() => ({}), { ask });
    const found = concludeStudy(plan, trials);
    expect(found.claims.map(({ id }) => id)).toEqual(claims);
    // Batches of 256 are too large for 500 rows.
    const studied = found.claims.filter(({ sentence }) => !sentence.startsWith("Not studied"));
    expect(studied.length).toBe(claims.length - (ask === "batches" ? 1 : 0));
    expect(found.headline.sentences[0]).not.toContain("undefined");
  });

  test("refuses dropout, and options that its arms have themselves", () => {
    expect(() => planStudy(data, { ask, dropout: 0.1 })).toThrow(`the arms of the question ${ask} have values`);
  });
});

const verdicts = (ask: Ask, errors: Readonly<Record<string, number>>, options: StudyOptions = {}) => {
  const made = madeUpComparison(
    ({ name }, { seed }) => ({ validation: (errors[name] ?? 1) + 0.0005 * Math.cos(seed * name.length) }),
    { ask, ...options },
  );
  return Object.fromEntries(concludeStudy(made.plan, made.trials).claims.map(({ id, verdict }) => [id, verdict]));
};

describe("claims come out true and false", () => {
  test("dropout", () => {
    expect(verdicts("dropout", { "no dropout": 1.1 })).toEqual({ dropoutHelps: "held", halfIsBest: "held" });
    expect(verdicts("dropout", { "no dropout": 0.9 })).toEqual({ dropoutHelps: "not held", halfIsBest: "not held" });
  });

  test("width", () => {
    const larger = { "no hidden layer": 2, "128-64-32": 0.9, "64-32": 1.1, "256-128": 0.9 };
    expect(verdicts("width", larger)).toEqual({ hiddenNeeded: "held", deeperBetter: "held", widerNoWorse: "held" });
    const smaller = { "no hidden layer": 0.8, "128-64-32": 1.1, "64-32": 0.9 };
    const none = { hiddenNeeded: "not held", deeperBetter: "not held", widerNoWorse: "not held" };
    expect(verdicts("width", smaller)).toEqual(none);
    expect(verdicts("width", { "256-128": 1.1 }).widerNoWorse).toBe("not held");
  });

  test("batch size", () => {
    expect(verdicts("batches", { "batches of 2": 1.1, "batches of 128": 1.1 })).toMatchObject({
      smallBatches: "held",
      tinyBatches: "held",
    });
    expect(verdicts("batches", { "batches of 2": 0.9, "batches of 128": 0.9 })).toMatchObject({
      smallBatches: "not held",
      tinyBatches: "not held",
    });
  });

  test("activation", () => {
    expect(verdicts("activation", { ReLU: 1, Tanh: 1.1, ELU: 0.9, GELU: 1.1, SiLU: 1 })).toEqual({
      ...{ reluBetter: "held", eluBetter: "held", geluBetter: "not held", siluBetter: "not held" },
    });
  });

  test("optimizer", () => {
    expect(verdicts("optimizer", { "AdamW, constant rate": 1.1, "SGD, one cycle": 0.9 })).toEqual({
      ...{ oneCycleBetter: "held", decayBetter: "not held", sgdBetter: "held" },
    });
    expect(verdicts("optimizer", { "Adam, one cycle": 1.1 }).decayBetter).toBe("held");
  });

  test("scaling", () => {
    expect(verdicts("scaling", { "raw features": 1.1, "robustly scaled features": 0.9 })).toEqual({
      ...{ scalingNeeded: "held", squashBetter: "not held", limitNeeded: "not held" },
    });
  });
});

describe("the options of the user", () => {
  test("are the reference, or all arms have them", () => {
    const names = (options: StudyOptions) => planStudy(data, options).arms.map(({ name }) => name);
    expect(names({ ask: "batches", batchSize: 8 }).slice(0, 2)).toEqual(["batches of 8", "batches of 2"]);
    expect(names({ ask: "width", hidden: [7] })).toEqual(["7", "4", "14", "7-4", "no hidden layer"]);
    expect(names({ ask: "activation", activation: "gelu" }).slice(0, 2)).toEqual(["GELU", "ReLU"]);
    const plan = planStudy(data, { ask: "dropout", train: { optimizer: "sgd" } });
    expect(rateTrials(plan)[0].train).toEqual({ optimizer: "sgd" });
    expect(() => planStudy(data, { ask: "width", hidden: [] })).toThrow(/the question width varies hidden layers/);
    expect(() => planStudy(data, { ask: "optimizer", train: { schedule: "none" } })).toThrow(
      "planStudy: the arms of the question optimizer have values of their own for train.schedule; leave it out",
    );
  });

  test("the recipe is named", () => {
    const said = (options: StudyOptions) => describePlan(planStudy(data, options)).find((one) => /recipe/.test(one));
    const usual =
      "The recipe is trainTable's simple one: AdamW with weight decay 0.1, the rate in one cycle and squared errors";
    expect(said({})).toBe(`${usual}.`);
    expect(said({ ask: "optimizer" })).toBe(`${usual}, unless an arm has its own.`);
    expect(said({ train: { optimizer: "adam", schedule: "none" } })).toBe(
      "The recipe is given: Adam, a constant rate, squared errors and stopped after 30 epochs without gain.",
    );
  });
});
