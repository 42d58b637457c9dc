import { execFileSync, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A PostgreSQL server for tests, with nothing in it. */
export interface Server {
  /** The address of its database. */
  readonly address: string;
  /** Ends its process; `start` begins it again. */
  readonly stop: () => void;
  readonly start: () => void;
  readonly remove: () => void;
}

/** Debian's. */
const installed = "/usr/lib/postgresql";

function programs(): string | undefined {
  if (!existsSync(installed)) return undefined;
  const versions = readdirSync(installed).filter((name) => existsSync(join(installed, name, "bin/initdb")));
  const newest = versions.sort((a, b) => Number(b) - Number(a)).at(0);
  return newest === undefined ? undefined : join(installed, newest, "bin");
}

/** Why there is no server here; undefined if there can be one. */
export function noServer(): string | undefined {
  if (programs() === undefined) return "no PostgreSQL: apt-get install postgresql";
  if (process.getuid?.() !== 0) return undefined;
  const { status } = spawnSync("runuser", ["-u", "postgres", "--", "true"]);
  return status === 0 ? undefined : "PostgreSQL does not run as root, and there is no user postgres";
}

/** Starts one in a folder of its own, on a port that is free. */
export async function startServer(): Promise<Server> {
  const bin = programs() ?? "";
  const root = mkdtempSync(join(tmpdir(), "evenkeel-postgres-"));
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    const [user, group] = ["-u", "-g"].map((of) => Number(execFileSync("id", [of, "postgres"], { encoding: "utf8" })));
    chownSync(root, user, group);
  }
  const run = (program: string, ...args: string[]) => {
    const words = [join(bin, program), ...args];
    const [command, ...rest] = isRoot ? ["runuser", "-u", "postgres", "--", ...words] : words;
    execFileSync(command, rest, { cwd: root, stdio: "ignore", timeout: 60_000 });
  };
  const data = join(root, "data");
  run("initdb", "-D", data, "-A", "trust", "-U", "evenkeel", "--no-sync");
  const port = await freePort();
  const options = `-c listen_addresses=127.0.0.1 -c port=${port} -c unix_socket_directories=${root} -c fsync=off`;
  const start = () => run("pg_ctl", "-D", data, "-w", "-l", join(root, "log"), "-o", options, "start");
  const stop = () => run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop");
  start();
  return {
    address: `postgres://evenkeel@127.0.0.1:${port}/postgres`,
    start,
    stop,
    remove: () => {
      try {
        stop();
      } finally {
        rmSync(root, { recursive: true, force: true });
      }
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
