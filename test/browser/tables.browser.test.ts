import { tableFromRows } from "evenkeel/tabular";
import { type TrainTableOptions, trainTable } from "evenkeel/train";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findBrowser } from "../../scripts/setupBrowser.ts";
import { shopFeatures, shopRows, vegaRows } from "../tableFixtures.ts";
import { runInBrowser } from "./browser.ts";
import { type Answers, answers, type Questions, type Rows, toBase64 } from "./tables.ts";

/**
 * A model's file says the same in a page as in Node, to the last bit, and a page trains the same
 * file.
 */

const browser = findBrowser();

/** Rows as somebody might enter them: something missing, left out, or unheard of. */
const strange = (rows: Rows, columns: readonly string[]): Rows =>
  columns.flatMap((name, i) => [
    { ...rows[i], [name]: null },
    Object.fromEntries(Object.entries(rows[i + 1]).filter(([key]) => key !== name)),
    ...(typeof rows[i][name] === "string" && !/^\d/.test(String(rows[i][name])) ? [{ ...rows[i], [name]: "?" }] : []),
  ]);

interface Case {
  readonly name: string;
  readonly rows: Rows;
  readonly columns: readonly string[];
  readonly options: TrainTableOptions;
}

const [cars, penguins, shop] = [vegaRows("cars.json"), vegaRows("penguins.json"), shopRows(120)];
const carColumns = ["Cylinders", "Horsepower", "Weight_in_lbs", "Year", "Origin"];
const penguinColumns = ["Island", "Beak Length (mm)", "Flipper Length (mm)", "Sex"];
const target = "Miles_per_Gallon";
const log = { target: "log" } as const;
/** Every way to encode a column and to decode an output. */
const cases: readonly Case[] = [
  { name: "numbers", rows: cars, columns: carColumns, options: { target, epochs: 4 } },
  { name: "logarithms", rows: cars, columns: carColumns, options: { target, epochs: 1, preprocessing: log } },
  { name: "classes", rows: penguins, columns: penguinColumns, options: { target: "Species", epochs: 2 } },
  {
    name: "two classes, embedded columns, dates",
    ...{ rows: shop, columns: shopFeatures },
    options: { target: "sold", features: shopFeatures, epochs: 2, schedule: "cosine" },
  },
];

let inNode: Answers;
let inPage: Answers;
beforeAll(async () => {
  if (browser === undefined) return;
  const models: Uint8Array[] = [];
  for (const { rows, options } of cases) models.push((await trainTable(tableFromRows(rows), options)).model.save());
  const damaged = models[0].slice();
  damaged.set(new TextEncoder().encode("}"), damaged.indexOf("{".charCodeAt(0), 9));
  const questions: Questions = {
    predict: cases.map(({ rows, columns }, i) => ({
      file: toBase64(models[i]),
      rows: [...rows, ...strange(rows, columns)],
    })),
    train: cases.map(({ rows, options }) => ({ rows, options })),
    refuse: [damaged, models[0].subarray(0, -4), new TextEncoder().encode("<!doctype html>")].map(toBase64),
  };
  inNode = await answers(questions);
  inPage = (await runInBrowser(browser, "test/browser/tables.ts", "answers", questions)) as Answers;
}, 120_000);

beforeEach(({ skip }) =>
  skip(browser === undefined, "no Chromium: npx tsx scripts/setupBrowser.ts says how to get one"),
);

describe("in a browser", () => {
  it.each(cases.map(({ name }, i) => [name, i] as const))("%s: the same predictions as in Node", (_, i) => {
    const { bits, classes } = inNode.predictions[i];
    // Of predictions that are all one, or NaN, it would prove nothing.
    expect(new Set(bits).size).toBeGreaterThan(bits.length / 4);
    expect(inPage.predictions[i].bits).toEqual(bits);
    expect(inPage.predictions[i].classes).toEqual(classes);
  });

  it.each(cases.map(({ name }, i) => [name, i] as const))("%s: training gives the same file as in Node", (_, i) => {
    expect(inPage.digests[i]).toBe(inNode.digests[i]);
  });

  it("a damaged file is refused with the same error", () => {
    expect(inPage.errors).toEqual(inNode.errors);
    expect(new Set(inNode.errors).size).toBe(3);
  });
});
