import { Worker } from "node:worker_threads";
import { distributed } from "evenkeel";
import type { scenarios } from "./scenarios.ts";
import type { Answer, Order } from "./worker.ts";

type Scenarios = typeof scenarios;
type Result<K extends keyof Scenarios> = Awaited<ReturnType<Scenarios[K]>>;

// The sources are TypeScript, so a thread first needs tsx, the loader that the examples run with.
const body = JSON.stringify(new URL("./worker.ts", import.meta.url).href);
const start = `import("tsx/esm/api").then((tsx) => (tsx.register(), import(${body})))`;

/** Threads that are ranks and train on tables. They are started when they are first needed, and stay. */
export class TableRanks {
  readonly #workers: Worker[] = [];

  /** What the scenario gives on every rank, or its error as a text. */
  async answers<K extends keyof Scenarios>(
    size: number,
    scenario: K,
    given: Parameters<Scenarios[K]>[0],
  ): Promise<Answer[]> {
    while (this.#workers.length < size) this.#workers.push(new Worker(start, { eval: true }));
    const memory = distributed.threadMemory(size);
    return await Promise.all(
      this.#workers.slice(0, size).map((worker, rank) => {
        return new Promise<Answer>((resolve, reject) => {
          worker.removeAllListeners("message").removeAllListeners("error");
          worker.once("message", resolve).once("error", reject);
          worker.postMessage({ scenario, memory, rank, given } satisfies Order);
        });
      }),
    );
  }

  /** @throws Error with the errors of all ranks that have one */
  async run<K extends keyof Scenarios>(
    size: number,
    scenario: K,
    given: Parameters<Scenarios[K]>[0],
  ): Promise<Result<K>[]> {
    const answers = await this.answers(size, scenario, given);
    const errors = answers.flatMap((answer, rank) => ("error" in answer ? [`rank ${rank}: ${answer.error}`] : []));
    if (errors.length > 0) throw new Error(errors.join("\n"));
    return answers.map((answer) => (answer as { value: unknown }).value as Result<K>);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
