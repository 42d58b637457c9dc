import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import type { RowStore } from "evenkeel/train";
import { misuse } from "../../shell/errors.ts";
import { temporaryFault } from "../workspace.ts";

/** Bytes that are written at once. */
const buffered = 1 << 20;

/** A temporary file of rows. */
export class Spool implements RowStore {
  readonly #file: number;
  readonly #buffer = new Uint8Array(buffered);
  #filled = 0;
  #written = 0;

  constructor(path: string) {
    this.#file = openSync(path, "wx+", 0o600);
  }

  append(bytes: Uint8Array): void {
    if (this.#filled + bytes.length > buffered) this.#flush();
    if (bytes.length > buffered) this.#write(bytes);
    else {
      this.#buffer.set(bytes, this.#filled);
      this.#filled += bytes.length;
    }
  }

  #flush(): void {
    this.#write(this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }

  #write(bytes: Uint8Array): void {
    try {
      for (let from = 0; from < bytes.length; ) {
        const count = writeSync(this.#file, bytes, from, bytes.length - from, this.#written);
        from += count;
        this.#written += count;
      }
    } catch (error) {
      throw temporaryFault(error) ?? error;
    }
  }

  read(into: Uint8Array, position: number): void {
    if (this.#filled > 0) this.#flush();
    for (let at = 0; at < into.length; ) {
      const count = readSync(this.#file, into, at, into.length - at, position + at);
      if (count === 0) throw lost("it is shorter than what was written");
      at += count;
    }
  }

  /** Never fails: nobody reads the file any more. */
  close(): void {
    try {
      closeSync(this.#file);
    } catch {
      // The file goes all the same.
    }
  }
}

function lost(why: string): Error {
  return misuse("wrong-state", `the temporary file of training rows cannot be read: ${why}`, "train again");
}

/**
 * Looks whether a folder has room, where that can be said.
 * @throws CommandError if it has not
 */
export async function checkRoom(path: string, bytes: number): Promise<void> {
  const found = await statfs(dirname(path)).catch(() => undefined);
  // Some file systems do not say.
  const free = found === undefined ? Number.POSITIVE_INFINITY : found.bavail * found.bsize;
  if (bytes <= free) return;
  const megabytes = (count: number) => Math.ceil(count / 2 ** 20);
  throw misuse(
    "wrong-state",
    `the training rows take ${megabytes(bytes)} MB of temporary space, and ${tmpdir()} has ${megabytes(free)} MB`,
    "set TMPDIR to a folder on a disk that has them",
  );
}
