import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";
import type { SiegePlan } from "./plan.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cli = join(root, "packages/cli/src");

/** How a process ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** A process that runs, and its end. */
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has said so far. */
  readonly said: () => string;
}

export interface SpawnOptions {
  readonly cwd: string;
  /** Where temporary files go. */
  readonly temporary: string;
  readonly plan?: SiegePlan | undefined;
  readonly stdin?: string | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** The command, built from the sources as they are now: a process from them takes several times as long to start. */
export class BuiltCommand {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Writes it into a folder of its own, from which it finds the packages. */
  static async make(): Promise<BuiltCommand> {
    const folder = join(root, "packages/cli/node_modules/.cache", `evenkeel-siege-${process.pid}`);
    mkdirSync(folder, { recursive: true });
    const library = join(root, "packages/evenkeel/src");
    await build({
      cwd: root,
      input: {
        main: join(cli, "main.ts"),
        worker: join(cli, "actions/study/worker.ts"),
        besieged: fileURLToPath(new URL("besieged.ts", import.meta.url)),
      },
      platform: "node",
      external: (id) => /^[@a-z]/.test(id) && !/^(?:evenkeel|@evenkeel)\b/.test(id),
      plugins: [
        {
          name: "sources",
          resolveId: (id) => {
            if (id === "@evenkeel/vision") return join(root, "packages/vision/src/index.ts");
            const [, entry] = /^evenkeel(?:\/(\w+))?$/.exec(id) === null ? [] : [id, id.slice("evenkeel/".length)];
            if (entry === undefined) return undefined;
            return join(library, entry, "index.ts");
          },
        },
      ],
      output: { dir: folder, entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
      logLevel: "warn",
    });
    return new BuiltCommand(folder);
  }

  /** Runs a command line to its end, whatever that is. */
  run(args: readonly string[], options: SpawnOptions): Promise<Ended> {
    return this.start(args, options).ended;
  }

  /** Starts a command line. */
  start(args: readonly string[], { cwd, temporary, plan, stdin = "", environment = {} }: SpawnOptions): Started {
    const preload = plan === undefined ? [] : ["--import", join(this.#folder, "besieged.js")];
    const child = spawn(process.execPath, [...preload, join(this.#folder, "main.js"), ...args], {
      cwd,
      env: {
        ...process.env,
        ...{ TMPDIR: temporary, NO_COLOR: "1", NODE_OPTIONS: "" },
        ...(plan !== undefined && { SIEGE: JSON.stringify(plan) }),
        ...environment,
      },
      stdio: ["pipe", "pipe", "pipe"],
    });
    child.stdin.on("error", () => {}); // a killed process reads no more
    child.stdin.end(stdin);
    let [out, err] = ["", ""];
    child.stdout.on("data", (part) => {
      out += part;
    });
    child.stderr.on("data", (part) => {
      err += part;
    });
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => resolve({ code, signal, out, err }));
    });
    return { child, ended, said: () => out + err };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The calls that a besieged process made. */
export function callsIn(trace: string): string[] {
  return readFileSync(trace, "utf8").split("\n").slice(0, -1);
}
