import { writeSync } from "node:fs";
import { inspect } from "node:util";
import type { Mpi } from "./mpi.ts";
import type { LauncherGuard } from "./watch/guard.ts";
import type { Watcher } from "./watch/watcher.ts";

/** What the end of a process needs. */
export interface Ending {
  readonly mpi: Mpi;
  readonly rank: number;
  readonly size: number;
  watcher: Watcher | undefined;
  readonly guard: LauncherGuard | undefined;
  /** Returns when all ranks are at their end. @throws Error if one is lost */
  readonly together: () => void;
  /** Whether MPI has ended, by {@link finish}. */
  isOver: boolean;
}

/** Milliseconds that a rank leaves to another that has failed before it. */
const abortsAfter = 1000;

let uncaught: { readonly error: unknown } | undefined;

/**
 * Ends MPI with the process: in order where the program ends well, and with the processes of all
 * ranks where it does not, because they would wait for this one.
 */
export function endWithProcess(ending: Ending): void {
  // Node shows an uncaught error after the listeners of "exit", which MPI_Abort does not survive.
  process.on("uncaughtExceptionMonitor", (error) => {
    uncaught = process.listenerCount("uncaughtException") === 0 ? { error } : undefined;
  });
  process.on("exit", (code) => end(ending, code));
}

/**
 * Ends MPI before the process, on all ranks at once: they have agreed to end, and each may then exit
 * with a code of its own. @throws Error if one is lost
 */
export function finish(ending: Ending): void {
  const { mpi, size, watcher, guard, together } = ending;
  if (ending.isOver) return;
  if (size > 1) together();
  ending.isOver = true;
  watcher?.end();
  mpi.finalize();
  guard?.dismiss();
}

function end(ending: Ending, code: number): void {
  const { mpi, size, watcher, guard, together } = ending;
  if (ending.isOver) return;
  if (size > 1) {
    if (uncaught !== undefined) failTogether(ending, inspect(uncaught.error), code || 1);
    if (code !== 0) failTogether(ending, `the process ends with exit code ${code}`, code);
    try {
      together();
    } catch (error) {
      failTogether(ending, error instanceof Error ? error.message : String(error));
    }
    watcher?.end();
  }
  mpi.finalize();
  guard?.dismiss();
}

/** Ends the processes of all ranks with a line on standard error that names this one. */
export function failTogether(
  { mpi, rank, watcher }: Pick<Ending, "mpi" | "rank" | "watcher">,
  reason: string,
  code = 1,
): never {
  try {
    writeSync(2, `rank ${rank}: ${reason}\n`);
  } catch {
    // Standard error may be closed.
  }
  const isFirst = watcher?.fail(`rank ${rank} has failed: ${reason.split("\n")[0]}`) ?? true;
  // The run ends with the exit code of the first abort: that of the rank that has failed by itself.
  if (!isFirst) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, abortsAfter);
  mpi.abort(code);
  // MPI_Abort does not return.
  return process.kill(process.pid, "SIGKILL") as never;
}
