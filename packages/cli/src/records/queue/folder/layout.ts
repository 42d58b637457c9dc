import { readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * The files of a queue in a folder. A name that is created belongs to one process, and only that
 * process writes to it: a shared disk promises no more than that one of several creates a file, and
 * that a rename is whole.
 *
 *     queue.json                what there is to know before the first trial
 *     table.bin                 table and schema
 *     owner-1.json              the study process (see Ownership)
 *     study-1.jsonl             what that process says to the workers, a line each
 *     workers/NAME.json         a worker, and its heartbeat, written over in place
 *     claims/TASK.1             the name of the worker that took a task; .2 if the first was lost
 *     results/NAME.jsonl        what the worker delivered, a line each
 */
export class QueueLayout {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  get head(): string {
    return join(this.root, "queue.json");
  }

  get table(): string {
    return join(this.root, "table.bin");
  }

  board(session: number): string {
    return join(this.root, `study-${session}.jsonl`);
  }

  get folders(): readonly string[] {
    return ["workers", "claims", "results"].map((name) => join(this.root, name));
  }

  worker(name: string): string {
    return join(this.root, "workers", `${name}.json`);
  }

  claim(task: string, attempt: number): string {
    return join(this.root, "claims", `${task}.${attempt}`);
  }

  results(worker: string): string {
    return join(this.root, "results", `${worker}.jsonl`);
  }

  /** The latest study process that has said something; 0 if none has. */
  session(): number {
    return Math.max(0, ...namesIn(this.root, /^study-([1-9]\d{0,8})\.jsonl$/).map(Number));
  }

  workers(): string[] {
    return namesIn(join(this.root, "workers"), /^([\w.-]{1,120})\.json$/);
  }

  /** The workers that have a file of results. */
  delivering(): string[] {
    return namesIn(join(this.root, "results"), /^([\w.-]{1,120})\.jsonl$/);
  }

  /** How often each task was taken. */
  claims(): Map<string, number> {
    const latest = new Map<string, number>();
    for (const name of namesIn(join(this.root, "claims"), /^([\w-]+\.[1-9]\d{0,8})$/)) {
      const [task, attempt] = name.split(".");
      latest.set(task, Math.max(latest.get(task) ?? 0, Number(attempt)));
    }
    return latest;
  }
}

function namesIn(folder: string, pattern: RegExp): string[] {
  return readdirSync(folder).flatMap((name) => pattern.exec(name)?.[1] ?? []);
}
