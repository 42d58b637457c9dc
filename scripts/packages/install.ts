import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Packed } from "./pack.ts";
import { type Manifest, readManifest } from "./packages.ts";
import { mustRun, run, withNode } from "./run.ts";
import { declarationFaults } from "./types.ts";

/** A folder outside the repository, where packages are installed as a user does. */
export interface Place {
  readonly folder: string;
  /** npm's cache, empty at first: nothing but the tarballs and the registry is at hand. */
  readonly cache: string;
  readonly packed: readonly Packed[];
}

const tarballOf = (packed: readonly Packed[], name: string) => packed.find((one) => one.package.name === name)!.path;

function emptyFolder({ folder }: Place, name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

async function npmInstall(
  cwd: string,
  { cache }: Place,
  tarballs: readonly string[],
  node = process.execPath,
): Promise<void> {
  const flags = ["--no-audit", "--no-fund", "--prefer-offline", "--cache", cache];
  await mustRun("npm", ["install", ...flags, ...tarballs], { cwd, environment: withNode(node) });
}

/** Licences under which packages that a user installs may stand, beside those by name. */
const licences = new Set(["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "0BSD", "Unlicense"]);

/** Of SPDX expressions as packages have them: one licence, all of some, or one of some. */
function isFree(expression = ""): boolean {
  const either = expression.replaceAll(/[()]/g, "").split(" OR ");
  return either.some((all) => all.split(" AND ").every((licence) => licences.has(licence)));
}

/** libvips, a library of its own that is loaded as it is. */
const byName: Readonly<Record<string, string>> = { "@img/sharp-libvips": "LGPL-3.0-or-later" };

/** All packages in a folder's node_modules. */
function installed(folder: string): { readonly name: string; readonly folder: string; readonly manifest: Manifest }[] {
  const modules = join(folder, "node_modules");
  if (!existsSync(modules)) return [];
  const names = readdirSync(modules).flatMap((name) =>
    name.startsWith(".")
      ? []
      : name.startsWith("@")
        ? readdirSync(join(modules, name)).map((part) => `${name}/${part}`)
        : name,
  );
  return names.flatMap((name) => {
    const folder = join(modules, name);
    return [{ name, folder, manifest: readManifest(folder) }, ...installed(folder)];
  });
}

function licenceFaults(folder: string): string[] {
  return installed(folder).flatMap(({ name, manifest: { license } }) => {
    const known = Object.entries(byName).some(([start, one]) => name.startsWith(start) && license === one);
    return known || isFree(license) ? [] : [`${name} has the licence ${license}`];
  });
}

function megabytesOf(folder: string): number {
  const sizes = readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) =>
    entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0,
  );
  return sizes.reduce((sum, size) => sum + size, 0) / 1e6;
}

/** The library by itself: no other package, all its entries, and what its program says. */
export async function libraryFaults(place: Place, nodes: readonly string[]): Promise<string[]> {
  const folder = emptyFolder(place, "library");
  await npmInstall(folder, place, [tarballOf(place.packed, "evenkeel")]);
  const all = installed(folder);
  const faults = all.length === 1 ? [] : [`evenkeel brings ${all.map(({ name }) => name).join(", ")}`];
  const subpaths = Object.keys(all[0].manifest.exports ?? {})
    .filter((path) => !path.endsWith(".json"))
    .map((path) => `evenkeel${path.slice(1)}`);
  const program = `
    const load = async (path) => {
      if (Object.keys(await import(path)).length === 0) throw new Error(path + " exports nothing");
    };
    // f32x4.relaxed_madd, which evenkeel/node alone makes valid in Node 20: importing nothing else may set a flag.
    const hex = "0061736d0100000001080160037b7b7b017b030201000a0d010b00200020012002fd85020b";
    const isRelaxed = () => WebAssembly.validate(Buffer.from(hex, "hex"));
    const before = isRelaxed();
    for (const path of ${JSON.stringify(subpaths.filter((path) => path !== "evenkeel/node"))}) await load(path);
    if (isRelaxed() !== before) throw new Error("a flag of V8 was set without evenkeel/node");
    await load("evenkeel/node");
    if (!isRelaxed()) throw new Error("evenkeel/node did not set its flag");
    const { tableFromRows } = await import("evenkeel/tabular");
    const { trainTable } = await import("evenkeel/train");
    const rows = Array.from({ length: 60 }, (_, i) => ({ x: i % 7, y: 3 * (i % 7) }));
    const { model } = await trainTable(tableFromRows(rows), { target: "y", epochs: 2 });
    console.log(Number.isFinite(model.predictRows([{ x: 1 }]).values[0]));`;
  writeFileSync(join(folder, "program.mjs"), program);
  for (const node of nodes) {
    const environment = withNode(node);
    if ((await mustRun(node, ["program.mjs"], { cwd: folder, environment })) !== "true\n")
      faults.push(`${node}: no prediction`);
    const { code, err } = await run("npx", ["--no-install", "evenkeel", "train", "mpg"], { cwd: folder, environment });
    if (code !== 1 || !err.includes("npx @evenkeel/cli train mpg")) {
      faults.push(`\`npx evenkeel\` without the command ends with ${code} and says ${err}`);
    }
  }
  return [...faults, ...(await declarationFaults(folder, subpaths))];
}

/** The command: installed in a folder of its own, it trains, predicts, studies and draws a report. */
export async function commandFaults(place: Place, nodes: readonly string[]): Promise<string[]> {
  const folder = emptyFolder(place, "command");
  const names = ["evenkeel", "@evenkeel/vision", "@evenkeel/cli"];
  await npmInstall(
    folder,
    place,
    names.map((name) => tarballOf(place.packed, name)),
  );
  const megabytes = megabytesOf(join(folder, "node_modules"));
  console.log(`the command with all that it needs: ${megabytes.toFixed(0)} MB, ${installed(folder).length} packages`);
  const faults = licenceFaults(folder);
  if (megabytes > 230) faults.push(`the command takes ${megabytes.toFixed(0)} MB, at most 230`);
  for (const node of nodes) faults.push(...(await usageFaults(folder, node)));
  return faults;
}

async function usageFaults(folder: string, node: string): Promise<string[]> {
  const environment = withNode(node);
  const program = join(folder, "node_modules/.bin/evenkeel");
  const evenkeel = (...args: string[]) => mustRun(node, [program, ...args], { cwd: folder, environment });
  const version = (await mustRun(node, ["--version"], { cwd: folder })).trim();
  const faults: string[] = [];
  const expect = (holds: boolean, what: string) => {
    if (!holds) faults.push(`Node ${version}: ${what}`);
  };
  expect(
    (await mustRun("npx", ["--no-install", "evenkeel", "--version"], { cwd: folder, environment })).trim() ===
      readManifest(join(folder, "node_modules/evenkeel")).version,
    "another version",
  );
  expect(/train .*\n[\s\S]*predict /.test(await evenkeel("--help")), "--help lists no commands");
  const { path } = JSON.parse(await evenkeel("train", "mpg", "--epochs", "2", "--json")) as { path: string };
  expect(/<svg/.test(readFileSync(join(path, "report.html"), "utf8")), "the report has no chart");
  const row = '{"Horsepower": 130, "Weight_in_lbs": 3504}';
  const [{ prediction }] = JSON.parse(await evenkeel("predict", "latest", "--row", row, "--json")) as [
    { prediction: number },
  ];
  expect(Number.isFinite(prediction), "no prediction");
  const study = await evenkeel(
    "study",
    "mpg",
    "--arms",
    "zscore+none, zscore+batch",
    "--seeds",
    "2",
    "--lr",
    "0.01",
    "--epochs",
    "2",
  );
  expect(/Report: /.test(study), `the study has no report: ${study}`);
  faults.push(...(await labFaults(folder, node)).map((fault) => `Node ${version}: ${fault}`));
  return faults;
}

/** The page of the lab, with all that it loads, and the table of the command line. */
async function labFaults(folder: string, node: string): Promise<string[]> {
  const program = join(folder, "node_modules/.bin/evenkeel");
  const env = { ...process.env, ...withNode(node) };
  const lab = spawn(node, [program, "lab", "mpg", "--no-open"], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(lab, "exit");
  const faults: string[] = [];
  try {
    let url: string | undefined;
    for await (const line of createInterface(lab.stdout)) {
      url = /^The lab is at (\S+)$/.exec(line)?.[1];
      if (url !== undefined) break;
    }
    if (url === undefined) return ["`evenkeel lab` prints no address"];
    const page = await (await fetch(url)).text();
    const loaded = [...page.matchAll(/(?:src|href)="(\.\/[^"]+)"/g)].map(([, path]) => path);
    if (loaded.length < 2) faults.push(`the page of the lab loads ${loaded.join(", ")}`);
    for (const path of [...loaded, "table"]) {
      const { status } = await fetch(new URL(path, url));
      if (status !== 200) faults.push(`the lab answers ${status} for ${path}`);
    }
  } finally {
    lab.kill("SIGINT");
    const [code] = (await ended) as [number | null];
    if (code !== 130) faults.push(`\`evenkeel lab\` ends with ${code} after an interrupt`);
  }
  return faults;
}

/** The package for MPI: its binary loads, and its process is one by itself, or says that there is no MPI. */
export async function mpiFaults(place: Place, nodes: readonly string[]): Promise<string[]> {
  const folder = emptyFolder(place, "mpi");
  await npmInstall(
    folder,
    place,
    ["evenkeel", "@evenkeel/mpi"].map((name) => tarballOf(place.packed, name)),
  );
  const faults = licenceFaults(folder);
  const program = `
    import { init } from "@evenkeel/mpi";
    try {
      const ranks = await init();
      const data = new Float32Array([2]);
      ranks.allReduce(data);
      console.log(ranks.rank, ranks.size, data[0]);
    } catch (error) {
      console.log(error.message);
    }`;
  writeFileSync(join(folder, "program.mjs"), program);
  for (const node of nodes) {
    const said = await mustRun(node, ["program.mjs"], { cwd: folder, environment: withNode(node) });
    if (!/^0 1 2\n$|^init: there is no MPI on this machine/.test(said))
      faults.push(`${node}: init of MPI says ${said}`);
  }
  return [...faults, ...(await declarationFaults(folder, ["@evenkeel/mpi"]))];
}

/** The project that `evenkeel init` writes: installed from the tarballs, it trains, predicts and type-checks. */
export async function projectFaults(place: Place, nodes: readonly string[]): Promise<string[]> {
  const command = join(place.folder, "command");
  const table = "weight,origin,mpg\n";
  const rows = Array.from(
    { length: 90 },
    (_, i) => `${1800 + ((i * 937) % 2900)},${["USA", "Japan"][i % 2]},${40 - (i % 9)}\n`,
  );
  const folder = emptyFolder(place, "project");
  writeFileSync(join(folder, "cars.csv"), table + rows.join(""));
  const init = ["--no-install", "evenkeel", "init", folder, "--table", join(folder, "cars.csv"), "--target", "mpg"];
  await mustRun("npx", init, { cwd: command, environment: withNode(process.execPath) });
  // Until it is published, the library comes from its tarball.
  await npmInstall(folder, place, [tarballOf(place.packed, "evenkeel")]);
  const faults: string[] = [];
  const options = { cwd: folder, environment: withNode(process.execPath) };
  const checked = await run("npm", ["run", "--silent", "check"], options);
  if (checked.code !== 0) faults.push(`the project of \`evenkeel init\` has wrong types:\n${checked.out}`);
  for (const node of nodes) {
    const environment = withNode(node);
    const trained = await mustRun("npm", ["run", "--silent", "train"], { cwd: folder, environment });
    if (!/this network/.test(trained)) faults.push(`the project's training shows no scores:\n${trained}`);
    await mustRun("npm", ["run", "--silent", "predict", "--", "cars.csv"], { cwd: folder, environment });
    const predictions = readFileSync(join(folder, "predictions.csv"), "utf8").trim().split(/\r?\n/);
    if (predictions.length !== 91 || !predictions.slice(1).every((line) => Number.isFinite(Number(line)))) {
      faults.push(`the project predicts ${predictions.slice(0, 3).join(" ")}`);
    }
  }
  return faults;
}
