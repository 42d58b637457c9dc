import { expect, test } from "vitest";
import type { WorkerShown } from "../../actions/study/queue/studyQueue.ts";
import { Attendance, workersText } from "./workersText.ts";

const worker = (name: string, given: Partial<WorkerShown> = {}): WorkerShown => ({
  ...{ name, threads: 2, life: "alive", used: 3, own: false },
  ...given,
});
const own = worker("here-1-0000", { own: true, used: 20 });

test("a line names those that are there, and what is used of each", () => {
  expect(workersText([own, worker("a"), worker("b", { life: "silent" }), worker("c\u001b", { used: 0 })])).toBe(
    "3 workers: this process 20, a 3, c\ufffd 0",
  );
  expect(workersText([worker("a"), { ...own, threads: 0 }])).toBe("1 worker: a 3");
  expect(workersText([{ ...own, threads: 0 }])).toBe("no workers yet: evenkeel work");
});

test("who comes and goes is said once", () => {
  const attendance = new Attendance();
  const left = worker("old", { life: "left" });
  expect(attendance.changes([own, worker("a"), left])).toEqual(["a trains too, on 2 threads"]);
  expect(attendance.changes([own, worker("a"), left])).toEqual([]);
  expect(attendance.changes([own, worker("a", { life: "silent" })])).toEqual([
    "a gives no sign of life; of its networks 3 are used",
  ]);
  expect(attendance.changes([own, worker("a", { threads: 1 })])).toEqual(["a trains too, on 1 thread"]);
  expect(attendance.changes([own, worker("a", { life: "left" })])).toEqual(["a has left; of its networks 3 are used"]);
});
