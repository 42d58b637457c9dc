import * as fs from "node:fs";
import { writeAll } from "../../../shell/files/writeAll.ts";
import { writing } from "../../../shell/files/writeAtomic.ts";
import type { QueueLayout } from "./layout.ts";
import { readShared } from "./readShared.ts";

/** The claims of a queue: of the workers that create the same file, one succeeds. */
export class Claims {
  readonly #layout: QueueLayout;
  readonly #owners = new Map<string, string>();
  #latest = new Map<string, number>();

  constructor(layout: QueueLayout) {
    this.#layout = layout;
  }

  /** Looks anew. */
  read(): void {
    this.#latest = this.#layout.claims();
  }

  /** How often a task was taken. */
  attempts(task: string): number {
    return this.#latest.get(task) ?? 0;
  }

  /** Who took a task last; "" if that is not to be read: its worker may have died as it wrote. */
  owner(task: string): string {
    const path = this.#layout.claim(task, this.attempts(task));
    const known = this.#owners.get(path);
    if (known !== undefined) return known;
    const text = readShared(path)?.toString("utf8") ?? "";
    const [, owner = ""] = /^([\w.-]{1,120})\n$/.exec(text) ?? [];
    if (owner !== "") this.#owners.set(path, owner);
    return owner;
  }

  /**
   * Takes a task for a worker.
   * @returns whether it was the first
   * @throws WriteError
   */
  take(task: string, worker: string): boolean {
    const attempt = this.attempts(task) + 1;
    this.#latest.set(task, attempt);
    const path = this.#layout.claim(task, attempt);
    return writing(path, () => {
      let file: number;
      try {
        file = fs.openSync(path, "wx");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
        throw error;
      }
      try {
        writeAll(file, `${worker}\n`);
      } finally {
        fs.closeSync(file);
      }
      return true;
    });
  }
}
