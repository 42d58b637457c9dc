import { describe, expect, it } from "vitest";
import { breather, inTurns } from "./breathe.ts";

function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe("breather", () => {
  it("pauses once its interval of work has gone by, and counts anew from there", async () => {
    const breathe = breather(20);
    expect(breathe()).toBeUndefined();
    work(20);
    const pause = breathe();
    expect(pause).toBeInstanceOf(Promise);
    await pause;
    expect(breathe()).toBeUndefined();
  });

  it("lets timers run that are due", async () => {
    const breathe = breather(0);
    let ran = false;
    setTimeout(() => {
      ran = true;
    }, 1);
    work(3);
    for (let i = 0; i < 3 && !ran; i++) await breathe();
    expect(ran).toBe(true);
  });
});

/** Steps of 10 ms of work; the number of them that were done. */
function* worked(steps: number): Generator<number, number, boolean | undefined> {
  for (let step = 1; step <= steps; step++) {
    const end = performance.now() + 10;
    while (performance.now() < end);
    if ((yield step) === true) return step;
  }
  return steps;
}

it("lets timers and signals have their turn in work that never waits", async () => {
  const signal = AbortSignal.timeout(1);
  const seen: number[] = [];
  const { value, aborted } = await inTurns(worked(200), { signal, onStep: (step) => seen.push(step) });
  expect([value < 100, aborted, seen.length]).toEqual([true, true, value]);
  expect(await inTurns(worked(3), {})).toEqual({ value: 3, aborted: false });
});
