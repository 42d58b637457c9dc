// Runs the digest of test/digest in other versions of Node and compares it with the committed one:
// `npm run test:engines`, or `npm run test:engines -- 22 26`. With `--steps 2000` trainings have so many steps, and all
// digests are compared with the first.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { engine, hasEngines } from "./engines.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values: options, positionals: asked } = parseArgs({
  options: { steps: { type: "string" } },
  allowPositionals: true,
});
const longer = options.steps === undefined ? [] : ["--steps", options.steps];
const versions = asked.length > 0 ? asked : ["20", "22", "24", "26"];
const canonical = (text: string) => JSON.stringify(JSON.parse(text));
const committed = canonical(readFileSync(join(root, "test/digest/digest.json"), "utf8"));
let expected = options.steps === undefined ? committed : undefined;

if (!hasEngines) {
  console.log("skipped: these builds of Node are for Linux on x64");
  process.exit(0);
}
let [passed, failed] = [0, 0];
for (const version of versions) {
  const path = engine(version);
  const run = (...args: string[]) => spawnSync(path, args, { cwd: root, encoding: "utf8" });
  // Node 20 cannot be told to make vectors of 256 bits.
  const wide = Number(version.split(".")[0]) > 20 ? [["--wide"], ["--wide", "--threads"]] : [];
  const modes = [[], ["--threads"], ...wide];
  for (const mode of modes) {
    const { status, stdout, stderr } = run("--import", "tsx", "test/digest/main.ts", ...mode, ...longer);
    if (status === 0) expected ??= canonical(stdout);
    const same = status === 0 && canonical(stdout) === expected;
    if (same) passed++;
    else failed++;
    const name = ["Node", run("--version").stdout.trim(), ...mode].join(" ");
    console.log(`${name}: ${same ? "same digest" : `${stdout}${stderr}`}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
