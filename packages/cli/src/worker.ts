import { parentPort } from "node:worker_threads";
import type { LaneReply, LaneRequest } from "./lane.ts";
import { loadMpg } from "./mpg.ts";
import { runTrial } from "./trial.ts";

// The body of a thread: trains what it is sent, one trial at a time. An error ends the thread and reaches its owner.
const port = parentPort;
if (port === null) throw new Error("this file is the body of a worker thread; start it with new Worker(...)");
const table = loadMpg();

port.on("message", async ({ trial, settings }: LaneRequest) => {
  const onEpoch = (epoch: number, testMae: number) =>
    port.postMessage({ type: "epoch", epoch, testMae } satisfies LaneReply);
  const result = await runTrial(table, trial, settings, { onEpoch });
  port.postMessage({ type: "result", result } satisfies LaneReply);
});
