import { randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import type { Worker } from "node:worker_threads";
import { refuse } from "evenkeel/problem";
import { startThread } from "../startThread.ts";
import type { Board } from "./board.ts";
import type { Address } from "./link.ts";
import type { Where } from "./peers.ts";
import type { Beginning, Order, WatcherData, WatcherMessage } from "./thread.ts";

/** What ranks tell each other before their watchers do: the bytes of all, in the order of the ranks. */
export type Exchange = (bytes: Uint8Array) => Uint8Array[];

interface Machine extends Where {
  /** Equal for processes that reach each other by 127.0.0.1. */
  readonly network: string;
}

/** The watcher of this rank, seen from the main thread. */
export class Watcher {
  readonly #worker: Worker;
  #board: Board | undefined;

  /** Starts the thread. It ends the process if `connect` has not succeeded in time. */
  constructor(data: WatcherData) {
    this.#worker = startThread("thread", import.meta.url, data);
    this.#worker.on("error", ({ message }) => {
      this.#board?.fail(`the thread that watches the other ranks has failed: ${message}`);
    });
  }

  /**
   * Connects the watchers of all ranks, which call it at once.
   * @param where receives where the ranks run
   * @throws Error if rank 0 cannot listen
   */
  async connect(rank: number, board: Board, exchange: Exchange, where: Where[]): Promise<void> {
    this.#board = board;
    const machines = all<Machine>(exchange, { host: hostname(), pid: process.pid, network: network() });
    where.push(...machines.map(({ host, pid }) => ({ host, pid })));
    const isLocal = machines.every((one) => one.network === machines[0].network);
    if (rank > 0) {
      const [connect] = all<Address | undefined>(exchange, undefined);
      this.#begin({ buffer: board.buffer, rank, where, connect });
      await this.#hears("ready");
      return;
    }
    const host = isLocal ? "127.0.0.1" : undefined;
    const secret = randomBytes(16).toString("hex");
    this.#begin({ buffer: board.buffer, rank, where, listen: { host, secret } });
    const { listening } = await this.#hears("listening");
    const ready = this.#hears("ready");
    all<Address | undefined>(exchange, { hosts: host === undefined ? addresses() : [host], port: listening, secret });
    await ready;
  }

  /** The program has ended on all ranks. Returns when they have been told that this one has. */
  end(): void {
    this.#worker.postMessage("end" satisfies Order);
    this.#board?.awaitTold(2000);
  }

  /**
   * This rank ends for a reason, of which the others are told if that is possible.
   * @returns whether it is the first that is known to
   */
  fail(reason: string): boolean {
    if (this.#board === undefined) return true;
    if (this.#board.hasFailed) return false;
    this.#board.fail(reason);
    this.#worker.postMessage("fail" satisfies Order);
    this.#board.awaitTold(300);
    return true;
  }

  /** There is nobody to watch. */
  close(): void {
    void this.#worker.terminate();
  }

  #begin(beginning: Beginning): void {
    this.#worker.postMessage(beginning);
  }

  #hears<K extends "ready" | "listening">(key: K): Promise<Extract<WatcherMessage, { readonly [key in K]: unknown }>> {
    const worker = this.#worker;
    worker.ref();
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        worker.off("message", listener).off("error", failed).unref();
        settle();
      };
      const failed = ({ message }: Error) => {
        const statement = `the thread that watches the other ranks has failed: ${message}`;
        end(() => reject(refuse("wrong-state", "init", statement)));
      };
      const listener = (message: WatcherMessage) => {
        if (key in message) end(() => resolve(message as Extract<WatcherMessage, { readonly [key in K]: unknown }>));
        else if ("problem" in message) failed({ name: "", message: message.problem });
      };
      worker.on("message", listener).once("error", failed);
    });
  }
}

function all<T>(exchange: Exchange, own: T): T[] {
  const bytes = Buffer.from(own === undefined ? "" : JSON.stringify(own));
  return exchange(bytes).map((one) => (one.length === 0 ? undefined : JSON.parse(Buffer.from(one).toString())) as T);
}

/** The network of this process: the same in all processes that share it, and in no others. */
function network(): string {
  try {
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${readlinkSync("/proc/self/ns/net")}`;
  } catch {
    return hostname();
  }
}

/** The addresses of this machine at which others may reach it. */
function addresses(): string[] {
  const found = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  // A link-local address of IPv6 means something only with the name of an interface.
  const usable = found.filter(({ internal, address }) => !internal && !/^fe80:/i.test(address));
  return [...usable.map(({ address }) => address), hostname()];
}
