import { describe, expect, it } from "vitest";
import { columnOf, type Table, tableFromColumns } from "../../tabular/index.ts";
import { permutationImportance } from "./permutationImportance.ts";

const rows = 60;
const values = (of: (i: number) => number) => Float64Array.from({ length: rows }, (_, i) => of(i));
const a = values((i) => Math.sin(i));
const b = values((i) => Math.cos(5 * i));
const kind = Array.from({ length: rows }, (_, i) => (i % 3 === 0 ? "x" : "y"));
const table = tableFromColumns({ a, b, kind, unused: values((i) => i), y: values((i) => 3 * a[i] + b[i]) });

const numbers = (of: Table, name: string) => columnOf(of, name) as { values: Float64Array };
/** Mean absolute error of 3a + b, which is exact. */
const score = (of: Table) => {
  const [left, right, truth] = ["a", "b", "y"].map((name) => numbers(of, name).values);
  return truth.reduce((sum, y, i) => sum + Math.abs(3 * left[i] + right[i] - y), 0) / of.rows;
};

describe("permutationImportance", () => {
  it("is the loss of score: in proportion to what a column does, and 0 for one that is not read", async () => {
    const found = await permutationImportance(table, {
      ...{ columns: ["a", "b", "unused"], score, better: "lower", repeats: 40 },
    });
    expect(found.map(({ column }) => column)).toEqual(["a", "b", "unused"]);
    const [first, second, third] = found.map(({ drops }) => drops.reduce((sum, drop) => sum + drop, 0) / drops.length);
    // The expectation over all shuffles is the mean over all pairs of rows.
    const pairs = (of: Float64Array) => {
      const all = [...of].flatMap((x) => [...of].map((y) => Math.abs(x - y)));
      return all.reduce((sum, difference) => sum + difference, 0) / all.length;
    };
    expect(Math.abs(first / (3 * pairs(a)) - 1)).toBeLessThan(0.05);
    expect(Math.abs(second / pairs(b) - 1)).toBeLessThan(0.05);
    expect(third).toBe(0);
    expect(new Set(found[0].drops).size).toBe(40);
  });

  it("turns the sign for scores of which more is better", async () => {
    const options = { columns: ["a"], better: "lower", score } as const;
    const [error] = await permutationImportance(table, options);
    const [accuracy] = await permutationImportance(table, {
      ...options,
      better: "higher",
      score: (of) => 1 - score(of),
    });
    for (const [i, drop] of accuracy.drops.entries()) expect(drop).toBeCloseTo(error.drops[i], 12);
  });

  it("shuffles texts too, follows the seed, and leaves the table as it is", async () => {
    const before = structuredClone(table);
    const seen: string[] = [];
    const look = (of: Table) => {
      const column = columnOf(of, "kind");
      if (column.type === "text") seen.push([...column.codes].map((code) => column.dictionary[code]).join(""));
      return 0;
    };
    const run = (seed: number) =>
      permutationImportance(table, { columns: ["kind"], score: look, better: "lower", repeats: 2, seed });
    await run(1);
    await run(1);
    await run(2);
    expect(table).toEqual(before);
    expect(seen.slice(3, 6)).toEqual(seen.slice(0, 3));
    expect(new Set(seen).size).toBe(5);
    for (const order of seen) expect([...order].sort()).toEqual([...kind].sort());
  });

  it("refuses what does not fit before anything is scored", async () => {
    const never = () => {
      throw new Error("scored");
    };
    const given = { columns: ["a"], score: never, better: "lower" } as const;
    const call = (changes: object) => permutationImportance(table, { ...given, ...changes });
    await expect(call({ columns: ["aa"] })).rejects.toThrow(/the table has no column "aa" \(did you mean "a"\?\)/);
    await expect(call({ columns: "a" })).rejects.toThrow('columns is "a", expected an array of names');
    await expect(call({ score: 1 })).rejects.toThrow("score is 1, expected a function of a table");
    await expect(call({ better: "less" })).rejects.toThrow('better is "less", expected one of lower, higher');
    await expect(call({ repeats: 0 })).rejects.toThrow("repeats is 0, expected a whole number of at least 1");
    await expect(call({ repeat: 2 })).rejects.toThrow('unknown option "repeat"');
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(call({ score: () => 0, signal })).rejects.toThrow("enough");
  });
});
