import * as fs from "node:fs";
import type { Done } from "./intercept.ts";

interface Followed {
  path: string;
  /** How many of its bytes are on the disk. */
  flushed: number;
}

const { fstatSync, statSync, truncateSync } = fs;

/**
 * What a power failure takes: the bytes of each file since its last flush. Names are kept, also
 * those of files whose content is lost: no file system promises an order of its own.
 */
export class Unflushed {
  /** By inode, because files are renamed. */
  readonly #files = new Map<number, Followed>();

  readonly follow = ({ name, path, to, file }: Done): void => {
    // A file that is replaced or removed leaves its inode to others.
    if (name === "rename" || name === "rm" || name === "unlink") this.#forget(to ?? path);
    if (name === "rename" && to !== undefined) {
      for (const followed of this.#files.values()) if (followed.path === path) followed.path = to;
    }
    if (file === undefined) return;
    const facts = fstatSync(file);
    if (!facts.isFile()) return;
    const known = this.#files.get(facts.ino);
    // What is written over is lost as well: an empty file.
    if (name === "open")
      this.#files.set(facts.ino, { path, flushed: Math.min(known?.flushed ?? facts.size, facts.size) });
    else if (name === "fsync" && known !== undefined) known.flushed = facts.size;
  };

  #forget(path: string): void {
    for (const [inode, followed] of this.#files) if (followed.path === path) this.#files.delete(inode);
  }

  /** Takes it. */
  lose(): void {
    for (const { path, flushed } of this.#files.values()) {
      const facts = statSync(path, { throwIfNoEntry: false });
      if (facts !== undefined && facts.size > flushed) truncateSync(path, flushed);
    }
  }
}
