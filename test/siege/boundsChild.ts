import { readFileSync } from "node:fs";
import { TableModel } from "evenkeel/tabular";
import { readTable } from "../../packages/cli/src/tables/index.ts";

/** Reads one file, or runs one query, in a process of its own, and tells what that took as JSON. */

const [kind, source] = process.argv.slice(2);
const before = process.cpuUsage();
let outcome = "read";
try {
  if (kind === "model") TableModel.load(readFileSync(source));
  else await readTable(kind === "query" ? { sql: source } : source, { threads: 1 });
} catch (error) {
  outcome = error instanceof Error && "problem" in error ? `refused: ${error.message}` : `failed: ${String(error)}`;
}
const { user, system } = process.cpuUsage(before);
// The peak of the whole process, in KB.
const { maxRSS } = process.resourceUsage();
console.log(JSON.stringify({ seconds: (user + system) / 1e6, megabytes: maxRSS / 1024, outcome }));
