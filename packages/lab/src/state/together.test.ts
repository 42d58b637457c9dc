import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Together } from "./together.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("runs the first task at once, and those that follow together, in their order", () => {
  const ran: string[] = [];
  const together = new Together(30);
  for (const name of ["a", "b", "c"]) together.add(() => ran.push(name));
  expect(ran).toEqual(["a"]);
  vi.advanceTimersByTime(29);
  expect(ran).toEqual(["a"]);
  vi.advanceTimersByTime(1);
  expect(ran).toEqual(["a", "b", "c"]);
  together.add(() => ran.push("d"));
  vi.advanceTimersByTime(29);
  expect(ran).toHaveLength(3);
  vi.advanceTimersByTime(100);
  expect(ran.at(-1)).toBe("d");
});

it("runs what waits when it is wanted, and nothing twice", () => {
  const ran: string[] = [];
  const together = new Together(30);
  for (const name of ["a", "b"]) together.add(() => ran.push(name));
  together.runNow();
  expect(ran).toEqual(["a", "b"]);
  together.add(() => ran.push("c"));
  together.beginAnew();
  expect(ran).toEqual(["a", "b", "c"]);
  together.add(() => ran.push("d"));
  expect(ran).toEqual(["a", "b", "c", "d"]);
  vi.runAllTimers();
  expect(ran).toEqual(["a", "b", "c", "d"]);
});

it("runs a task that another one adds", () => {
  const ran: string[] = [];
  const together = new Together(30);
  together.add(() => {
    ran.push("a");
    together.add(() => ran.push("b"));
  });
  vi.runAllTimers();
  expect(ran).toEqual(["a", "b"]);
});
