import { expect, it } from "vitest";
import { randn, type Tensor } from "../../tensor/index.ts";
import { compile } from "../compile.ts";
import { getNumThreads, setNumThreads } from "./threads.ts";

it("several threads are refused once a step was compiled, whose memory is not shared", () => {
  const step = compile((x: Tensor) => x.mul(2));
  expect(step(randn([3])).shape).toEqual([3]);
  expect(() => setNumThreads(2)).toThrow("call it before the first compiled step runs");
  expect(getNumThreads()).toBe(1);
  setNumThreads(1);
});
