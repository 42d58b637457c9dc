import { describe, expect, it } from "vitest";
import { defaultSetup, type Setup } from "../state/setup.ts";
import type { Point, TrainingState } from "../training/frames.ts";
import { errorSentence } from "./errorSentence.ts";

const standing = (state: TrainingState, ...points: [step: number, evalMode: number, trainMode?: number][]) => ({
  ...{ state, step: points.at(-1)?.[0] ?? 0 },
  points: points.map(([step, evalMode, trainMode = evalMode]): Point => ({ step, loss: 1, trainMode, evalMode })),
});
const situation = { setup: defaultSetup, task: "regression" as const, target: "Miles_per_Gallon" };

describe("the sentence of errors", () => {
  it("compares both at the last step that both have done", () => {
    const left = standing("running", [410, 3.4], [420, 3.12]);
    const right = standing("running", [420, 2.9, 2.8], [430, 2.7, 2.6]);
    expect(errorSentence({ ...situation, trainings: { left, right } })).toBe(
      "At step 420: without normalization off by 3.12 Miles_per_Gallon, with BatchNorm 2.9 (in train mode 2.8).",
    );
  });

  it("says when a training diverged, and where the other stands", () => {
    const left = { ...standing("diverged", [0, 20], [10, Number.NaN]), step: 13 };
    const right = standing("finished", [0, 20], [2000, 2.9, 2.8]);
    expect(errorSentence({ ...situation, trainings: { left, right } })).toBe(
      "Without normalization, the training diverged at step 13: its loss is no number any more. " +
        "After all 2,000 steps: with BatchNorm off by 2.9 Miles_per_Gallon (in train mode 2.8).",
    );
    expect(errorSentence({ ...situation, trainings: { left, right: left } })).toMatch(/diverged.*diverged[^:]*:[^:]*$/);
  });

  it("tells two sides of one normalization apart, and counts wrong classes", () => {
    const setup: Setup = { ...defaultSetup, left: "batch", right: "batch" };
    const trainings = { left: standing("paused", [50, 0.25, 0.2]), right: standing("paused", [50, 0.125]) };
    expect(errorSentence({ setup, task: "multiclass", target: "Species", trainings })).toBe(
      "At step 50: with BatchNorm on the left wrong for 25% of the rows (in train mode 20%), " +
        "with BatchNorm on the right 12.5% (in train mode 12.5%).",
    );
  });

  it("is empty before anything is known", () => {
    const nothing = standing("running");
    expect(errorSentence({ ...situation, trainings: { left: nothing, right: nothing } })).toBe("");
  });
});
