import { parentPort, workerData } from "node:worker_threads";
import "evenkeel/node";
import { type StudyData, trialRunner } from "evenkeel/study";
import { printable } from "../../shell/printed.ts";
import { catchWarnings } from "../../shell/warnings.ts";
import type { TrialReply, TrialRequest } from "./threads.ts";

// The code of a thread: trains the trials that it receives, one at a time. An error ends the thread
// and reaches the main thread.
const port = parentPort;
if (port === null) throw new Error("this file is the body of a worker thread; start it with new Worker(...)");
catchWarnings((text) => process.stderr.write(`${printable(text.trimEnd())}\n`));
const execute = trialRunner(workerData as StudyData);

port.on("message", async ({ spec }: TrialRequest) => {
  const onEpoch = (epoch: number, validation: number) =>
    port.postMessage({ type: "epoch", epoch, validation } satisfies TrialReply);
  const run = await execute(spec, { onEpoch });
  port.postMessage({ type: "run", run } satisfies TrialReply);
});
