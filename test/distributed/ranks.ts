import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { distributed } from "evenkeel";
import { build } from "rolldown";
import { root } from "../sources.ts";
import type { Answer, Order } from "./rankWorker.ts";
import type { scenarios } from "./scenarios/index.ts";

type Scenarios = typeof scenarios;

interface Options {
  readonly capacity?: number;
  readonly timeout?: number;
}

/** Threads that are ranks. They are started when a scenario first needs as many, and stay. */
export class Ranks {
  readonly #workers: Worker[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), "evenkeel-ranks-"));
  #program: Promise<string> | undefined;

  /** What the scenario gives on every rank. @throws Error with the errors of all ranks that have one */
  async run<K extends keyof Scenarios>(
    size: number,
    scenario: K,
    given: Parameters<Scenarios[K]>[0],
    options: Options = {},
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
    options: Options = {},
  ): Promise<Answer[]> {
    await this.start(size);
    const { timeout = 40_000, ...rest } = options;
    const memory = distributed.threadMemory(size, rest);
    return await Promise.all(
      this.#workers.slice(0, size).map((worker, rank) => {
        const answer = messageOf(worker);
        worker.postMessage({ scenario, memory, rank, given, timeout } satisfies Order);
        return answer as Promise<Answer>;
      }),
    );
  }

  /** Threads are up before a scenario begins: on a busy machine that takes longer than ranks wait for each other. */
  async start(size: number): Promise<void> {
    this.#program ??= bundle(this.#folder);
    const program = await this.#program;
    const lacking = Math.max(0, size - this.#workers.length);
    const fresh = Array.from({ length: lacking }, () => new Worker(program));
    this.#workers.push(...fresh);
    await Promise.all(fresh.map(messageOf));
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
    rmSync(this.#folder, { recursive: true });
  }
}

function messageOf(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners("error").once("message", resolve).once("error", reject);
  });
}

/** One file of JavaScript: threads would take seconds each to load the sources. */
async function bundle(folder: string): Promise<string> {
  const file = join(folder, "rank.mjs");
  await build({
    cwd: root,
    input: "test/distributed/rankWorker.ts",
    tsconfig: join(root, "tsconfig.json"),
    platform: "node",
    output: { format: "esm", file },
  });
  return file;
}
