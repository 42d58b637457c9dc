import { expect, test } from "vitest";
import { Generator } from "../../random/index.ts";
import { fillNormal } from "../../random/normal.ts";
import { inferSchema, splitRows, tableFromColumns } from "../../tabular/index.ts";
import { planStudy } from "../plan/plan.ts";
import { estimateMean, mean } from "./statistics.ts";
import { StudyView } from "./view.ts";

/**
 * Two learners that are equally good on such rows, y = a + b + noise: a line through a alone, and
 * one through b alone. On a given table one of them is better by chance, and every split of the
 * table repeats that chance.
 */
const tables = 600;
const rows = 100;
const columns = () => ({ a: new Float64Array(rows), b: new Float64Array(rows), y: new Float64Array(rows) });

function draw(generator: Generator) {
  const { a, b, y } = columns();
  for (const values of [a, b, y]) fillNormal(values, 0, 1, generator);
  for (let i = 0; i < rows; i++) y[i] += a[i] + b[i];
  return { a, b, y };
}

function errorOfLine(x: Float64Array, y: Float64Array, train: Int32Array, test: Int32Array): number {
  const [xs, ys] = [x, y].map((values) => Array.from(train, (row) => values[row]));
  const [mx, my] = [mean(xs), mean(ys)];
  const across = xs.reduce((sum, value, i) => sum + (value - mx) * (ys[i] - my), 0);
  const slope = across / xs.reduce((sum, value) => sum + (value - mx) ** 2, 0);
  return mean(Array.from(test, (row) => Math.abs(y[row] - my - slope * (x[row] - mx))));
}

/**
 * The fraction of the tables for which 95% intervals exclude 0: plain intervals, and those of a
 * study.
 */
function apart(): { plain: number; study: number } {
  const generator = new Generator(3);
  const found = { plain: 0, study: 0 };
  for (let i = 0; i < tables; i++) {
    const { a, b, y } = draw(generator);
    const table = tableFromColumns({ a, b, y });
    const data = { table, schema: inferSchema(table, { target: "y" }) };
    const plan = planStudy(data);
    const { validation, test: share } = plan.settings;
    const view = new StudyView(plan, []);
    const differences = plan.seeds.map((seed) => {
      const { train, test } = splitRows(table, data.schema, { validation, test: share, seed });
      return errorOfLine(a, y, train, test) - errorOfLine(b, y, train, test);
    });
    for (const [name, { interval }] of Object.entries({
      plain: estimateMean(differences),
      study: view.estimate(differences, 1),
    })) {
      if (interval !== null && (interval.low > 0 || interval.high < 0)) found[name as keyof typeof found] += 1 / tables;
    }
  }
  return found;
}

test("learners that are equally good are told apart in about 1 of 20 tables", () => {
  const { plain, study } = apart();
  // Splits that share rows are not independent seeds, which is why a study corrects for it.
  expect(plain).toBeGreaterThan(0.2);
  // 5% with 4 standard errors of 600 tables, 0.9% each.
  expect(study).toBeGreaterThan(0.015);
  expect(study).toBeLessThan(0.085);
});
