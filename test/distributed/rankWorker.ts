import { parentPort } from "node:worker_threads";
import { distributed } from "evenkeel";
import "../setup.ts";
import { scenarios } from "./scenarios/index.ts";

/** The body of a thread that is a rank: it runs one scenario after the other. */

export interface Order {
  readonly scenario: keyof typeof scenarios;
  readonly memory: SharedArrayBuffer;
  readonly rank: number;
  readonly given: unknown;
  readonly timeout: number;
}

export type Answer = { readonly value: unknown } | { readonly error: string };

const port = parentPort;
if (port === null) throw new Error("this file is the body of a worker thread");

port.postMessage("ready");
port.on("message", ({ scenario, memory, rank, given, timeout }: Order) => {
  let answer: Answer;
  try {
    distributed.init(distributed.threadCommunicator(memory, rank, { timeout }));
    answer = { value: scenarios[scenario](given as never) };
  } catch (error) {
    answer = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  } finally {
    distributed.destroyProcessGroup();
  }
  port.postMessage(answer);
});
