import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { throttle } from "./throttle.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a throttled value", () => {
  it("comes at once, then the latest after the time, then none again", () => {
    const passed: number[] = [];
    const say = throttle<number>(2000, (value) => passed.push(value));
    for (let i = 0; i < 10; i++) {
      say(i);
      vi.advanceTimersByTime(100);
    }
    expect(passed).toEqual([0]);
    vi.advanceTimersByTime(1000);
    expect(passed).toEqual([0, 9]);
    vi.advanceTimersByTime(10_000);
    expect(passed).toEqual([0, 9]);
    say(10);
    expect(passed).toEqual([0, 9, 10]);
  });

  it("never comes twice within the time, though it waited", () => {
    const passed: number[] = [];
    const say = throttle<number>(1000, (value) => passed.push(value));
    say(1);
    say(2);
    vi.advanceTimersByTime(1000);
    say(3);
    vi.advanceTimersByTime(999);
    expect(passed).toEqual([1, 2]);
    vi.advanceTimersByTime(1);
    expect(passed).toEqual([1, 2, 3]);
  });

  it("does not come once cancelled", () => {
    const passed: number[] = [];
    const say = throttle<number>(1000, (value) => passed.push(value));
    say(1);
    say(2);
    say.cancel();
    vi.advanceTimersByTime(5000);
    expect(passed).toEqual([1]);
  });
});
