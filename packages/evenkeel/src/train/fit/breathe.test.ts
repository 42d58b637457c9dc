import { describe, expect, it } from "vitest";
import { breather } from "./breathe.ts";

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
