import { type Access, reasonOf, WriteError } from "./writeAtomic.ts";

const reading = new Set(["read", "stat", "lstat", "fstat", "scandir", "readlink", "realpath", "access"]);
const opening = new Set(["open", "opendir"]);

/**
 * What the surroundings did, as one sentence: a full disk, a folder that moved away. Undefined for
 * any other error, which is somebody's mistake. Only errors of system calls have a `syscall`.
 */
export function faultOf(error: unknown): string | undefined {
  if (error instanceof WriteError) return error.message;
  if (!(error instanceof Error)) return undefined;
  const { syscall, code, path } = error as NodeJS.ErrnoException;
  if (syscall === undefined || code === undefined) return undefined;
  const access: Access = reading.has(syscall) ? "read" : opening.has(syscall) ? "open" : "write";
  return `cannot ${access} ${path ?? "a file"}: ${reasonOf(error, access)}`;
}

/** Writes what is good to have when something has failed: a further fault does not hide the first. */
export function attempt(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (faultOf(error) === undefined) throw error;
  }
}
