// A release of all packages under one version, in three steps:
//   npm run release -- 0.2.0             what would be written and published; changes nothing
//   npm run release -- 0.2.0 --write     writes versions and changelog, for a commit and its tag v0.2.0
//   npm run release -- 0.2.0 --publish   of that commit: checks, packs, and publishes what was checked
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkedPackages } from "./checked.ts";
import { packages, root } from "./packages.ts";
import { mustRun } from "./run.ts";
import { isAfter, outdatedLines, parsed, releasedChangelog, withVersion } from "./versions.ts";

const [version = "", mode = "--dry-run"] = process.argv.slice(2);
parsed(version);
if (!["--dry-run", "--write", "--publish"].includes(mode)) throw new Error(`${mode} is none of --write and --publish`);

const git = async (...args: string[]) => (await mustRun("git", args, { cwd: root })).trim();
const textOf = (path: string) => readFileSync(join(root, path), "utf8");
const names = packages.map(({ name }) => name);
const current = packages[0].manifest.version;
const versionFile = "packages/evenkeel/src/core/version.ts";

/** What a release writes, by path. */
function changes(): Record<string, string> {
  const manifests = packages.map(({ folder }) => {
    const path = join(folder, "package.json").slice(root.length);
    return [path, withVersion(textOf(path), version, names)];
  });
  return {
    ...Object.fromEntries(manifests),
    [versionFile]: textOf(versionFile).replace(/"\d+\.\d+\.\d+"/, `"${version}"`),
    "CHANGELOG.md": releasedChangelog(textOf("CHANGELOG.md"), version, new Date().toISOString().slice(0, 10)),
  };
}

/** Pages that users read. */
function pages(): string[] {
  const inFolder = (folder: string) => readdirSync(join(root, folder)).map((name) => join(folder, name));
  const all = [
    "README.md",
    ...inFolder("docs"),
    ...packages.map(({ folder }) => `${folder.slice(root.length)}/README.md`),
  ];
  return all.filter((path) => path.endsWith(".md"));
}

/** What stands against a release. */
async function objections(): Promise<string[]> {
  const unpublished = !(await git("tag", "--list", "v*"));
  const outdated = pages().flatMap((path) => outdatedLines(path, textOf(path)));
  const here = packages.filter(({ manifest }) => manifest.version !== version).map(({ name }) => name);
  const lacking = packages.filter(({ manifest }) => manifest.repository === undefined).map(({ name }) => name);
  return [
    ...((await git("status", "--porcelain")) === "" ? [] : ["the working tree has changes that are not committed"]),
    ...outdated.map((line) => `after a release this is wrong: ${line}`),
    ...lacking.map((name) => `${name} names no repository in its package.json, where its readers would look`),
    ...(mode === "--publish"
      ? [
          ...here.map((name) => `${name} has another version: first --write, commit, and tag v${version}`),
          ...((await git("tag", "--points-at", "HEAD")).split("\n").includes(`v${version}`)
            ? []
            : [`HEAD is not tagged v${version}`]),
        ]
      : isAfter(version, current) || (unpublished && version === current)
        ? []
        : [`${version} does not come after ${current}`]),
  ];
}

const found = await objections();
for (const one of found) console.error(one);
if (found.length > 0 && mode !== "--dry-run") process.exit(1);

if (mode === "--write") {
  for (const [path, text] of Object.entries(changes())) writeFileSync(join(root, path), text);
  await mustRun("npm", ["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: root,
  });
  console.log(`Next: git commit --all --message "Release ${version}" && git tag v${version}`);
  console.log(`      npm run release -- ${version} --publish`);
} else {
  if (mode === "--dry-run") for (const path of Object.keys(changes())) console.log(`would write ${path}`);
  const { folder, packed, faults } = await checkedPackages();
  try {
    if (faults.length > 0) throw new Error("the packages are not in order");
    // What was checked is what is published.
    for (const { path } of packed) {
      const flags = mode === "--dry-run" ? ["--dry-run"] : [];
      const { status } = spawnSync("npm", ["publish", path, ...flags], { cwd: root, stdio: "inherit" });
      if (status !== 0) throw new Error(`npm did not publish ${path}; those before it are published`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(mode === "--dry-run" ? `${found.length} objections, see above` : `${version} is published`);
  if (found.length > 0) process.exitCode = 1;
}
