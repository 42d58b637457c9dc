import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runLine } from "../../packages/cli/src/commands/run.fixture.ts";
import type { BuiltCommand, Ended } from "./command.ts";
import type { SiegePlan } from "./plan.ts";

/** A folder to work in, with one for temporary files beside it, and nothing else. */
export class World {
  readonly root: string;

  constructor() {
    this.root = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "evenkeel-siege-")));
    fs.mkdirSync(this.work);
    fs.mkdirSync(this.temporary);
  }

  get work(): string {
    return join(this.root, "work");
  }

  get temporary(): string {
    return join(this.root, "tmp");
  }

  /** Another one that holds the same. */
  copy(): World {
    const other = new World();
    for (const name of ["work", "tmp"]) {
      fs.cpSync(join(this.root, name), join(other.root, name), { recursive: true, verbatimSymlinks: true });
    }
    return other;
  }

  file(name: string): string {
    return join(this.work, name);
  }

  /** Runs a command line in a process of its own. */
  spawn(
    command: BuiltCommand,
    args: readonly string[],
    { stdin, ...plan }: Omit<SiegePlan, "root"> & { readonly stdin?: string | undefined },
  ): Promise<Ended> {
    const { work: cwd, temporary, root } = this;
    return command.run(args, { cwd, temporary, stdin, plan: { ...plan, root } });
  }

  /** Runs a command line in this process, which takes a tenth of the time. */
  async runHere(args: readonly string[], stdin?: string): Promise<{ code: number; out: string; err: string }> {
    const { TMPDIR } = process.env;
    process.env.TMPDIR = this.temporary;
    try {
      return await runLine(args, { cwd: this.work, stdin });
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
    }
  }

  /** The folders of runs that have a config.json. */
  runs(folder = "runs"): string[] {
    const path = this.file(folder);
    if (!fs.existsSync(path)) return [];
    return fs.readdirSync(path).filter((id) => !id.startsWith(".") && fs.existsSync(join(path, id, "config.json")));
  }

  /** Files that only a process in the middle of its work has. */
  leftovers(): string[] {
    const names = fs.readdirSync(this.root, { recursive: true, encoding: "utf8" });
    return names.filter((name) => /\.tmp$|^tmp\/./.test(name)).sort();
  }

  /**
   * What the commands have written, by name and without what differs between two undisturbed runs:
   * ids, times and processes. Of several runs, one is looked at.
   */
  written(run?: string): Map<string, string> {
    const found = new Map<string, string>();
    for (const name of fs.readdirSync(this.work, { recursive: true, encoding: "utf8" }).sort()) {
      const path = join(this.work, name);
      const kind = kindOf(name);
      if (run !== undefined && name.startsWith("runs/") && !name.startsWith(`runs/${run}/`)) continue;
      if (kind === undefined || !fs.statSync(path).isFile()) continue;
      found.set(name.replace(/^runs\/[^/]+/, "runs/ID"), kind(fs.readFileSync(path)));
    }
    return found;
  }

  remove(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}

type Reading = (bytes: Buffer) => string;

const digits: Reading = (bytes) => bytes.toString("base64");
/** Its history says how long each epoch took. */
const checkpoint: Reading = (bytes) => {
  const start = 8 + Number(bytes.readBigUInt64LE());
  const header = bytes
    .subarray(8, start)
    .toString()
    .replaceAll(/\\"seconds\\":[-\d.e]+/g, "")
    .trimEnd();
  return `${header}${digits(bytes.subarray(start))}`;
};
const json: Reading = (bytes) => JSON.stringify(timeless(JSON.parse(bytes.toString())));
const lines: Reading = (bytes) =>
  bytes
    .toString()
    .split("\n")
    .map((line) => (line === "" ? "" : json(Buffer.from(line))))
    .join("\n");
/** A page names its run and its times. */
const page: Reading = (bytes) => String(bytes.toString().trimEnd().endsWith("</html>"));

const kinds: readonly (readonly [RegExp, Reading | undefined])[] = [
  [/owner-\d+\.json$|events\.out|config\.json$|study\.json$/, undefined],
  [/\.html$/, page],
  [/\.json$/, json],
  [/\.jsonl$/, lines],
  [/checkpoint\.safetensors$/, checkpoint],
  [/\.(safetensors|csv|parquet)$/, digits],
];

function kindOf(name: string): Reading | undefined {
  return kinds.find(([pattern]) => pattern.test(name))?.[1];
}

function timeless(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(timeless);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !["seconds", "msPerEpoch"].includes(key));
  return Object.fromEntries(entries.map(([key, inner]) => [key, timeless(inner)]));
}

/** In what two worlds differ, the first of it. */
export function difference(
  found: ReadonlyMap<string, string>,
  expected: ReadonlyMap<string, string>,
): string | undefined {
  for (const name of new Set([...expected.keys(), ...found.keys()])) {
    const [one, other] = [found.get(name), expected.get(name)];
    if (one === other) continue;
    if (one === undefined) return `${name} is missing`;
    if (other === undefined) return `there is ${name}`;
    return `${name} differs`;
  }
  return undefined;
}
