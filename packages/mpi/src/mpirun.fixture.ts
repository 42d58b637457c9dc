import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
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
  /** Seconds since the attack, or since the start if there was none. */
  readonly sinceAttack: number;
  /** The numbers of processes that are left. */
  readonly left: readonly number[];
}

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
  /** A signal to one rank, some milliseconds after the start. */
  readonly attack?: { readonly rank: number; readonly signal: NodeJS.Signals; readonly after: number } | undefined;
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
      input: { ...paths, thread: source("watch/thread.ts") },
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
    const { ranks, args, program = "program", node = process.execPath, environment = {}, limit = 60, attack } = options;
    const root = { OMPI_ALLOW_RUN_AS_ROOT: "1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1" };
    const { launch = ["mpirun", "-n", String(ranks), "--oversubscribe"] } = options;
    // By this word in their environment the processes of a run are found.
    const mark = `evenkeel-mpi-${process.pid}-${runs++}`;
    const start = performance.now();
    const [command, ...rest] = [...launch, node, join(this.folder, `${program}.js`), ...args];
    const child = spawn(command, rest, {
      env: { ...process.env, NODE_OPTIONS: "", ...root, EVENKEEL_MPI_MARK: mark, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [out, err, struck] = ["", "", start];
    child.stdout.on("data", (part: Buffer) => {
      // A rank says what it does to itself.
      if (/ at step /.test(part.toString())) struck = performance.now();
      out += part;
    });
    child.stderr.on("data", (part: Buffer) => {
      err += part;
    });
    const overdue = setTimeout(() => {
      err += `\nnot ended after ${limit} seconds\n`;
      for (const pid of markedBy(mark)) kill(pid);
      child.kill("SIGKILL");
    }, limit * 1000);
    const strike = ({ rank, signal }: NonNullable<RunOptions["attack"]>) => {
      const found = markedBy(mark, `OMPI_COMM_WORLD_RANK=${rank}\0`);
      for (const pid of found) kill(pid, signal);
      struck = performance.now();
      if (found.length === 0) attacking = setTimeout(() => strike({ rank, signal, after: 0 }), 5);
    };
    let attacking: ReturnType<typeof setTimeout> | undefined;
    if (attack !== undefined) attacking = setTimeout(() => strike(attack), attack.after);
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    });
    clearTimeout(overdue);
    clearTimeout(attacking);
    const now = performance.now();
    // Those that are being ended have a moment.
    let left = markedBy(mark);
    for (let i = 0; i < 40 && left.length > 0; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      left = markedBy(mark);
    }
    for (const pid of left) kill(pid);
    return { code, out, err, seconds: (now - start) / 1000, sinceAttack: (now - struck) / 1000, left };
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

/** The processes of a run, with a further variable if one is named. A zombie has ended, and has none. */
function markedBy(mark: string, variable = ""): number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      const environment = readFileSync(`/proc/${name}/environ`, "latin1");
      const isFound = environment.includes(`EVENKEEL_MPI_MARK=${mark}\0`) && environment.includes(variable);
      return isFound ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}
