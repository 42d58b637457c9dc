import { compile, getNumThreads, ones, type Tensor } from "evenkeel";
import { expect, test, vi } from "vitest";
import { useAllProcessors } from "./allProcessors.ts";

test("a training in a process that compiled before goes on with one thread", () => {
  compile((x: Tensor) => x.mul(2))(ones([2]));
  vi.stubEnv("OMP_NUM_THREADS", "2");
  useAllProcessors();
  vi.unstubAllEnvs();
  expect(getNumThreads()).toBe(1);
});
