import { afterEach, expect, it, vi } from "vitest";
import { now } from "./clock.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it("counts milliseconds with the clock of Node, and does not touch performance", () => {
  const other = vi.spyOn(performance, "now");
  const clock = vi.spyOn(process, "hrtime").mockReturnValueOnce([7, 250_000]).mockReturnValueOnce([8, 750_000]);
  expect([now(), now()]).toEqual([7000.25, 8000.75]);
  expect(clock).toHaveBeenCalledTimes(2);
  expect(other).not.toHaveBeenCalled();
});

it.each([
  ["no process", undefined],
  ["a process without a clock", {}],
])("uses performance where there is %s, as in a browser", (_, process) => {
  vi.stubGlobal("process", process);
  vi.spyOn(performance, "now").mockReturnValue(12.5);
  expect(now()).toBe(12.5);
});
