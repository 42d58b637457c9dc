import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type NewRun, RunFolder } from "../runs/runFolder.ts";
import type { RunStatus } from "../runs/types.ts";
import { findModel } from "./findModel.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "evenkeel-models-"));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const config: NewRun = {
  command: ["train", "mpg"],
  table: { source: "mpg", rows: 392 },
  target: "MPG",
  task: "regression",
  seed: 0,
  split: { train: 251, validation: 63, test: 78 },
  settings: {},
  recipe: { source: "mpg", read: {}, options: { target: "mpg" }, fingerprint: "0123456789abcdef" },
};

/** A run of that day, with or without a model. */
function record(day: number, status: RunStatus, model: boolean): string {
  const folder = RunFolder.create(join(cwd, "runs"), config, new Date(2026, 0, day));
  const scores = { epochs: 1, seconds: 1, scores: {}, baselines: {}, findings: [] };
  folder.writeResult({ status, ...scores });
  if (model) writeFileSync(folder.file("model"), "");
  folder.release();
  return folder.id;
}

test("latest is the newest run that has a model and did not fail", () => {
  const place = { cwd, runs: "runs" };
  record(1, "finished", true);
  const wanted = record(2, "interrupted", true);
  const failed = record(3, "failed", true);
  const none = record(4, "interrupted", false);
  expect(findModel("latest", place).name).toBe(wanted);
  expect(findModel(failed, place).name).toBe(failed); // it was asked for
  expect(() => findModel(none, place)).toThrow("has no model.safetensors, it is interrupted");
});

test("where no run has a model, that is said", () => {
  record(1, "failed", true);
  expect(() => findModel("latest", { cwd, runs: "runs" })).toThrow("no run has a model: they failed");
});
