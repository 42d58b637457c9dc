import { tmpdir } from "node:os";
import { afterAll, expect, test } from "vitest";
import { openDatabase } from "../database.ts";
import { collect } from "./collect.ts";

const database = await openDatabase({ memoryLimit: "512MB", threads: 1, temporary: tmpdir(), cwd: tmpdir() });
afterAll(() => database.close());

const rowsOf = (count: number) => ({
  name: "numbers",
  from: `range(${count}) t(id)`,
  columns: [{ name: "id", sql: "id::DOUBLE", type: "DOUBLE" }],
  notes: [],
});

async function sampled(rows: number, sample: number, seed: number): Promise<number[]> {
  const { columns } = await collect(database, [rowsOf(rows)], { sample, seed }, () => {});
  return columns[0].type === "number" ? [...columns[0].values] : expect.fail("no numbers");
}

test("a sample has each row as likely as any other, the first and the last too", async () => {
  const draws = 200;
  const left = new Array<number>(5).fill(draws);
  for (let seed = 0; seed < draws; seed++) for (const id of await sampled(5, 4, seed)) left[id]--;
  // Each is left out by one draw in five; the standard deviation of their number is 5.7.
  for (const times of left) expect(Math.abs(times - 40)).toBeLessThan(3 * 5.7);
});
