import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { packDigits } from "../../scripts/digits.ts";
import { digitOf, digitsSchema, digitsTable, levelsOf } from "./digits.ts";
import { brightest, pixels, side, unpackDigits } from "./packed.ts";

const packed = packDigits();
const levels = await unpackDigits(packed);
const table = digitsTable(levels);

describe("the digits of the page", () => {
  it("are 200 of each, the same text every time, and at most 110 kB", () => {
    expect(packDigits()).toBe(packed);
    expect(packed.length).toBeLessThan(110_000);
    expect(packed).toMatch(/^[A-Za-z0-9+/=]+\nThe MIT License \(MIT\)\n\nCopyright \(c\) 2015 Juan Cazala\n/);
    expect(levels).toHaveLength(2000 * pixels);
    const counts: Record<string, number> = {};
    for (let row = 0; row < table.rows; row++) counts[digitOf(table, row)] = (counts[digitOf(table, row)] ?? 0) + 1;
    expect(Object.values(counts)).toEqual(Array(10).fill(200));
    expect(Object.keys(counts)).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    expect(levels.reduce((most, level) => Math.max(most, level))).toBe(brightest);
  });

  it("are the pictures of the package, at half the size", () => {
    const folder = join(dirname(createRequire(import.meta.url).resolve("mnist")), "digits");
    for (const [row, digit, i] of [
      [0, 0, 0],
      [13, 3, 1],
      [1999, 9, 199],
    ]) {
      const { data }: { data: number[] } = JSON.parse(readFileSync(join(folder, `${digit}.json`), "utf8"));
      const at = (y: number, x: number) => data[784 * i + 28 * y + x];
      const found = levelsOf(table, row);
      for (let k = 0; k < pixels; k++) {
        const [y, x] = [2 * Math.floor(k / side), 2 * (k % side)];
        const mean = (at(y, x) + at(y, x + 1) + at(y + 1, x) + at(y + 1, x + 1)) / 4;
        expect(Math.abs(found[k] / brightest - mean), `picture ${row}, pixel ${k}`).toBeLessThan(
          0.5 / brightest + 0.002,
        );
      }
      expect(digitOf(table, row)).toBe(String(digit));
    }
  });

  it("are a column for each pixel, from 0 to 1, all of them features", () => {
    const { columns, target, task, classes } = digitsSchema(table);
    expect([columns.filter(({ use }) => use === "feature").length, target, task]).toEqual([
      pixels,
      "digit",
      "multiclass",
    ]);
    expect(classes).toHaveLength(10);
    expect(columns.slice(0, side + 1).map(({ name }) => name)).toEqual([
      ...Array.from({ length: side }, (_, x) => `pixel 0,${x}`),
      "pixel 1,0",
    ]);
    expect(levelsOf(table, 5)).toEqual(levels.subarray(5 * pixels, 6 * pixels));
  });
});
