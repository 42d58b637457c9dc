// `npm start`: builds what the command needs, if anything changed since, and asks its question. Arguments are the command's:
// `npm start -- --quick`. It emits without checking types, which is `npm run check`'s work and takes three times as long.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
/** The command, with what it stands on. */
const packages = ["evenkeel", "vision", "cli"].map((name) => join(root, "packages", name));
const program = join(root, "packages/cli/dist/main.js");
const stampFile = join(root, "packages/cli/dist/.start-stamp");

/** A digest of names, sizes and times. */
function digestOf(files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const { size, mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? {};
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

function sources() {
  const own = ["package-lock.json", "tsconfig.base.json", "scripts/bundle.mjs", "scripts/start.mjs"];
  const inPackages = packages.flatMap((folder) => [
    join(folder, "package.json"),
    join(folder, "tsconfig.json"),
    ...readdirSync(join(folder, "src"), { recursive: true })
      .filter((name) => /\.(?:ts|json)$/.test(name) && !/\.(?:test|fixture)\.ts$/.test(name))
      .sort()
      .map((name) => join(folder, "src", name)),
  ]);
  return [...own.map((name) => join(root, name)), ...inPackages];
}

/** Files of the build by which another build, by another command, is recognized. */
const outputs = [
  program,
  ...packages.flatMap((folder) => [join(folder, "dist/index.js"), join(folder, "dist/.tsbuildinfo")]),
];

function run(...args) {
  return new Promise((resolve) => {
    // Standard output is the command's: `npm start -- --json | jq`.
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["inherit", 2, 2] });
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

const before = digestOf(sources());
const stamp = existsSync(stampFile) ? readFileSync(stampFile, "utf8") : "";
if (stamp !== `${before} ${digestOf(outputs)}`) {
  console.error("Building evenkeel (once, a few seconds) …");
  const codes = await Promise.all([
    run("node_modules/typescript-native/bin/tsc", "-b", "packages/cli", "--noCheck"),
    run("scripts/bundle.mjs"),
  ]);
  const failed = codes.find((code) => code !== 0);
  if (failed !== undefined) process.exit(failed);
  // What changed while it was built is built the next time.
  writeFileSync(stampFile, `${before} ${digestOf(outputs)}`);
}

process.argv.splice(1, 1, program, "study", "mpg");
await import(pathToFileURL(program).href);
