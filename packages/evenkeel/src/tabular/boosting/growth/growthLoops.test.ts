import { describe, expect, it } from "vitest";
import { Generator, randperm } from "../../../random/index.ts";
import { BinnedRows } from "./binnedRows.ts";
import { GrowthArrays } from "./growthArrays.ts";
import { binPlaces, groupWidth } from "./growthLoops.ts";

const rows = 1003;
const drawn = (seed: number, count: number) => {
  const order = randperm(count, new Generator(seed));
  return Array.from(order, (value) => value / count - 0.5);
};

/** The same features and derivatives, in both kinds of arrays. */
function bothKinds(features: number, constantHessian: boolean): GrowthArrays[] {
  return [false, true].map((compiled) => {
    const arrays = new GrowthArrays({ rows, features, outputs: 2, constantHessian }, compiled);
    for (const [k, group] of arrays.groups.entries()) {
      group.set(drawn(k, group.length).map((value) => Math.floor((value + 0.5) ** 3 * binPlaces)));
    }
    for (const [k, values] of [...arrays.gradients, ...arrays.hessians].entries()) {
      values.set(drawn(10 + k, values.length));
    }
    arrays.rows.set(randperm(rows, new Generator(7)));
    arrays.goesLeft.set(drawn(8, binPlaces).map((value) => (value > 0.1 ? 1 : 0)));
    return arrays;
  });
}

describe.each([true, false])("the loops of a growth, all hessians 1: %s", (constantHessian) => {
  it.each([1, 4, 5, 7, 8, 11])("add up %i features to the same bits in JavaScript and in WebAssembly", (features) => {
    const [plain, compiled] = bothKinds(features, constantHessian);
    expect(compiled.rows.buffer).toBe(compiled.sums.buffer); // it is one memory
    for (const group of plain.groups.keys()) {
      const width = Math.min(groupWidth, features - group * groupWidth);
      for (const arrays of [plain, compiled]) {
        arrays.sums.fill(0);
        arrays.counts.fill(0);
        arrays.loops.addRows(group, width, 1, 3, 3);
        arrays.loops.addRows(group, width, 1, 5, rows - 2);
      }
      expect(compiled.sums).toEqual(plain.sums);
      expect(compiled.counts).toEqual(plain.counts);
      const counted: ArrayLike<number> = constantHessian ? plain.sums.filter((_, i) => i % 2 === 1) : plain.counts;
      expect(Array.from(counted).reduce((sum, count) => sum + count, 0)).toBe(width * (rows - 7));
    }
  });

  it("divide rows as a filter does, and each part keeps its order", () => {
    for (const arrays of bothKinds(11, constantHessian)) {
      const before = Array.from(arrays.rows);
      const goesLeft = (row: number) => arrays.goesLeft[arrays.groups[1][row * groupWidth + 2]] === 1;
      const inside = before.slice(5, rows - 2);
      const left = inside.filter(goesLeft);
      expect(arrays.loops.partition(1, 2, 5, rows - 2)).toBe(5 + left.length);
      const right = inside.filter((row) => !goesLeft(row));
      expect(Array.from(arrays.rows)).toEqual([...before.slice(0, 5), ...left, ...right, ...before.slice(-2)]);
      expect(arrays.loops.partition(0, 0, 9, 9)).toBe(9);
    }
  });
});

describe("rows in bins", () => {
  const thresholds = [Float64Array.of(-0.25, 0, 0.25), new Float64Array(0), ...Array(8).fill(Float64Array.of(0.1))];
  const categories = [0, 4, ...new Array<number>(8).fill(0)];
  const missing = (values: number[]) => values.map((value, i) => (i % 9 === 4 ? Number.NaN : value));
  const columns = categories.map((count, k) => {
    const values = drawn(k, rows);
    return Float64Array.from(missing(count > 0 ? values.map((value) => Math.floor((value + 0.5) * count)) : values));
  });
  // Two trees: of a number up to 0 and a category, 1 or 3; and of the tenth feature, missing or not.
  const trees = {
    child: Int32Array.of(1, -1, 3, -1, -1, 6, -1, -1),
    feature: Int32Array.of(0, 0, 1, 0, 0, 9, 0, 0),
    threshold: Float64Array.of(0, 0, Number.NaN, 0, 0, Number.POSITIVE_INFINITY, 0, 0),
    missingLeft: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0),
    categorySet: Int32Array.of(-1, -1, 0, -1, -1, -1, -1, -1),
    categories: Int32Array.of(0b1010, 0, 0, 0, 0, 0, 0, 0),
    value: Float64Array.of(0, 0.1, 0, 0.2, 0.3, 0, 0.4, 0.5),
  };
  const leafOf = (row: number) => {
    const [number, category] = [columns[0][row], columns[1][row]];
    if (!(number > 0)) return 0.1;
    return category === 1 || category === 3 ? 0.2 : 0.3;
  };

  it.each([false, true])("go down trees as the columns say; compiled: %s", (compiled) => {
    const binned = new BinnedRows(rows, { thresholds, missingBin: 255 }, 2, 8, compiled);
    binned.write(trees);
    const some = Int32Array.from({ length: 700 }, (_, i) => rows - 1 - i);
    for (const chosen of [undefined, some]) {
      const rowOf = (i: number) => chosen?.[i] ?? i;
      const count = chosen?.length ?? rows;
      for (const [k, column] of columns.entries()) binned.fillFeature(column, k, categories[k], chosen);
      for (const raw of binned.raw) raw.fill(1);
      binned.addTree(0, 1, count);
      binned.addTree(5, 1, count);
      binned.addTree(5, 0, 0);
      const expected = Array.from({ length: count }, (_, i) => {
        const row = rowOf(i);
        return 1 + leafOf(row) + (Number.isNaN(columns[9][row]) ? 0.5 : 0.4);
      });
      expect(Array.from(binned.raw[1].subarray(0, count))).toEqual(expected);
      expect(binned.raw[0].every((value) => value === 1)).toBe(true);
    }
  });
});
