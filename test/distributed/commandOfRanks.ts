import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

const root = fileURLToPath(new URL("../..", import.meta.url));
const packages = join(root, "packages");

/**
 * The command and @evenkeel/mpi beside it, built from the sources as they are now: the package has
 * a thread of its own, and processes that several ranks start from sources take long.
 */
export class CommandOfRanks {
  readonly folder: string;
  /** The file to start. */
  readonly main: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.main = join(folder, "main.js");
  }

  static async make(): Promise<CommandOfRanks> {
    // From here it finds the packages that it needs.
    const folder = join(packages, "cli/node_modules/.cache", `evenkeel-ranks-${process.pid}`);
    const mpi = join(folder, "node_modules/@evenkeel/mpi");
    mkdirSync(mpi, { recursive: true });
    writeFileSync(join(mpi, "package.json"), JSON.stringify({ type: "module", exports: "./index.js" }));
    await bundle(folder, { main: join(packages, "cli/src/main.ts") });
    await bundle(mpi, {
      index: join(packages, "mpi/src/index.ts"),
      thread: join(packages, "mpi/src/watch/thread.ts"),
      secondThread: join(packages, "mpi/src/second/secondThread.ts"),
    });
    return new CommandOfRanks(folder);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function bundle(folder: string, input: Readonly<Record<string, string>>): Promise<void> {
  await build({
    ...{ cwd: root, input, platform: "node", logLevel: "warn" },
    external: (id) => /^[@a-z]/.test(id) && !/^(?:evenkeel|@evenkeel\/vision)\b/.test(id),
    plugins: [
      {
        name: "sources",
        resolveId: (id) => {
          if (id === "@evenkeel/vision") return join(packages, "vision/src/index.ts");
          const [all, entry = ""] = /^evenkeel(?:\/(\w+))?$/.exec(id) ?? [];
          return all === undefined ? undefined : join(packages, "evenkeel/src", entry, "index.ts");
        },
      },
    ],
    output: { dir: folder, entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
  });
}
