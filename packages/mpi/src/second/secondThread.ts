import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { refuse } from "evenkeel/problem";
import { MpiCommunicator } from "../communicator.ts";
import { loadKoffi } from "../library.ts";
import { Lock } from "../lock.ts";
import { Mpi } from "../mpi.ts";
import { Transport } from "../transport.ts";
import { Board } from "../watch/board.ts";
import { dataOf, type Job, type SecondData, state, wordOf } from "./job.ts";

/**
 * The second thread of a rank: it makes sums over ranks while the first computes, one after the
 * other, as the first would make them.
 */

const { rank, size, timeout, where, board: memory, lock, library } = workerData as SecondData;
const main = parentPort as MessagePort;
const board = new Board(size, memory);

async function start(): Promise<MpiCommunicator> {
  const koffi = await loadKoffi();
  const mpi = new Mpi(koffi, { ...library, lib: koffi.load(library.path, { global: true }) });
  mpi.lock = new Lock(lock);
  const transport = new Transport(mpi, board, where, { rank, size, timeout, isSecond: true });
  return new MpiCommunicator(transport, library.version, (reason) => {
    throw refuse("internal", "abort", `the second thread aborts nothing: ${reason}`);
  });
}

const starting = start();
let last: Promise<void> = Promise.resolve();

async function reduce(job: Job): Promise<void> {
  const word = wordOf(job);
  try {
    (await starting).allReduce(dataOf(job), job.reduction);
    Atomics.store(word, 0, state.done);
  } catch (error) {
    board.fail(error instanceof Error ? error.message : String(error));
    Atomics.store(word, 0, state.failed);
  }
  Atomics.notify(word, 0);
}

main.on("message", (job: Job) => {
  last = last.then(() => reduce(job));
});
