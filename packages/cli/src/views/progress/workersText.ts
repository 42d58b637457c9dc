import type { WorkerShown } from "../../actions/study/queue/studyQueue.ts";
import { printable } from "../../shell/printed.ts";

/** The workers of a study in a line: "3 workers: this process 20, node7-4711-9f3a 34, node8-99-01bc 31". */
export function workersText(workers: readonly WorkerShown[]): string {
  const there = workers.filter(({ life, own, threads }) => life === "alive" && (!own || threads > 0));
  const shown = there.map(({ name, own, used }) => `${own ? "this process" : printable(name)} ${used}`);
  const heading = there.length === 1 ? "1 worker" : `${there.length} workers`;
  return there.length === 0 ? "no workers yet: evenkeel work" : `${heading}: ${shown.join(", ")}`;
}

/** Says which workers have come and gone since the last look. */
export class Attendance {
  readonly #lives = new Map<string, WorkerShown["life"]>();

  /** A sentence for each change. */
  changes(workers: readonly WorkerShown[]): string[] {
    return workers.flatMap(({ name, life, own, used, threads }) => {
      const before = this.#lives.get(name);
      this.#lives.set(name, life);
      if (own || before === life) return [];
      const who = printable(name);
      if (life === "alive") return [`${who} trains too, on ${threads === 1 ? "1 thread" : `${threads} threads`}`];
      // Those of an earlier run of the study.
      if (before === undefined) return [];
      return [`${who} ${life === "left" ? "has left" : "gives no sign of life"}; of its networks ${used} are used`];
    });
  }
}
