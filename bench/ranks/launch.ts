import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";
import type { Measured, Request } from "./program.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "node_modules/.cache/evenkeel-bench-ranks");

/** Builds the program, and the thread that watches the other ranks, from the sources as they are now. */
export async function buildProgram(): Promise<void> {
  await build({
    ...{ cwd: root, platform: "node", logLevel: "warn" },
    input: {
      program: fileURLToPath(new URL("program.ts", import.meta.url)),
      thread: join(root, "packages/mpi/src/watch/thread.ts"),
      secondThread: join(root, "packages/mpi/src/second/secondThread.ts"),
    },
    external: (id) => /^[@a-z]/.test(id) && !/^evenkeel\b/.test(id),
    plugins: [
      {
        name: "sources",
        resolveId: (id) => {
          const [all, entry = ""] = /^evenkeel(?:\/(.+))?$/.exec(id) ?? [];
          return all === undefined ? undefined : join(root, "packages/evenkeel/src", entry, "index.ts");
        },
      },
    ],
    output: { dir: folder, entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
  });
}

/** How many ranks have a processor of their own here. */
export const processors = availableParallelism();

/**
 * Runs the program on some ranks, each with one thread.
 * @throws Error with what it wrote, if it fails
 */
export function measure(ranks: number, request: Request): Measured {
  const node = [process.execPath, join(folder, "program.js"), JSON.stringify(request)];
  const launch = ["mpirun", "-n", String(ranks), "--oversubscribe", "--bind-to", "none"];
  const [command, ...args] = ranks === 1 ? node : [...launch, ...node];
  const { status, stdout, stderr } = spawnSync(command, args, {
    ...{ cwd: root, encoding: "utf8", timeout: 300_000 },
    env: { ...process.env, OMPI_ALLOW_RUN_AS_ROOT: "1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1" },
  });
  if (status !== 0) throw new Error(`${ranks} ranks ended with ${status}:\n${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Measured;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
