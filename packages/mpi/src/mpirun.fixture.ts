import { spawn, spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

/** Programs of this package under `mpirun`, for the tests and the siege. */

const root = fileURLToPath(new URL("../../..", import.meta.url));
const source = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Why no program can be started here; undefined if one can. */
export function whyNoMpi(): string | undefined {
  const { status, stdout } = spawnSync("mpirun", ["--version"], { encoding: "utf8" });
  if (status !== 0) return "no mpirun: apt-get install openmpi-bin";
  return /Open MPI/.test(stdout) ? undefined : "mpirun is not Open MPI's, whose options the tests use";
}

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly seconds: number;
  /** Seconds from the attack, or from the start if there was none, until no process was there. */
  readonly sinceAttack: number;
  /** The numbers of processes that are left. */
  readonly left: readonly number[];
}

/** A run that goes on. */
export interface Running {
  /** The process that was started. */
  readonly launcher: number;
  /** What it has printed so far. */
  readonly out: string;
  /** The processes that are a rank. */
  readonly processesOf: (rank: number) => readonly number[];
}

/** What is done to a run, some milliseconds after its start; again until it says that it is done. */
export interface Attack {
  readonly after: number;
  readonly strike: (running: Running) => boolean;
}

/** Sends a signal to some ranks at once, when all have a process; to `mpirun` if there are none. */
export const signalTo = (victims: readonly number[], signal: NodeJS.Signals): Attack["strike"] => {
  return ({ launcher, processesOf }) => {
    const found = victims.map(processesOf);
    if (!found.every((pids) => pids.length > 0)) return false;
    // A process that becomes the guard of a rank has its environment for a moment.
    const targets = victims.length === 0 ? [launcher] : found.map((pids) => Math.min(...pids));
    for (const pid of targets) kill(pid, signal);
    return true;
  };
};

export interface RunOptions {
  readonly ranks: number;
  readonly args: readonly string[];
  /** Its name. */
  readonly program?: string | undefined;
  readonly node?: string | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Words in front of the command of the ranks, or in place of `mpirun` and its options. */
  readonly launch?: readonly string[] | undefined;
  /** Seconds after which everything is killed. */
  readonly limit?: number | undefined;
  /** Seconds in which processes may outlive `mpirun`; 2 unless given. */
  readonly patience?: number | undefined;
  readonly attack?: Attack | undefined;
}

let runs = 0;

/** Programs, built from the sources as they are now: each would take seconds to start from them. */
export class BuiltPrograms {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @param paths - the programs by name; that of the tests unless given */
  static async make(
    paths: Readonly<Record<string, string>> = { program: source("program.fixture.ts") },
  ): Promise<BuiltPrograms> {
    const folder = join(root, "node_modules/.cache", `evenkeel-mpi-${process.pid}`);
    mkdirSync(folder, { recursive: true });
    await build({
      cwd: root,
      input: { ...paths, thread: source("watch/thread.ts"), secondThread: source("second/secondThread.ts") },
      platform: "node",
      external: (id) => /^[a-z]/.test(id) && !/^evenkeel\b/.test(id),
      plugins: [
        {
          name: "sources",
          resolveId: (id) => {
            const entry = /^evenkeel\/(\w+)$/.exec(id)?.[1];
            return entry === undefined ? undefined : join(root, "packages/evenkeel/src", entry, "index.ts");
          },
        },
      ],
      output: { dir: folder, entryFileNames: "[name].js", chunkFileNames: "[name].js" },
      logLevel: "warn",
    });
    return new BuiltPrograms(folder);
  }

  /** Runs the program on some ranks to its end, whatever that is. */
  async run(options: RunOptions): Promise<Ended> {
    const {
      ranks,
      args,
      program = "program",
      node = process.execPath,
      environment = {},
      limit = 60,
      patience = 2,
      attack,
    } = options;
    const root = { OMPI_ALLOW_RUN_AS_ROOT: "1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1" };
    const { launch = ["mpirun", "-n", String(ranks), "--oversubscribe"] } = options;
    // By this word in their environment the processes of a run are found.
    const mark = `evenkeel-mpi-${process.pid}-${runs++}`;
    const start = performance.now();
    const [command, ...rest] = [...launch, node, join(this.folder, `${program}.js`), ...args];
    // A file, which also the guard of a launcher can write to: Node's pipes are sockets.
    const errors = join(this.folder, mark);
    const stderr = openSync(errors, "a");
    const child = spawn(command, rest, {
      env: { ...process.env, NODE_OPTIONS: "", ...root, EVENKEEL_MPI_MARK: mark, ...environment },
      stdio: ["ignore", "pipe", stderr],
    });
    closeSync(stderr);
    let [out, late, struck] = ["", "", start];
    child.stdout?.on("data", (part: Buffer) => {
      // A rank says what it does to itself.
      if (/ at step /.test(part.toString())) struck = performance.now();
      out += part;
    });
    const overdue = setTimeout(() => {
      late = `\nnot ended after ${limit} seconds\n`;
      for (const pid of markedBy(mark)) kill(pid);
      child.kill("SIGKILL");
    }, limit * 1000);
    let attacking: ReturnType<typeof setTimeout> | undefined;
    const strike = () => {
      struck = performance.now();
      const processesOf = (rank: number) => markedBy(mark, `OMPI_COMM_WORLD_RANK=${rank}`);
      const isDone = attack?.strike({ launcher: child.pid ?? 0, out, processesOf });
      if (!isDone) attacking = setTimeout(strike, 5);
    };
    if (attack !== undefined) attacking = setTimeout(strike, attack.after);
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    });
    clearTimeout(overdue);
    clearTimeout(attacking);
    const end = performance.now();
    // Those that are being ended have a moment, and so have the guards of the launcher.
    const those = () => [...markedBy(mark), ...processesWith(`LAUNCHER=${child.pid}`)];
    let left = those();
    while (left.length > 0 && performance.now() - end < 1000 * patience) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      left = those();
    }
    const now = performance.now();
    for (const pid of left) kill(pid);
    const err = readFileSync(errors, "utf8") + late;
    return { code, out, err, seconds: (end - start) / 1000, sinceAttack: (now - struck) / 1000, left };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function kill(pid: number, signal: NodeJS.Signals = "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}

/** The processes of a run, with a further variable if one is named. */
const markedBy = (mark: string, ...variables: string[]) => processesWith(`EVENKEEL_MPI_MARK=${mark}`, ...variables);

/** Those that have all of these variables in their environment. A zombie has ended, and has none. */
export function processesWith(...variables: readonly string[]): number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      const environment = readFileSync(`/proc/${name}/environ`, "latin1");
      return variables.every((variable) => environment.includes(`${variable}\0`)) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}
