import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listRuns } from "../records/runs/readRun.ts";
import { runLine } from "./run.fixture.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "evenkeel-said-"));
  const rows = Array.from({ length: 60 }, (_, i) => `${i % 7},${(i * 31) % 11},${3 * (i % 7) + ((i * 31) % 11)}`);
  writeFileSync(join(cwd, "sums.csv"), `a,b,sum\n${rows.join("\n")}\n`);
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const train = (...args: string[]) =>
  runLine(["train", "sums.csv", "--target", "sum", "--epochs", "1", "--no-report", "--hidden", "none", ...args], {
    cwd,
  });

test("a network without hidden layers is called a linear model, whatever would be in them", async () => {
  const { out } = await train();
  expect(out).toMatch(/ parameters: a linear model$/m);
  expect(out).not.toMatch(/batch normalization|relu|dropout/);
});

test("the last line is the next command, as it can be typed", async () => {
  const last = async (...args: string[]) => (await train(...args)).out.trimEnd().split("\n").at(-1);
  expect(await last("--runs", "my runs")).toBe(
    `Next:  evenkeel predict ${listRuns(join(cwd, "my runs"))[0].id} new-rows.csv --runs 'my runs'`,
  );
  expect(await last("--out", "a model.safetensors")).toBe("Next:  evenkeel predict 'a model.safetensors' new-rows.csv");
});
