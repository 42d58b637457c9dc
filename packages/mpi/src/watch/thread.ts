import { writeSync } from "node:fs";
import { hostname } from "node:os";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { Family } from "../launcher.ts";
import { abortProcess } from "./abortProcess.ts";
import { Board } from "./board.ts";
import { type Hearing, Hub } from "./hub.ts";
import { packed } from "./lines.ts";
import { type Address, Link } from "./link.ts";
import { nameOf, Peers, type Where } from "./peers.ts";

/**
 * The watcher of a rank: a thread that runs while the main thread computes or waits. Ranks tell rank
 * 0 what they do, and rank 0 tells all. Where a failure is known and the main thread does not end the
 * process, the watcher does.
 */

/** What a watcher is started with, before MPI is. Times are in milliseconds. */
export interface WatcherData {
  readonly silence: number;
  /** How long it may take until all ranks are connected. */
  readonly startup: number;
  readonly library: { readonly path: string; readonly family: Family };
}

/** What it is told when MPI has started. */
export interface Beginning {
  readonly buffer: SharedArrayBuffer;
  readonly rank: number;
  readonly where: readonly Where[];
  /** Of rank 0, where it listens; of others, where rank 0 does. */
  readonly listen?: { readonly host: string | undefined; readonly secret: string } | undefined;
  readonly connect?: Address | undefined;
}

/** What it is told last: that the program has ended, or that this rank has failed. */
export type Order = "end" | "fail";

/** What a watcher says to its main thread. */
export type WatcherMessage = { readonly listening: number } | { readonly ready: true } | { readonly problem: string };

const { silence, startup, library } = workerData as WatcherData;
const main = parentPort as MessagePort;
const say = (message: WatcherMessage) => main.postMessage(message);

/** Milliseconds between two messages to each. */
const period = Math.min(1000, silence / 5);
/** How long a process that knows of a failure has for its own end. */
const grace = Math.min(5000, silence);
/** How long MPI_Finalize may take. */
const finalizing = 30_000;

function end(name: string, reason: string): void {
  writeSync(2, `${name} ends: ${reason}\n`);
  void abortProcess(library);
}

const joining = setTimeout(() => {
  const seconds = startup / 1000;
  const reason = `the ranks have not found each other within ${seconds} seconds: one is stopped, or was not started`;
  end(`process ${process.pid} on ${hostname()}`, reason);
}, startup);

main.once("message", (beginning: Beginning) => watch(beginning));

function watch({ buffer, rank, where, listen, connect }: Beginning): void {
  const size = where.length;
  const board = new Board(size, buffer);
  const everyone = where.map((_, one) => one);
  const peers = new Peers(rank === 0 ? everyone : [0], where, silence);
  const own = nameOf(rank, where);
  let last = performance.now();
  let sinceFailure = 0;
  let isFailureTold = false;

  const fail = (text: string | undefined) => {
    if (text === undefined || board.hasEnded) return;
    board.fail(text);
    tellFailure();
  };
  const tellFailure = () => {
    if (isFailureTold) return;
    isFailureTold = true;
    tell({ failed: board.failure ?? "" }, () => board.told());
  };
  const tick = () => {
    const now = performance.now();
    // Where this process was stopped itself, as all of a suspended job are, its clock says nothing of the others.
    const passed = Math.min(now - last, 2 * period);
    last = now;
    if (board.hasEnded) return;
    if (rank === 0) peers.heard(0, board.of(0));
    if (!board.hasFailed) fail(peers.passed(passed));
    if (board.hasFailed) {
      tellFailure();
      sinceFailure += passed;
      if (sinceFailure > grace) end(own, board.failure ?? "");
    }
    tell({ activities: (rank === 0 ? everyone : [rank]).map((one) => packed(board.of(one))) });
  };
  const hearing: Hearing = {
    ready: () => {
      clearTimeout(joining);
      last = performance.now();
      setInterval(tick, period);
      say({ ready: true });
    },
    heard: (other, activity) => {
      if (other !== rank) board.note(other, activity);
      peers.heard(other, activity);
    },
    saidGoodbye: (other) => peers.saidGoodbye(other),
    lost: (other) => fail(peers.lost(other)),
    failed: fail,
  };
  const hub = listen && new Hub(size, listen.secret, hearing);
  const link = connect && new Link(hearing);
  const tell: Hub["tell"] = (...args) => (hub ?? link)?.tell(...args);

  main.on("message", (order: Order) => {
    if (order === "fail") return tellFailure();
    board.end();
    tell({ bye: true }, () => board.told());
    setTimeout(() => end(own, `MPI_Finalize has not returned for ${finalizing / 1000} seconds`), finalizing);
  });
  if (link !== undefined && connect !== undefined) link.open(connect, rank);
  hub?.listen(listen?.host).then(
    (port) => say({ listening: port }),
    (error: Error) => say({ problem: error.message }),
  );
}
