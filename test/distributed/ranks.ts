import { Worker } from "node:worker_threads";
import { distributed } from "evenkeel";
import type { Answer, Order } from "./rankWorker.ts";
import type { scenarios } from "./scenarios.ts";

type Scenarios = typeof scenarios;

// The sources are TypeScript, so a thread first needs tsx, the loader that the examples run with.
const body = JSON.stringify(new URL("./rankWorker.ts", import.meta.url).href);
const start = `import("tsx/esm/api").then((tsx) => (tsx.register(), import(${body})))`;

/** Threads that are ranks. They are started when a scenario first needs as many, and stay. */
export class Ranks {
  readonly #workers: Worker[] = [];

  /** What the scenario gives on every rank. @throws Error with the errors of all ranks that have one */
  async run<K extends keyof Scenarios>(
    size: number,
    scenario: K,
    given: Parameters<Scenarios[K]>[0],
    options: { readonly capacity?: number } = {},
  ): Promise<ReturnType<Scenarios[K]>[]> {
    const answers = await this.answers(size, scenario, given, options);
    const errors = answers.flatMap((answer, rank) => ("error" in answer ? [`rank ${rank}: ${answer.error}`] : []));
    if (errors.length > 0) throw new Error(errors.join("\n"));
    return answers.map((answer) => (answer as { value: unknown }).value as ReturnType<Scenarios[K]>);
  }

  /** The same, with errors as texts. */
  async answers<K extends keyof Scenarios>(
    size: number,
    scenario: K,
    given: Parameters<Scenarios[K]>[0],
    options: { readonly capacity?: number } = {},
  ): Promise<Answer[]> {
    await this.#start(size);
    const memory = distributed.threadMemory(size, options);
    return await Promise.all(
      this.#workers.slice(0, size).map((worker, rank) => {
        return new Promise<Answer>((resolve, reject) => {
          worker.removeAllListeners("error").once("message", resolve).once("error", reject);
          worker.postMessage({ scenario, memory, rank, given } satisfies Order);
        });
      }),
    );
  }

  /** Threads are up before a scenario begins: on a busy machine that takes longer than ranks wait for each other. */
  async #start(size: number): Promise<void> {
    const fresh = Array.from(
      { length: Math.max(0, size - this.#workers.length) },
      () => new Worker(start, { eval: true }),
    );
    this.#workers.push(...fresh);
    await Promise.all(
      fresh.map((worker) => new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject))),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
