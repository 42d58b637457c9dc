import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import "../../setup.ts";
import { numberOf, runScript } from "../commandLine.ts";
import { huntFields } from "./fields/compare.ts";
import { huntTables } from "./hunt.ts";

/** `npm run fuzz:tables`: see the text of --help. */

const help = `Writes small tables of known values as CSV files (dialect, notation of numbers, dates and truth values,
spellings of missing values, quotes, line ends, encodings) and reads them again. Each must come back as it was,
or be refused with a message.

  npm run fuzz:tables -- --seed 7 --count 20000

  --seed N       the first seed (default: of the clock)
  --count M      how many tables (default 1000)
  --findings K   stop after K findings (default 10)
  --fields       instead, random bytes: fields and lines must be those of the rules of docs/14, wherever the
                 parts end that the file is read in, and of papaparse and DuckDB where these follow the rules
  --help         this text

\`npm run fuzz:tables -- --seed N --count 1\` finds a finding again and prints its file.`;

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    options: { seed: text, count: text, findings: text, fields: { type: "boolean" }, help: { type: "boolean" } },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const seed = numberOf("seed", values.seed, Date.now() % 1e9);
  const count = numberOf("count", values.count, 1000);
  if (values.fields) return fieldsMain(seed, count);
  console.log(`tables from seed ${seed}`);
  let last = performance.now();
  const { counts, findings, refusals } = await huntTables(seed, count, {
    mostFindings: numberOf("findings", values.findings, 10),
    progress: ({ counts: { back, refused, wrong } }) => {
      if (performance.now() - last < 5000) return;
      last = performance.now();
      console.error(`${back + refused + wrong} of ${count}: ${back} back, ${refused} refused, ${wrong} wrong`);
    },
  });
  for (const { seed, why, file } of findings) {
    console.log(`\nseed ${seed}: ${why}`);
    if (count === 1) console.log(file.toString("utf8"));
  }
  const kinds = [...refusals.values()].sort((a, b) => b.count - a.count);
  for (const { count, seed, why } of kinds) console.log(`\nrefused ${count} times, first seed ${seed}: ${why}`);
  console.log(`\n${counts.back} came back, ${counts.refused} were refused, ${counts.wrong} were read wrong`);
  return findings.length > 0 ? 1 : 0;
}

async function fieldsMain(seed: number, count: number): Promise<number> {
  console.log(`fields from seed ${seed}`);
  const folder = mkdtempSync(join(tmpdir(), "evenkeel-fields-"));
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  try {
    const duck = { connection, path: join(folder, "x.csv") };
    const { findings, counts, compared } = await huntFields(seed, count, { duck });
    for (const { seed, why, text } of findings) {
      const { bytes, ...how } = text;
      console.log(`\nseed ${seed}: ${why}`);
      if (count === 1) console.log(JSON.stringify(how), JSON.stringify(bytes.toString("utf8")));
    }
    console.log(`\n${JSON.stringify(counts)}, compared ${JSON.stringify(compared)}, ${findings.length} findings`);
    return findings.length > 0 ? 1 : 0;
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true, force: true });
  }
}

runScript(main, help);
