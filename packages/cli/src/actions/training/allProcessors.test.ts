import { availableParallelism } from "node:os";
import { compile, getNumThreads, ones, setNumThreads, type Tensor } from "evenkeel";
import { afterEach, expect, test, vi } from "vitest";
import { useAllProcessors } from "./allProcessors.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  setNumThreads(1);
});

test("a training uses all processors, at most eight, or as many as OMP_NUM_THREADS says", () => {
  for (const [wanted, threads] of [
    [undefined, Math.min(8, availableParallelism())],
    ["3", 3],
    ["1", 1],
    ["100", 8],
    ["many", Math.min(8, availableParallelism())],
    ["0", Math.min(8, availableParallelism())],
  ] as const) {
    vi.stubEnv("OMP_NUM_THREADS", wanted);
    useAllProcessors();
    expect(getNumThreads(), String(wanted)).toBe(threads);
  }
  compile((x: Tensor) => x.mul(2))(ones([2]));
  vi.stubEnv("OMP_NUM_THREADS", "2");
  useAllProcessors();
  expect(getNumThreads()).toBe(2);
});
