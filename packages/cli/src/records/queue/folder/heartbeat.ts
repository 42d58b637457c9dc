import * as fs from "node:fs";
import { writeAll } from "../../../shell/files/writeAll.ts";
import { writing } from "../../../shell/files/writeAtomic.ts";
import { isProcessMark, lifeOf, type ProcessMark, thisProcess } from "../../../shell/process.ts";
import type { WorkerFacts } from "../types.ts";
import { readShared } from "./readShared.ts";

/** A worker's file. */
export interface WorkerFile extends WorkerFacts {
  /** Grows with each sign of life. */
  readonly beats: number;
  readonly left: boolean;
}

/**
 * The heartbeat of this process: its file is written over in place, always with as many bytes, so
 * that it goes on beating on a disk that is full. A reader who sees half of it sees that it changed.
 */
export class Heartbeat {
  readonly #path: string;
  readonly #facts: WorkerFacts;
  #beats = 0;

  /** @throws WriteError, or the system's EEXIST if the name is taken */
  constructor(path: string, facts: WorkerFacts) {
    this.#path = path;
    this.#facts = facts;
    this.#write("wx", false);
  }

  /** @throws WriteError if the file cannot be written, or is no longer there */
  beat(): void {
    this.#write("r+", false);
  }

  /** The last one. */
  leave(): void {
    this.#write("r+", true);
  }

  #write(flag: "wx" | "r+", left: boolean): void {
    const file: WorkerFile = { ...this.#facts, beats: this.#beats++, left };
    const text = JSON.stringify(file);
    const write = () => {
      const open = fs.openSync(this.#path, flag);
      try {
        writeAll(open, `${text.padEnd(widthFor(text))}\n`);
      } finally {
        fs.closeSync(open);
      }
    };
    if (flag === "wx") write();
    else writing(this.#path, write);
  }
}

/** Room for more digits of the counter. */
function widthFor(text: string): number {
  return Math.ceil((text.length + 24) / 64) * 64;
}

/** A worker's file as text, and what it says; no facts where half of it is written. */
export function readWorker(path: string): { readonly text: string; readonly file?: WorkerFile } {
  const text = readShared(path)?.toString("utf8") ?? "";
  try {
    const { process, threads, task, session, beats, left } = JSON.parse(text) as WorkerFile;
    if (!isProcessMark(process) || !Number.isInteger(threads) || !Number.isInteger(beats)) return { text };
    return { text, file: { process, threads, task, session, beats, left: left === true } };
  } catch {
    return { text };
  }
}

/**
 * Whether a process has certainly ended: it ran under the same boot as this one, and among the same
 * processes. Of others only the heartbeat says anything.
 */
export function hasEnded(mark: ProcessMark, here: ProcessMark = thisProcess()): boolean {
  const isHere =
    mark.boot !== undefined &&
    mark.boot === here.boot &&
    mark.namespace !== undefined &&
    mark.namespace === here.namespace;
  return isHere && lifeOf(mark, here) === "dead";
}
