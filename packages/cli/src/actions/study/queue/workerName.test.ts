import { expect, test } from "vitest";
import { rankOf, taskNumber, workerNames } from "./workerName.ts";

test("the number of a scheduler is understood, and nothing else taken for one", () => {
  expect(taskNumber({ SLURM_ARRAY_TASK_ID: "12" })).toBe(12);
  expect(taskNumber({ JOB_COMPLETION_INDEX: "0" })).toBe(0);
  for (const text of ["", "-1", "1.5", "x", "99999999999"]) {
    expect(taskNumber({ SLURM_ARRAY_TASK_ID: text, JOB_COMPLETION_INDEX: text }), text).toBeUndefined();
  }
  expect(taskNumber({})).toBeUndefined();
  expect(rankOf(12)).toBe(12);
});

test("names are file names, and differ", () => {
  const [first, second] = workerNames(12, "node 7/../é", 4711);
  expect(first).toMatch(/^node_7_\.\.__-t12-4711-[0-9a-f]{4}$/);
  expect(second).not.toBe(first);
  const [plain] = workerNames(undefined, "", 1);
  expect(plain).toMatch(/^host-1-[0-9a-f]{4}$/);
  expect([...workerNames(0, "x".repeat(300), 1)][0].length).toBeLessThan(80);
});
