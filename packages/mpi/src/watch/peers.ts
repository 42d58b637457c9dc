import { describeCall, isSame } from "../calls.ts";
import { type Activity, idle } from "./board.ts";

/** Where a rank runs. */
export interface Where {
  readonly host: string;
  readonly pid: number;
}

/** A rank for a message: "rank 2 (node3, process 4711)". */
export function nameOf(rank: number, where: readonly (Where | undefined)[]): string {
  const at = where[rank];
  return at === undefined ? `rank ${rank}` : `rank ${rank} (${at.host}, process ${at.pid})`;
}

interface Peer {
  activity: Activity;
  /** How often in a row it said the same. */
  repeats: number;
  /** Milliseconds, of those in which this process ran, since it was heard. */
  silent: number;
  isGone: boolean;
}

/**
 * What a watcher knows of the ranks that it hears, and when that is a failure. Without a clock or a
 * network of its own.
 */
export class Peers {
  readonly #where: readonly Where[];
  readonly #silence: number;
  readonly #peers = new Map<number, Peer>();

  /** @param silence - milliseconds after which a rank that is not heard counts as lost */
  constructor(heard: readonly number[], where: readonly Where[], silence: number) {
    this.#where = where;
    this.#silence = silence;
    for (const rank of heard) this.#peers.set(rank, { activity: idle, repeats: 0, silent: 0, isGone: false });
  }

  /** A rank said what it does. */
  heard(rank: number, activity: Activity): void {
    const peer = this.#peers.get(rank);
    if (peer === undefined) return;
    const last = peer.activity;
    const isSameAgain = (["calls", "isInside", "started", "awaited"] as const).every((k) => last[k] === activity[k]);
    peer.repeats = isSameAgain && isSame(last.call, activity.call) ? peer.repeats + 1 : 0;
    peer.activity = activity;
    peer.silent = 0;
  }

  /** A rank said that its program has ended, as that of all ranks has. */
  saidGoodbye(rank: number): void {
    const peer = this.#peers.get(rank);
    if (peer !== undefined) peer.isGone = true;
  }

  /** The connection to a rank has ended. Returns what is wrong, if that is a failure. */
  lost(rank: number): string | undefined {
    if (this.#peers.get(rank)?.isGone !== false) return undefined;
    return `${nameOf(rank, this.#where)} is gone: its process has ended or its network is lost`;
  }

  /**
   * Time has passed. Returns what is wrong, if anything is. The time in which this process was
   * stopped itself is not to be counted.
   */
  passed(milliseconds: number): string | undefined {
    for (const [rank, peer] of this.#peers) {
      if (peer.isGone) continue;
      peer.silent += milliseconds;
      if (peer.silent < this.#silence) continue;
      const seconds = Math.round(this.#silence / 100) / 10;
      return (
        `${nameOf(rank, this.#where)} has not been heard of for ${seconds} seconds: ` +
        "its process is stopped or its network is lost"
      );
    }
    return this.#disagreement();
  }

  /** Two ranks that are in different calls at the same place of their programs, or wait for each other. */
  #disagreement(): string | undefined {
    // A number of calls and its call may be read in between two calls; what is said twice is true.
    const inside = [...this.#peers].filter(([, { activity, repeats }]) => activity.isInside && repeats > 0);
    for (const [rank, { activity }] of inside) {
      const other = inside.find(([, { activity: one }]) => disagree(activity, one));
      if (other === undefined) continue;
      const [first, second] = [describeCall(activity.call), describeCall(other[1].activity.call)];
      return (
        `${numberOf(activity)} of ${nameOf(rank, this.#where)} is ${first}, ` +
        `${numberOf(activity) === numberOf(other[1].activity) ? "that" : numberOf(other[1].activity)} of ` +
        `${nameOf(other[0], this.#where)} is ${second}: all ranks must make the same calls in the same order`
      );
    }
    return undefined;
  }
}

const numberOf = ({ calls, awaited }: Activity) => (awaited > 0 ? `started sum ${awaited}` : `call ${calls}`);

/** Whether two ranks cannot get any further together. */
function disagree(a: Activity, b: Activity): boolean {
  if (a.awaited === 0 && b.awaited === 0) return a.calls === b.calls && !isSame(a.call, b.call);
  if (a.awaited > 0 && b.awaited > 0) return a.awaited === b.awaited && !isSame(a.call, b.call);
  // One waits for a sum that the other has not started, in a call that the first has not begun.
  const [waiting, calling] = a.awaited > 0 ? [a, b] : [b, a];
  return calling.started < waiting.awaited && waiting.calls < calling.calls;
}
