import { expect, test } from "vitest";
import { fillNormal, Generator } from "../random/index.ts";
import { inferSchema, splitRows, tableFromColumns } from "../tabular/index.ts";
import { confidence } from "./judge.ts";
import { planStudy } from "./plan.ts";
import { estimateMean, mean } from "./statistics.ts";
import { StudyView } from "./view.ts";

/**
 * Two learners that are equally good on rows of this kind, y = a + b + noise: a line through a alone, and one through b
 * alone. On one table one of them has luck, and every split of it shows the same luck again.
 */
const tables = 600;
const rows = 100;
const columns = () => ({ a: new Float64Array(rows), b: new Float64Array(rows), y: new Float64Array(rows) });

function tableOf(generator: Generator, advantage: number) {
  const { a, b, y } = columns();
  for (const values of [a, b, y]) fillNormal(values, 0, 1, generator);
  for (let i = 0; i < rows; i++) y[i] += (1 + advantage) * a[i] + b[i];
  return tableFromColumns({ a, b, y });
}

function errorOfLine(x: Float64Array, y: Float64Array, train: Int32Array, test: Int32Array): number {
  const [xs, ys] = [x, y].map((values) => Array.from(train, (row) => values[row]));
  const [mx, my] = [mean(xs), mean(ys)];
  const across = xs.reduce((sum, value, i) => sum + (value - mx) * (ys[i] - my), 0);
  const slope = across / xs.reduce((sum, value) => sum + (value - mx) ** 2, 0);
  return mean(Array.from(test, (row) => Math.abs(y[row] - my - slope * (x[row] - mx))));
}

/** The parts of the tables in which intervals leave out 0: plain ones, the study's way at 95%, and the study's own. */
function apart(advantage: number): { plain: number; corrected: number; study: number } {
  const generator = new Generator(3);
  const found = { plain: 0, corrected: 0, study: 0 };
  for (let i = 0; i < tables; i++) {
    const table = tableOf(generator, advantage);
    const data = { table, schema: inferSchema(table, { target: "y" }) };
    const plan = planStudy(data);
    const { validation, test: share } = plan.settings;
    const view = new StudyView(plan, []);
    const [a, b, y] = table.columns.map(({ values }) => values as Float64Array);
    const differences = plan.seeds.map((seed) => {
      const { train, test } = splitRows(table, data.schema, { validation, test: share, seed });
      return errorOfLine(a, y, train, test) - errorOfLine(b, y, train, test);
    });
    const options = view.estimation();
    for (const [name, { interval }] of Object.entries({
      plain: estimateMean(differences),
      corrected: estimateMean(differences, { ...options, confidence: 0.95 }),
      study: view.estimate(differences),
    })) {
      if (interval !== null && (interval.low > 0 || interval.high < 0)) found[name as keyof typeof found] += 1 / tables;
    }
  }
  return found;
}

test("learners that are equally good are told apart in about 1 of 20 tables at 95%, in 1 of 100 by a study", () => {
  const { plain, corrected, study } = apart(0);
  // Splits that share rows are no independent seeds: this is what the correction is for.
  expect(plain).toBeGreaterThan(0.25);
  expect(corrected).toBeGreaterThan(0.02);
  expect(corrected).toBeLessThan(0.08);
  expect(study).toBeLessThan(0.03);
  expect(confidence).toBe(0.99);
});

test("an advantage is still found", () => {
  expect(apart(2).study).toBeGreaterThan(0.9);
});
