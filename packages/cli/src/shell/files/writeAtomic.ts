import * as fs from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { threadId } from "node:worker_threads";
import type { Problem } from "evenkeel";

const day = 24 * 60 * 60 * 1000;

/**
 * A file that could not be written. It imports nothing that runs: a test has processes killed that
 * hold this file alone.
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
 * Writes a file so that whoever looks sees the old content or the new, never a part: into a
 * temporary file beside it, which is flushed to the disk, given the name, and then the folder is
 * flushed too. This holds for a process that is killed at any moment, and for a machine that loses
 * power. What killed processes left behind of this file is removed on the way. It is synchronous,
 * so that it can be done where a signal is handled and between two epochs.
 *
 * A file that was there keeps its permissions; a symbolic link stays one, and what it points to is
 * written.
 *
 * @throws WriteError if it cannot be written (no such folder, no space, no permission); the old
 *   file is then as it was
 */
export function writeAtomic(path: string, content: string | Uint8Array): void {
  let temporary: string | undefined;
  try {
    const target = resolveLink(path);
    const folder = dirname(target);
    removeLeftovers(folder, basename(target));
    temporary = join(folder, temporaryName(basename(target)));
    const file = fs.openSync(temporary, "wx", modeOf(target));
    try {
      fs.writeFileSync(file, content);
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
    fs.renameSync(temporary, target);
    flushFolder(folder);
  } catch (error) {
    if (temporary !== undefined) fs.rmSync(temporary, { force: true });
    throw new WriteError(`cannot write ${path}: ${reasonOf(error)}`, error);
  }
}

/** Where a symbolic link leads, so that renaming does not replace it by a file. */
function resolveLink(path: string): string {
  return fs.existsSync(path) ? fs.realpathSync(path) : path;
}

function modeOf(path: string): number {
  return fs.existsSync(path) ? fs.statSync(path).mode & 0o777 : 0o666;
}

/** A rename is in the folder, not in the file. Windows flushes no folders. */
function flushFolder(folder: string): void {
  if (process.platform === "win32") return;
  const handle = fs.openSync(folder, "r");
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

/** ".model.safetensors.host~4711~0.tmp": hidden, beside its file, and it says who is writing. */
function temporaryName(name: string): string {
  return `.${name}.${hostname()}~${process.pid}~${threadId}.tmp`;
}

function removeLeftovers(folder: string, name: string): void {
  const prefix = `.${name}.`;
  for (const entry of fs.readdirSync(folder)) {
    if (!entry.startsWith(prefix)) continue;
    const writer = /^(.*)~(\d+)~(\d+)\.tmp$/.exec(entry.slice(prefix.length));
    if (writer === null) continue;
    const [, host, pid, thread] = writer;
    const file = join(folder, entry);
    if (isGone(host, Number(pid), Number(thread)) || isOld(file)) fs.rmSync(file, { force: true });
  }
}

/**
 * Writing is synchronous: what bears this thread's own name is of a killed process whose number
 * came again.
 */
function isGone(host: string, pid: number, thread: number): boolean {
  if (host !== hostname()) return false;
  return pid === process.pid ? thread === threadId : !isProcess(pid);
}

/**
 * Of another machine on a shared disk, or of a process whose number another has now: nothing is
 * written for a day.
 */
function isOld(file: string): boolean {
  const facts = fs.statSync(file, { throwIfNoEntry: false });
  return facts !== undefined && Date.now() - facts.mtimeMs > day;
}

/** Whether a process of this number runs on this machine, whoever it belongs to. */
export function isProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case "ENOENT":
      return "its folder does not exist";
    case "ENOSPC":
      return "no space is left on the disk";
    case "EACCES":
    case "EPERM":
      return "permission is denied";
    case "EISDIR":
      return "it is a folder";
    default:
      return message;
  }
}
