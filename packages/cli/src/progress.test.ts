import { Writable } from "node:stream";
import picocolors from "picocolors";
import { expect, test } from "vitest";
import { arms } from "./arms.ts";
import { showProgress } from "./progress.ts";
import type { TrialResult } from "./results.ts";

const settings = { epochs: 2, batchSize: 32, learningRate: 0.01 };

function result(index: number, seed: number): TrialResult {
  const { id, batchNorm } = arms[index];
  const score = (testMae: number) => ({ curve: [], testMae, testRmse: 0, trainMae: 0, predictions: [] });
  return {
    arm: id,
    seed,
    scores: { asTrained: score(index + seed), ...(batchNorm ? { recomputed: score(index + seed - 0.5) } : {}) },
  };
}

test("piped, a seed is told of when all its arms are trained", () => {
  let text = "";
  const write = (more: string) => {
    text += more;
  };
  const progress = showProgress({ write, writeError: write, colors: picocolors.createColors(false) }, [8, 9], settings);
  for (const index of [0, 1, 2, 3]) {
    for (const seed of [8, 9]) {
      if (index === 3) expect(text).not.toContain(`seed ${seed}:`);
      const trial = { arm: arms[index].id, seed };
      progress.update({ type: "epoch", trial, epoch: 1, testMae: 5 });
      progress.update({ type: "trial", trial, result: result(index, seed) });
    }
  }
  progress.stop();
  expect(text.split("\n")).toEqual([
    "Test MAE of each seed, in mpg; in brackets with running statistics recomputed:",
    "1/2 seed 8: before 8.00, after 9.00 (8.50), raw 10.00, both 11.00 (10.50)",
    "2/2 seed 9: before 9.00, after 10.00 (9.50), raw 11.00, both 12.00 (11.50)",
    "",
  ]);
});

test("on a terminal there is a bar for each arm, and the cursor comes back", () => {
  let text = "";
  const write = (more: string) => {
    text += more;
  };
  const stream = new Writable({
    write(chunk, _, done) {
      write(String(chunk));
      done();
    },
  });
  const terminal = Object.assign(stream, { isTTY: true, columns: 80 });
  const output = { write, writeError: write, colors: picocolors.createColors(false), terminal };
  const progress = showProgress(output, [1], settings);
  for (const index of arms.keys()) {
    const trial = { arm: arms[index].id, seed: 1 };
    for (const epoch of [1, 2]) progress.update({ type: "epoch", trial, epoch, testMae: 5 });
    progress.update({ type: "trial", trial, result: result(index, 1) });
  }
  progress.stop();
  expect(text).toContain("z-score, no BatchNorm");
  expect(text).toMatch(/raw, BatchNorm +█+ 100% 1\/1 seeds {2}2\.00 \(1\.50\)/);
  expect(text.lastIndexOf("\x1b[?25h")).toBeGreaterThan(text.lastIndexOf("\x1b[?25l"));
});
