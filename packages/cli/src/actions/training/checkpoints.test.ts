import type { Checkpoint } from "evenkeel/io";
import { expect, it } from "vitest";
import { Checkpoints } from "./checkpoints.ts";

/** Epochs of `length` milliseconds, then the end; gives the epochs that were copied and those written. */
function trained(epochs: number, length: number, { copy = 0, write = 0, lastKnown = true } = {}) {
  let now = 0;
  const [copied, written]: [number[], (readonly [epoch: number, at: number])[]] = [[], []];
  const checkpoints = new Checkpoints(
    ({ epoch }) => {
      written.push([epoch, now]);
      now += write;
    },
    () => now,
  );
  for (let epoch = 1; epoch <= epochs; epoch++) {
    now += length;
    const take = () => {
      copied.push(epoch);
      now += copy;
      return { epoch } as Checkpoint;
    };
    checkpoints.epoch(take, lastKnown && epoch === epochs);
  }
  checkpoints.flush();
  checkpoints.flush();
  return { copied, written };
}

it("copies at most ten times a second, and writes once a second and at the end", () => {
  const { copied, written } = trained(300, 10);
  expect(copied).toHaveLength(1 + Math.floor(299 / 10) + 1);
  expect(written).toEqual([
    [101, 1010],
    [201, 2010],
    [300, 3000],
  ]);
});

it("keeps every epoch that is longer, the first and the last, and of short ones the last that is known", () => {
  expect(trained(4, 1500).written.map(([epoch]) => epoch)).toEqual([1, 2, 3, 4]);
  expect(trained(3, 1)).toEqual({ copied: [1, 3], written: [[3, 3]] });
  expect(trained(3, 1, { lastKnown: false }).written).toEqual([[1, 3]]);
});

it("writes more rarely where writing is slow", () => {
  const { written } = trained(1000, 100, { write: 100 });
  const gaps = written.slice(1, -1).map(([, at], i) => at - written[i][1]);
  expect(gaps.length).toBeGreaterThan(10);
  for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(100 / 0.02);
});
