import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { Rival } from "./rivals.ts";
import { ownSession, raiseWeight } from "./weight.ts";

/** A rival in a process of its own, with one problem before it. */
export class Contender {
  readonly rival: Rival;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor(rival: Rival, problem: string) {
    this.rival = rival;
    // The problem comes before a mode, and after the script.
    const [program, script, ...mode] = rival.command;
    this.#child = spawn(program, [script, problem, ...mode], {
      ...ownSession,
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ...rival.environment },
    });
    raiseWeight(this.#child);
    this.#child.stdin.on("error", () => {}); // a process that ended early is reported by #ask
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /**
   * The losses of the first steps from the problem's weights, what it took to get the first, and
   * the threads that the process has then, where they can be counted.
   */
  losses(steps: number): Promise<{ version: string; losses: number[]; firstStep: number; threads?: number }> {
    return this.#ask(`losses ${steps}`);
  }

  /** Microseconds per step over a number of steps. */
  async time(steps: number): Promise<number> {
    return (await this.#ask<{ microseconds: number }>(`time ${steps}`)).microseconds;
  }

  /** The most memory the process has had in use, in bytes. */
  async memory(): Promise<number> {
    return (await this.#ask<{ bytes: number }>("memory")).bytes;
  }

  close(): void {
    this.#child.stdin.end();
    this.#child.kill();
  }

  async #ask<T>(command: string): Promise<T> {
    this.#child.stdin.write(`${command}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.rival.name} ended before it answered "${command}"; its message stands above`);
    return JSON.parse(value) as T;
  }
}
