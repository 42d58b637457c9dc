import { distributed } from "evenkeel";
import { misuse } from "../errors.ts";
import { sentence } from "../sentence.ts";
import type { Launched } from "./launched.ts";

/** What the command needs of the package @evenkeel/mpi. */
interface MpiRun extends distributed.Communicator {
  /** All ranks call it once they have agreed to end, whatever their exit codes will be. */
  finish(): void;
}

let joined: MpiRun | undefined;

/**
 * Lets this process compute with the others that were started with it; a second call does nothing.
 * @throws CommandError if there is no MPI to do it by
 */
export async function joinRanks({ size, launcher }: Launched): Promise<void> {
  if (joined !== undefined) return;
  const { init } = await loadMpi(launcher, size);
  try {
    joined = await init();
  } catch (error) {
    throw misuse("wrong-state", `the ${size} processes cannot compute together: ${sentence(error)}`, undefined, {
      cause: error,
    });
  }
  distributed.init(joined);
}

/** The processes that this one has joined. */
export function joinedRanks(): MpiRun | undefined {
  return joined;
}

async function loadMpi(launcher: string, size: number): Promise<{ init: () => Promise<MpiRun> }> {
  // A name that the bundler and the compiler leave alone: the package need not be there.
  const name = "@evenkeel/mpi";
  try {
    return await import(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw misuse(
      "not-supported",
      `${launcher} has started ${size} processes, which only compute together through the package ${name}`,
      `npm install ${name}, or run the command without ${launcher}`,
      { cause: error },
    );
  }
}
