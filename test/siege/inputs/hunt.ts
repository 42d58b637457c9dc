import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What a child is to read: the inputs `from` (included) to `to` (excluded) of a seed. */
export interface Job {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly reader?: string | undefined;
  readonly journal: string;
  readonly log: string;
  /** A file that is read instead of the drawn input. */
  readonly bytes?: string | undefined;
}

export interface Finding {
  readonly seed: number;
  readonly reader: string;
  readonly how: string;
  readonly fault: string;
  readonly kind: string;
  /** The input, made small. */
  readonly input: string;
}

/** What the inputs of a reader came to. */
export interface Tally {
  readonly read: number;
  readonly refused: number;
  /** All CPU time, in milliseconds. */
  readonly cpu: number;
  /** The most that one input took, and which. */
  readonly slowest: number;
  readonly slowestSeed: number;
  /** Bytes by which the process grew at most. */
  readonly largest: number;
  readonly largestSeed: number;
}

export type Message =
  | { readonly type: "ready" }
  | { readonly type: "tallies"; readonly tallies: Readonly<Record<string, Tally>> }
  | { readonly type: "finding"; readonly finding: Finding }
  | { readonly type: "again"; readonly kind: string };

export interface Hunted {
  readonly tallies: ReadonlyMap<string, Tally>;
  readonly findings: readonly Finding[];
  /** How often each kind of fault was found. */
  readonly kinds: ReadonlyMap<string, number>;
  /** Processes that an input ended. */
  readonly ended: number;
}

export interface HuntOptions {
  readonly seed: number;
  readonly count: number;
  readonly reader?: string | undefined;
  readonly onProgress?: ((done: number, faults: number) => void) | undefined;
  /** Seconds after which an input counts as one that never ends. */
  readonly patience?: number;
}

/** The exit code of a child that cannot make inputs. */
export const ownFault = 3;

const childFile = fileURLToPath(new URL("./child.ts", import.meta.url));

/** Reads inputs in child processes; one that an input ends is followed by another. */
export async function hunt({ seed, count, reader, onProgress, patience = 60 }: HuntOptions): Promise<Hunted> {
  const folder = mkdtempSync(join(tmpdir(), "evenkeel-siege-hunt-"));
  const journal = join(folder, "journal");
  const log = join(folder, "log");
  const deaths: Finding[] = [];
  try {
    for (let from = 0; from < count; ) {
      rmSync(journal, { force: true });
      const progress = (at: number) => onProgress?.(at, deaths.length);
      const end = await child({ seed, from, to: count, reader, journal, log }, patience, progress);
      const at = readJournal(journal);
      if (at === "done") break;
      if (at === undefined || end.endsWith(`exit code ${ownFault}`))
        throw new Error(`the process that reads cannot go on: ${end}`);
      const fault = `ended the process: ${end.slice(-2000)}`;
      deaths.push({ seed: seed + at, reader: reader ?? "", how: "", fault, kind: `ended the process`, input: "" });
      if (deaths.length >= 50) break;
      from = at + 1;
    }
    return summary(log, deaths);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Resolves with how the process ended, and what it said at last. */
function child(job: Job, patience: number, onProgress: (at: number) => void): Promise<string> {
  const node = ["--import", "tsx", childFile, JSON.stringify(job)];
  // Warnings of the library would drown the findings.
  const env = { ...process.env, TMPDIR: dirname(job.log) };
  const running = spawn(process.execPath, node, { stdio: ["ignore", "ignore", "pipe"], env });
  let said = "";
  running.stderr.on("data", (data) => {
    said = (said + data).slice(-4000);
  });
  return new Promise((resolve, reject) => {
    let [last, since] = ["", performance.now()];
    const watch = setInterval(() => {
      const at = readJournal(job.journal);
      if (typeof at === "number") onProgress(at);
      if (String(at) !== last) [last, since] = [String(at), performance.now()];
      // Before the first input it trains what is read.
      if (performance.now() - since > (at === undefined ? 10 : 1) * patience * 1000) {
        said += `\nno end after ${patience} s`;
        running.kill("SIGKILL");
      }
    }, 500);
    running.on("error", reject);
    running.on("close", (code, signal) => {
      clearInterval(watch);
      resolve(`${said}\n${signal ?? `exit code ${code}`}`);
    });
  });
}

function readJournal(path: string): number | "done" | undefined {
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, "utf8").trim();
  if (text === "") return undefined;
  return text === "done" ? "done" : Number(text);
}

function summary(log: string, deaths: readonly Finding[]): Hunted {
  const tallies = new Map<string, Tally>();
  const kinds = new Map<string, number>();
  const findings: Finding[] = [...deaths];
  for (const { kind } of deaths) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const lines = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
  for (const line of lines) {
    const message = JSON.parse(line) as Message;
    if (message.type === "finding") findings.push(message.finding);
    if (message.type === "finding" || message.type === "again") {
      const kind = message.type === "finding" ? message.finding.kind : message.kind;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    if (message.type === "tallies") {
      for (const [name, tally] of Object.entries(message.tallies)) tallies.set(name, added(tallies.get(name), tally));
    }
  }
  return { tallies, findings, kinds, ended: deaths.length };
}

function added(a: Tally | undefined, b: Tally): Tally {
  if (a === undefined) return b;
  const [slow, large] = [a.slowest >= b.slowest ? a : b, a.largest >= b.largest ? a : b];
  return {
    read: a.read + b.read,
    refused: a.refused + b.refused,
    cpu: a.cpu + b.cpu,
    slowest: slow.slowest,
    slowestSeed: slow.slowestSeed,
    largest: large.largest,
    largestSeed: large.largestSeed,
  };
}
