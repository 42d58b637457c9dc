import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BuiltCommand, type Ended } from "./command.ts";
import { alone, study, writeStudyTable } from "./queueStudy.ts";
import { groundOf, scenarios } from "./scenarios.ts";
import type { SiegeOptions, SiegeOutcome } from "./siege.ts";
import { difference, World } from "./world.ts";

const kib = 1024;

/** A file system of a few hundred KiB in memory, in a folder. */
class SmallDisk {
  readonly path: string;

  /** @throws Error if this process may not mount one */
  constructor(path: string, bytes: number) {
    fs.mkdirSync(path);
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", path], { stdio: "pipe" });
    this.path = path;
  }

  /** Leaves so many bytes free. */
  fill(left: number): void {
    const filler = join(this.path, "filler");
    fs.rmSync(filler, { force: true });
    const { bavail, bsize } = fs.statfsSync(this.path);
    fs.writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - left)));
  }

  empty(): void {
    fs.rmSync(join(this.path, "filler"), { force: true });
  }

  remove(): void {
    execFileSync("umount", ["-l", this.path], { stdio: "pipe" });
  }
}

/** Why no small disk can be mounted here. */
export function noDisk(): string | undefined {
  const world = new World();
  try {
    new SmallDisk(world.file("disk"), 64 * kib).remove();
    return undefined;
  } catch (error) {
    return `no file system can be mounted here: ${(error as Error).message.trim().split("\n").at(-1)}`;
  } finally {
    world.remove();
  }
}

/** Runs commands on a disk that is full after so many bytes, and goes on once there is room. */
export async function disk({ count = 24, only = "", say = () => {} }: SiegeOptions): Promise<SiegeOutcome> {
  const why = noDisk();
  if (why !== undefined) {
    say(`left out: ${why}`);
    return { counts: new Map([["left out", 1]]), problems: [] };
  }
  const command = await BuiltCommand.make();
  const problems: string[] = [];
  const counts = new Map<string, number>();
  const note = (what: string, problem: string | undefined) => {
    counts.set(what, (counts.get(what) ?? 0) + 1);
    if (problem !== undefined) say(problems[problems.push(`${what}: ${problem}`) - 1]);
  };
  try {
    const isAsked = (what: string) => what.includes(only);
    for (let i = 0; i < count && isAsked("train"); i++)
      note("train on a full disk", await trainOn(command, i * 8 * kib));
    for (const left of isAsked("reading") ? [0, 4 * kib, 16 * kib] : [])
      note("reading with a full TMPDIR", await readWith(command, left));
    if (isAsked("predict")) note("predict -o /dev/full", await predictInto(command, "/dev/full"));
    const expected = isAsked("workers") ? await alone(command) : "";
    for (let i = 0; i < count && isAsked("workers"); i++)
      note("workers on a full disk", await workOn(command, i * 6 * kib, expected));
  } finally {
    command.remove();
  }
  return { counts, problems };
}

const ofFull = /^error: [^\n]*no space is left on the disk[^\n]*\n(?:\(--help lists the options\)\n)?$/m;

function wrongWords({ code, err }: Ended): string | undefined {
  if (code === 0) return "exit code 0";
  if (/^\s+at /m.test(err)) return `a stack: ${err}`;
  return ofFull.test(err) ? undefined : `exit code ${code}: ${err}`;
}

async function trainOn(command: BuiltCommand, left: number): Promise<string | undefined> {
  const [scenario] = scenarios.filter(({ name }) => name === "train");
  const ground = await groundOf(scenario, command, "changes");
  const world = ground.before;
  const small = new SmallDisk(world.file("runs"), 512 * kib);
  try {
    small.fill(left);
    const { args } = scenario;
    const ended = await command.run(args, { cwd: world.work, temporary: world.temporary });
    if (ended.code !== 0) {
      const wrong = wrongWords(ended);
      if (wrong !== undefined) return wrong;
    }
    small.empty();
    if (ended.code === 0) return difference(world.written(), ground.expected);
    const again = world.runs().length > 0 ? ["train", "--resume", "latest"] : args;
    const { code, err } = await world.runHere(again);
    if (code !== 0) return `${left} bytes: ${again.join(" ")} ends with ${code}: ${err}, after ${ended.err}`;
    return difference(world.written(), ground.expected) ?? world.leftovers().at(0);
  } finally {
    small.remove();
    world.remove();
  }
}

async function readWith(command: BuiltCommand, left: number): Promise<string | undefined> {
  const world = new World();
  const small = new SmallDisk(join(world.root, "small"), 64 * kib);
  try {
    const rows = Array.from({ length: 20_000 }, (_, i) => `${i},\xdf\n`).join("");
    fs.writeFileSync(world.file("latin.csv"), Buffer.from(`x,y\n${rows}`, "latin1"));
    small.fill(left);
    const ended = await command.run(["inspect", "latin.csv"], { cwd: world.work, temporary: small.path });
    const wrong = wrongWords(ended);
    if (wrong !== undefined) return wrong;
    return ended.err.includes("no temporary file") ? undefined : `it does not say where: ${ended.err}`;
  } finally {
    small.remove();
    world.remove();
  }
}

async function predictInto(command: BuiltCommand, device: string): Promise<string | undefined> {
  const [scenario] = scenarios.filter(({ name }) => name === "predict -o, a new file");
  const world = new World();
  try {
    await scenario.prepare(world, command);
    const args = ["predict", "model.safetensors", "t.csv", "-o", device, "--format", "csv"];
    const ended = await command.run(args, { cwd: world.work, temporary: world.temporary });
    const wrong = wrongWords({ ...ended, err: ended.err.replace(/^note: .*\n/gm, "") });
    return wrong ?? (fs.statSync(device).isCharacterDevice() ? undefined : `${device} is no device any more`);
  } finally {
    world.remove();
  }
}

/** A study and a worker whose queue is on a full disk, and again once there is room. */
async function workOn(command: BuiltCommand, left: number, expected: string): Promise<string | undefined> {
  const world = new World();
  const small = new SmallDisk(world.file("q"), 1024 * kib);
  try {
    writeStudyTable(world);
    small.fill(left);
    const { work: cwd, temporary } = world;
    const from = ["--workers-from", "q/queue", "--lease", "1"];
    const worker = (idle: number) =>
      command.start(["work", "q/queue", "--threads", "1", "--idle", String(idle)], { cwd, temporary });
    const begun = command.start([...study, ...from, "--threads", "1", "--out", "s"], { cwd, temporary });
    while (!fs.existsSync(world.file("q/queue/queue.json")) && begun.child.exitCode === null) await sleep(20);
    const helped = fs.existsSync(world.file("q/queue/queue.json")) ? await worker(3).ended : undefined;
    for (const ended of [await begun.ended, ...(helped === undefined ? [] : [helped])]) {
      const wrong = ended.code === 0 ? undefined : wrongWords(ended);
      if (wrong !== undefined) return `${left} bytes: ${wrong}`;
    }
    small.empty();
    const again = fs.existsSync(world.file("s/study.json"))
      ? ["study", "--resume", "s", "--no-report"]
      : [...study, "--out", "s"];
    const resumed = command.start([...again, ...from, "--threads", "1"], { cwd, temporary });
    await sleep(500);
    const joined = await worker(60).ended;
    const { code, err } = await resumed.ended;
    if (code !== 0) return `${left} bytes: ${again.join(" ")} ends with ${code}: ${err}`;
    if (joined.code !== 0) return `${left} bytes: the worker ends with ${joined.code}: ${joined.err}`;
    return fs.readFileSync(world.file("s/result.json"), "utf8") === expected ? undefined : "result.json differs";
  } finally {
    small.remove();
    world.remove();
  }
}
