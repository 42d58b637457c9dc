import { parentPort } from "node:worker_threads";
import { distributed } from "evenkeel";
import "../../setup.ts";
import { scenarios } from "./scenarios.ts";

/** The body of a thread that is a rank: it runs one scenario after the other. */

export interface Order {
  readonly scenario: keyof typeof scenarios;
  readonly memory: SharedArrayBuffer;
  readonly rank: number;
  readonly given: unknown;
}

export type Answer = { readonly value: unknown } | { readonly error: string };

const port = parentPort;
if (port === null) throw new Error("this file is the body of a worker thread");

port.on("message", async ({ scenario, memory, rank, given }: Order) => {
  let answer: Answer;
  try {
    distributed.init(distributed.threadCommunicator(memory, rank, { timeout: 120_000 }));
    answer = { value: await scenarios[scenario](given as never) };
  } catch (error) {
    answer = { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  } finally {
    distributed.destroyProcessGroup();
  }
  port.postMessage(answer);
});
