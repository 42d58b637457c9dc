import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Tensor } from "evenkeel";

/**
 * What the ports share: the tables of the vega-datasets package, and a digest of values that are to
 * be equal bit for bit.
 */

const read = (name: string) => readFileSync(new URL(`../data/${name}`, import.meta.resolve("vega-datasets")), "utf8");

/** The rows of a JSON file. */
export function readRows<Row>(name: string): Row[] {
  return JSON.parse(read(name));
}

/** The rows of a CSV file without quotes, as records of strings. */
export function readCsv(name: string): Record<string, string>[] {
  const [header, ...lines] = read(name)
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
  return lines.map((cells) => Object.fromEntries(header.map((column, i) => [column, cells[i]])));
}

/** Twelve digits that change when any bit of the tensors does. */
export function fingerprint(tensors: Iterable<Tensor>): string {
  const digest = createHash("sha256");
  // A copy: a tensor's values may be a part of a larger memory.
  for (const tensor of tensors) digest.update(tensor.data.slice());
  return digest.digest("hex").slice(0, 12);
}

export type { Car } from "../mpg.ts";

export interface Penguin {
  Species: string;
  Island: string;
  "Beak Length (mm)": number | null;
  "Beak Depth (mm)": number | null;
  "Flipper Length (mm)": number | null;
  "Body Mass (g)": number | null;
  Sex: string | null;
}
