import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Table, tableFromRows } from "../packages/evenkeel/src/tabular/index.ts";
import type { History, TableTraining } from "../packages/evenkeel/src/train/index.ts";

/** The rows of a table of the vega-datasets package: "cars.json", "penguins.json". */
export function vegaRows(file: string): Readonly<Record<string, unknown>>[] {
  const entry = createRequire(import.meta.url).resolve("vega-datasets");
  return JSON.parse(readFileSync(join(dirname(entry), "../data", file), "utf8"));
}

export const vegaTable = (file: string): Table => tableFromRows(vegaRows(file));

export type ShopRow = Readonly<Record<string, unknown>>;

/**
 * Rows of every kind of column: `size`, `weight` (some missing), `town` of 15 and `shop` of 20
 * categories, which are embedded, `colour` of 3, `new`, `day`. `price` is a number above 0, `kind`
 * one of 3 classes, `sold` yes in a quarter.
 */
export function shopRows(count: number): ShopRow[] {
  return Array.from({ length: count }, (_, i) => {
    const noise = (factor: number) => ((i * factor) % 97) / 97;
    const [size, town, colour] = [1 + 9 * noise(31), i % 15, (i * 7) % 3];
    const score = size + 0.4 * town + 2 * colour;
    return {
      size: Number(size.toFixed(3)),
      weight: i % 11 === 3 ? null : Number((3 * noise(53) + size / 2).toFixed(3)),
      town: `town ${town}`,
      shop: `shop ${(i * 13) % 20}`,
      colour: ["red", "green", "blue"][colour],
      new: (i * 5) % 4 === 0,
      day: `2024-0${1 + (i % 9)}-1${i % 10}`,
      price: Number((20 + 3 * score + noise(17)).toFixed(3)),
      kind: score < 7 ? "small" : score < 11 ? "middle" : "large",
      sold: score > 12 ? "yes" : "no",
    };
  });
}

/** The columns that are there to predict from. */
export const shopFeatures = ["size", "weight", "town", "shop", "colour", "new", "day"];

export const shopTable = (count = 80): Table => tableFromRows(shopRows(count));

/** All that is to be the same of two trainings: everything but the clock. */
export function withoutSeconds({ history }: Pick<TableTraining, "history">): History<string> {
  return { ...history, seconds: 0, epochs: history.epochs.map((epoch) => ({ ...epoch, seconds: 0 })) };
}
