import { expect, it } from "vitest";
import { inTurns } from "./inTurns.ts";

/** Steps of 10 ms of work; the number of them that were done. */
function* work(steps: number): Generator<number, number, boolean | undefined> {
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
  const { value, aborted } = await inTurns(work(200), { signal, onStep: (step) => seen.push(step) });
  expect([value < 100, aborted, seen.length]).toEqual([true, true, value]);
  expect(await inTurns(work(3), {})).toEqual({ value: 3, aborted: false });
});
