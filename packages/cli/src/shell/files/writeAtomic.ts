import * as fs from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { threadId } from "node:worker_threads";
import type { Problem } from "evenkeel/problem";

const day = 24 * 60 * 60 * 1000;

/**
 * A file could not be written. This module imports nothing at run time, because a test kills
 * processes that load it alone.
 */
export class WriteError extends Error {
  override readonly name = "WriteError";
  readonly problem: Problem;

  constructor(statement: string, cause: unknown) {
    super(statement, { cause });
    this.problem = { code: "wrong-state", where: { caller: "" }, statement };
  }
}

/**
 * Runs what writes a file.
 * @throws WriteError naming the file if the system refuses; other errors as they are
 */
export function writing<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new WriteError(`cannot write ${path}: ${reasonOf(error)}`, error);
  }
}

/**
 * Writes a file so that every reader sees the old content or the new, never a part: it writes a
 * temporary file beside it, flushes it to the disk, renames it, and flushes the folder. This holds
 * if the process is killed at any moment, and if the machine loses power. It also removes temporary
 * files that killed processes left of this file. It is synchronous, so that it can be called in a
 * signal handler and between two epochs.
 *
 * An existing file keeps its permissions; a symbolic link remains, and its target is written.
 *
 * @throws WriteError if the file cannot be written (no such folder, no space, no permission); the
 *   old file is then unchanged
 */
export function writeAtomic(path: string, content: string | Uint8Array): void {
  let place: Replacement | undefined;
  try {
    place = replacementOf(path);
    fs.writeFileSync(place.temporary, content, { flag: "wx", mode: modeOf(place.target) });
    replace(place);
  } catch (error) {
    removeIfPossible(place?.temporary);
    throw new WriteError(`cannot write ${path}: ${reasonOf(error)}`, error);
  }
}

/** A file that takes another's place once it is written. */
export interface Replacement {
  readonly temporary: string;
  readonly target: string;
}

/**
 * The temporary file beside the one that it will replace, for those who write it piece by piece. It
 * also removes what killed processes left of it.
 */
export function replacementOf(path: string): Replacement {
  const target = resolveLink(path);
  const folder = dirname(target);
  removeLeftovers(folder, basename(target));
  return { temporary: temporaryBeside(target), target };
}

/** Flushes the temporary file to the disk and gives it the other's name and permissions. */
export function replace({ temporary, target }: Replacement): void {
  if (fs.existsSync(target)) fs.chmodSync(temporary, modeOf(target));
  flushFile(temporary);
  fs.renameSync(temporary, target);
  flushFolder(dirname(target));
}

/** Flushes what was written into a file to the disk. */
export function flushFile(path: string): void {
  const file = fs.openSync(path, "r+");
  try {
    fs.fsyncSync(file);
  } finally {
    fs.closeSync(file);
  }
}

/** A folder that fails to take a file may fail to lose one. */
function removeIfPossible(path: string | undefined): void {
  if (path === undefined) return;
  try {
    fs.rmSync(path, { force: true });
  } catch {
    // The next write of the file removes it.
  }
}

/** The target of a symbolic link, so that renaming does not replace the link by a file. */
function resolveLink(path: string): string {
  return fs.existsSync(path) ? fs.realpathSync(path) : path;
}

function modeOf(path: string): number {
  return fs.existsSync(path) ? fs.statSync(path).mode & 0o777 : 0o666;
}

/** A rename changes the folder, not the file. Windows cannot flush folders. */
export function flushFolder(folder: string): void {
  if (process.platform === "win32") return;
  const handle = fs.openSync(folder, "r");
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

/** ".model.safetensors.host~4711~0.tmp": hidden, beside its file, with the name of its writer. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.${hostname()}~${process.pid}~${threadId}.tmp`);
}

/**
 * Removes what killed processes left in a folder: temporary files, and folders, of the file of this
 * name, or of any.
 */
export function removeLeftovers(folder: string, name?: string): void {
  const prefix = name === undefined ? "." : `.${name}.`;
  for (const entry of fs.readdirSync(folder)) {
    if (!entry.startsWith(prefix)) continue;
    const writer = /~(\d+)~(\d+)\.tmp$/.exec(entry);
    if (writer === null) continue;
    const [, pid, thread] = writer;
    const isOfThisHost = entry.slice(0, writer.index).endsWith(`.${hostname()}`);
    const file = join(folder, entry);
    const isLeft = (isOfThisHost && isGone(Number(pid), Number(thread))) || isOld(file);
    if (isLeft) fs.rmSync(file, { recursive: true, force: true });
  }
}

/**
 * Writing is synchronous, so a file with this thread's own name was left by a killed process with
 * the same id.
 */
function isGone(pid: number, thread: number): boolean {
  return pid === process.pid ? thread === threadId : !isProcess(pid);
}

/**
 * Written on another machine with a shared disk, or by a process whose id is in use again: no write
 * takes a day.
 */
function isOld(file: string): boolean {
  const facts = fs.statSync(file, { throwIfNoEntry: false });
  return facts !== undefined && Date.now() - facts.mtimeMs > day;
}

/** Whether a process with this id is running on this machine, whoever owns it. */
export function isProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** What was tried with a file. */
export type Access = "read" | "write" | "open";

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "no space is left on the disk",
  EDQUOT: "the quota of the disk is used up",
  EROFS: "the disk is read-only",
  EIO: "the disk reports an error",
  EFBIG: "it would be larger than the disk allows",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is no folder",
  EEXIST: "it exists already",
  ENOTEMPTY: "the folder is not empty",
  ELOOP: "its symbolic links lead in a circle",
  ENAMETOOLONG: "its path is too long",
  EMFILE: "this process has too many files open",
  ENFILE: "the machine has too many files open",
  EBUSY: "it is in use",
  EPIPE: "nobody reads it any more",
  ENXIO: "its device is not there",
  ENODEV: "its device is not there",
  ESTALE: "the network drive has lost it",
  ETIMEDOUT: "the network drive does not answer",
};

/** The reason why a system call failed, in words; the system's own where there are none. */
export function reasonOf(error: unknown, access: Access = "write"): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return access === "write" ? "its folder does not exist" : "it does not exist";
  return Object.hasOwn(reasons, code) ? reasons[code] : message;
}
