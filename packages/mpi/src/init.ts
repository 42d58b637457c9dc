import { availableParallelism } from "node:os";
import { check, checkOptions, numberAbove, refuse, string, wrongState } from "evenkeel/problem";
import { MpiCommunicator } from "./communicator.ts";
import { type Ending, endWithProcess, failTogether, finish } from "./ending.ts";
import { cureOfSize, type Launcher, launcherIn } from "./launcher.ts";
import { type Library, loadKoffi, loadLibrary } from "./library.ts";
import { Lock } from "./lock.ts";
import { Mpi } from "./mpi.ts";
import { SecondThread } from "./second/second.ts";
import { Transport } from "./transport.ts";
import type { Communicator } from "./types.ts";
import { Board } from "./watch/board.ts";
import { LauncherGuard } from "./watch/guard.ts";
import type { Where } from "./watch/peers.ts";
import { Watcher } from "./watch/watcher.ts";

export interface InitOptions {
  /**
   * Seconds that a call may take, so that the ranks may compute between two calls, each by itself.
   * A rank that computes for longer ends the run. Default 600.
   */
  readonly timeout?: number | undefined;
  /**
   * Seconds after which a rank that is not heard any more ends the run: its process is stopped, or
   * its network is lost. Ranks say each second that they are there, from a thread of their own, also
   * while they compute. Default 15.
   */
  readonly silence?: number | undefined;
  /** The path or the name of the MPI library. Default EVENKEEL_MPI_LIBRARY, or what is found. */
  readonly library?: string | undefined;
}

/** The processes of this run. */
export interface Ranks extends Communicator {
  /** What the MPI says of itself: "Open MPI v4.1.4". */
  readonly version: string;
  /**
   * Ends MPI on all ranks, which have agreed to end: each may then exit with a code of its own. No
   * other call may follow. Without it MPI ends with the process.
   */
  finish(): void;
}

/** The ranks have so many milliseconds to find each other, or `timeout` if that is less. */
const longestStartup = 120_000;

let started: Promise<Ranks> | undefined;

/**
 * Joins the processes that `mpirun` or `srun` has started: all of them call it, once. A process that
 * was started by itself is rank 0 of 1.
 *
 * MPI ends with the process. A process that ends by an uncaught error or with another exit code than
 * 0 ends those of all ranks. A second call returns what the first did.
 * @throws Error if there is no MPI, if it counts other processes than were started, or if the ranks
 * cannot reach rank 0
 */
export function init(options: InitOptions = {}): Promise<Ranks> {
  checkOptions("init", options, ["timeout", "silence", "library"]);
  const { timeout = 600, silence = 15, library = process.env.EVENKEEL_MPI_LIBRARY } = options;
  check("init", { option: "timeout" }, timeout, numberAbove(0));
  check("init", { option: "silence" }, silence, numberAbove(0));
  if (library !== undefined) check("init", { option: "library" }, library, string());
  started ??= start(timeout * 1000, silence * 1000, library || undefined);
  return started;
}

async function start(timeout: number, silence: number, given: string | undefined): Promise<Ranks> {
  const launcher = launcherIn(process.env);
  // Before MPI, in whose start this process may be killed.
  const guard = launcher && LauncherGuard.start();
  const koffi = await loadKoffi();
  const library = loadLibrary(koffi, launcher, given);
  const mpi = new Mpi(koffi, library);
  if (mpi.isInitialized) {
    throw wrongState("init", "MPI was started by other code of this process", "start it by init alone");
  }
  const startup = Math.min(timeout, longestStartup);
  const watching = { silence, startup, library: { path: library.path, family: library.family } };
  // It watches the start of MPI, too, which waits for all ranks.
  const watcher = launcher !== undefined && launcher.size > 1 ? new Watcher(watching) : undefined;
  const mayHaveTwo = mpi.initialize();
  const { rank, size } = mpi;
  const board = new Board(size);
  const where: Where[] = [];
  const transport = new Transport(mpi, board, where, { rank, size, timeout });
  const abort = (reason: string) => failTogether(ending, `aborts: ${reason}`);
  const { path, family, version } = library;
  const second = new SecondThread(mpi, new Lock(), board, {
    rank,
    size,
    timeout,
    where,
    library: { path, family, version },
  });
  const communicator = new MpiCommunicator(transport, version, abort, mayHaveTwo && size > 1 ? second : undefined);
  const ending: Ending = { mpi, rank, size, watcher, guard, together: () => communicator.end(), isOver: false };
  endWithProcess(ending);
  if (size === 1) watcher?.close();
  checkSize(size, launcher, library);
  if (size > 1) {
    ending.watcher ??= new Watcher(watching);
    await ending.watcher.connect(rank, board, (bytes) => communicator.allGather(bytes), where);
    const { host } = where[rank];
    transport.hasProcessors = where.filter((one) => one.host === host).length <= availableParallelism();
  }
  return Object.assign(communicator, { finish: () => finish(ending) });
}

/** Otherwise each process would train alone, and believe that it is all there is. */
function checkSize(size: number, launcher: Launcher | undefined, { version, path }: Library): void {
  if (launcher === undefined || launcher.size === size) return;
  const { variable, program, size: expected } = launcher;
  const says = program === "torchrun" ? `${variable} is ${expected}` : `${program} started ${expected} processes`;
  const statement = `${says}, but ${version} (${path}) counts ${size}`;
  throw refuse("wrong-state", "init", statement, cureOfSize(launcher));
}
