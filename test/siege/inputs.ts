import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { numberOf, runScript } from "../fuzz/commandLine.ts";
import { type Hunted, hunt, type Tally } from "./inputs/hunt.ts";
import { bounds } from "./inputs/judge.ts";

const help = `Reads changed and made-up inputs with everything that reads files, rows, queries and records. Each is read,
or refused with one message, within ${bounds.cpu / 1000} s of CPU time and ${bounds.memory / 1e6} MB + ${bounds.memoryPerByte} bytes for each of its own, and the process lives.

  npx tsx test/siege/inputs.ts --seed 7 --count 100000

  --seed N       the first seed (default: of the clock)
  --count M      how many inputs (default 1000)
  --reader NAME  one reader only
  --help         this text`;

export interface InputsOptions {
  readonly seed: number;
  readonly count: number;
  readonly reader?: string | undefined;
}

/** Runs and prints a siege of the readers. @returns the exit code: 1 if something was found */
export async function inputs({ seed, count, reader }: InputsOptions): Promise<number> {
  const { readers } = await import("./inputs/readers/index.ts");
  if (reader !== undefined && !readers.some(({ name }) => name === reader)) {
    throw new RangeError(
      `--reader is ${JSON.stringify(reader)}, expected one of ${readers.map(({ name }) => name).join(", ")}`,
    );
  }
  console.log(`inputs from seed ${seed}`);
  const start = performance.now();
  let last = start;
  const hunted = await hunt({
    seed,
    count,
    reader,
    onProgress: (done, ended) => {
      if (performance.now() - last < 10_000) return;
      last = performance.now();
      console.error(`${done} of ${count}, ${ended} ended the process, ${((last - start) / 1000).toFixed()} s`);
    },
  });
  console.log(report(hunted, (performance.now() - start) / 1000));
  return hunted.findings.length > 0 ? 1 : 0;
}

function report({ tallies, findings, kinds }: Hunted, seconds: number): string {
  const rows = [...tallies].map(([name, tally]) => row(name, tally));
  const head = ["reader", "inputs", "read", "refused", "ms each", "slowest ms", "(seed)", "largest MB", "(seed)"];
  const all = [...tallies.values()];
  const sum = (of: (tally: Tally) => number) => all.reduce((total, tally) => total + of(tally), 0);
  const found = findings.map(({ seed, reader, how, fault, input }) =>
    [
      `seed ${seed}, ${reader}, ${how}: ${fault}`,
      ...(input === "" ? [] : [`  ${input}`]),
      `  npx tsx test/siege/inputs.ts --seed ${seed} --count 1${reader === "" ? "" : ` --reader ${JSON.stringify(reader)}`}`,
    ].join("\n"),
  );
  return [
    ...found,
    ...[...kinds].map(([kind, times]) => `${times} times: ${kind}`),
    ...columns([head, ...rows]),
    `${sum(({ read, refused }) => read + refused)} inputs in ${seconds.toFixed()} s: ${sum(({ read }) => read)} read, ` +
      `${sum(({ refused }) => refused)} refused, ${kinds.size} kinds of faults`,
  ].join("\n");
}

function row(name: string, { read, refused, cpu, slowest, slowestSeed, largest, largestSeed }: Tally): string[] {
  const each = (cpu / (read + refused)).toFixed(1);
  const counts = [read + refused, read, refused].map(String);
  return [
    name,
    ...counts,
    each,
    slowest.toFixed(),
    String(slowestSeed),
    (largest / 1e6).toFixed(),
    String(largestSeed),
  ];
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((cells) => cells[i].length)));
  return rows.map((cells) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  "),
  );
}

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ options: { seed: text, count: text, reader: text, help: { type: "boolean" } } });
  if (values.help) {
    console.log(help);
    return 0;
  }
  return inputs({
    seed: numberOf("seed", values.seed, Date.now() % 1e9),
    count: numberOf("count", values.count, 1000),
    reader: values.reader,
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) runScript(main, help);
