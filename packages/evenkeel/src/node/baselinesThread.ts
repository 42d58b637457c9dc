import { wrongState } from "../core/index.ts";
import { nodeBuiltin } from "../core/nodeBuiltin.ts";
import { fittingAsData } from "../tabular/baselines/baselines.ts";
import { Preprocessing } from "../tabular/index.ts";
import type { BaselinesReply, BaselinesRequest } from "../train/table/baselinesBeside.ts";

/** The body of the thread of `BaselinesBeside`: what it has fitted is its last message. */
interface Threads {
  readonly parentPort: { postMessage(message: BaselinesReply, moved?: readonly ArrayBufferLike[]): void } | null;
  readonly workerData: BaselinesRequest;
}

const { parentPort, workerData } = nodeBuiltin<Threads>("node:worker_threads") ?? { parentPort: null };
if (parentPort === null || workerData === undefined) {
  throw wrongState("baselinesThread", "this file is the body of a thread", "import evenkeel/node instead");
}

const { table, preprocessing, split, seed, stop } = workerData;
const fitting = fittingAsData(table, Preprocessing.fromJSON(preprocessing), split, { seed });
let step = fitting.next();
for (; !step.done; step = fitting.next(Atomics.load(stop, 0) === 1)) parentPort.postMessage({ step: step.value });
const fitted = step.value;
parentPort.postMessage(
  { fitted },
  fitted.flatMap(({ tested }) => (tested === undefined ? [] : [tested.buffer])),
);
