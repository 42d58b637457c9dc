import { handlesOf } from "../handles.ts";
import type { Family } from "../launcher.ts";

/** Seconds that MPI_Abort may take; Open MPI's waits for an answer of `mpirun`, which may hang. */
export const abortSeconds = 3;

/**
 * Ends the processes of all ranks from a thread other than the main one, which hangs. MPI promises
 * nothing for that, so an alarm ends this process if MPI does not.
 */
export async function abortProcess({
  path,
  family,
}: {
  readonly path: string;
  readonly family: Family;
}): Promise<void> {
  try {
    const koffi = await import("koffi");
    koffi.load(null).func("unsigned int alarm(unsigned int seconds)")(abortSeconds);
    const lib = koffi.load(path, { global: true });
    const { type, world } = handlesOf(family, (name) => lib.symbol(name) as bigint);
    lib.func(`int MPI_Abort(${type} comm, int code)`)(world, 1);
  } finally {
    process.kill(process.pid, "SIGKILL");
  }
}
