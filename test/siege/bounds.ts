import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs, promisify } from "node:util";
import { Generator } from "evenkeel/random";
import { numberOf, runScript } from "../fuzz/commandLine.ts";
import { root } from "../sources.ts";
import { type BoundsCase, boundsCases } from "./boundsCases.ts";

/**
 * Whether reading costs in proportion to the size of the input: each is doubled three times and
 * read in a process of its own.
 */

const help = `npx tsx test/siege/bounds.ts [--seed 1] [--only CSV]

  --seed n      of the numbers in the files
  --only text   the readers whose name contains it`;

/**
 * A cost that grows in proportion doubles, one that grows by the square quadruples. Between them
 * this leaves room for n log n, for arrays that double, and for what a second process on the core
 * disturbs.
 */
const mostGrowth = 2.6;
/** Below these, what the process itself takes (loading DuckDB, collections) hides what reading takes. */
const [leastSeconds, leastMegabytes] = [0.5, 64];

interface Cost {
  readonly seconds: number;
  readonly megabytes: number;
  readonly outcome: string;
}

interface Options {
  readonly seed?: number | undefined;
  readonly only?: string | undefined;
  readonly print?: (line: string) => void;
}

/** Measures all, and prints a table. @returns how many cost more than in proportion, or failed */
export async function bounds({ seed = 1, only = "", print = console.log }: Options = {}): Promise<number> {
  const cases = boundsCases.filter(({ reader }) => reader.includes(only));
  if (cases.length === 0) throw new RangeError(`--only is ${JSON.stringify(only)}, which no reader's name contains`);
  let faults = 0;
  // What a process takes that reads next to nothing.
  const idle = await costs({ ...boundsCases[0], size: 1 }, seed, 1);
  print("| reader | doubled | sizes | seconds of CPU | MB beyond an idle process | |");
  print("| --- | --- | --- | --- | --- | --- |");
  for (const one of cases) {
    const found = await costs(one, seed, 4);
    const seconds = found.map((cost) => cost.seconds);
    const megabytes = found.map((cost) => Math.max(0, cost.megabytes - idle[0].megabytes));
    const verdicts = [
      ...found.filter(({ outcome }) => outcome !== "read").map(({ outcome }) => outcome),
      ...(grows(seconds, leastSeconds) ? ["time grows faster than the size"] : []),
      ...(grows(megabytes, leastMegabytes) ? ["memory grows faster than the size"] : []),
    ];
    if (verdicts.length > 0) faults++;
    const sizes = found.map((_, i) => (one.size * 2 ** i).toLocaleString("en"));
    const cells = [one.reader, one.doubled, `${sizes[0]} to ${sizes.at(-1)}`];
    const figures = [seconds.map((value) => value.toFixed(2)), megabytes.map((value) => value.toFixed(0))];
    print(
      `| ${[...cells, ...figures.map((row) => row.join(", ")), verdicts.join("; ") || "in proportion"].join(" | ")} |`,
    );
  }
  return faults;
}

/** Whether a cost grows too far where its size doubles, once it is above the floor. */
export function grows(values: readonly number[], floor: number): boolean {
  return values.slice(1).some((value, i) => value > mostGrowth * Math.max(values[i], floor));
}

async function costs(one: BoundsCase, seed: number, doublings: number): Promise<Cost[]> {
  const found: Cost[] = [];
  for (let i = 0; i < doublings; i++) {
    const folder = await mkdtemp(join(tmpdir(), "evenkeel-siege-"));
    try {
      const source = await one.make(folder, one.size * 2 ** i, new Generator(seed));
      found.push(await costOf(one.kind, source));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return found;
}

async function costOf(kind: BoundsCase["kind"], source: string): Promise<Cost> {
  const child = fileURLToPath(new URL("boundsChild.ts", import.meta.url));
  const options = { cwd: root, timeout: 300_000 };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", child, kind, source], options);
    return JSON.parse(stdout) as Cost;
  } catch (error) {
    const { signal, code, stderr = "" } = error as { signal?: string; code?: number; stderr?: string };
    const said = stderr.split("\n").find((line) => /error/i.test(line)) ?? "";
    return { seconds: Number.NaN, megabytes: Number.NaN, outcome: `the process ended with ${signal ?? code} ${said}` };
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  runScript(async () => {
    const { values } = parseArgs({ options: { seed: { type: "string" }, only: { type: "string" } } });
    return (await bounds({ seed: numberOf("seed", values.seed, 1), only: values.only })) > 0 ? 1 : 0;
  }, help);
}
