// The benchmark: rivals side by side in processes of their own, verified first, then timed in turns
// within one run. `npm run bench -- --help`

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, findEngines } from "./engines.ts";
import { describeMachine, describeWeight } from "./machine.ts";
import { writeProblem } from "./makeProblem.ts";
import { measure, type Outcome } from "./measure.ts";
import { readOptions } from "./options.ts";
import { outcomeSection, processSection, sizeSection, targetSection } from "./report.ts";
import { type Absent, findRivals, type Rival } from "./rivals.ts";
import { judge } from "./targets.ts";
import { measureProcesses, type ProcessOutcome } from "./wholeProcess.ts";
import { wholeProcess, workloads } from "./workloads.ts";

const options = readOptions(process.argv.slice(2));
const isAbsent = (found: object): found is Absent => "absent" in found;
const nodes = await findEngines(options.nodes);
const engines = nodes.filter((engine): engine is Engine => !isAbsent(engine));
const found = options.rivals.flatMap((id) => findRivals(id, engines, options.blas, options.threads));
const rivals = found.filter((rival): rival is Rival => !isAbsent(rival));
const absent = [...nodes, ...found].filter(isAbsent);

const sections: string[] = [];
function print(section: string): void {
  sections.push(section);
  console.log(`${section}\n`);
}

console.log("# Benchmark\n");
print(
  [
    `${new Date().toISOString().slice(0, 10)}, ${describeMachine()}.`,
    describeWeight(),
    `float32, ${options.threads === 1 ? "one thread" : `${options.threads} threads`} each. Medians of up to ${options.rounds} rounds in which every rival has a turn; "times" is the`,
    "median over the rounds of the ratio to the first line's time. The first step includes preparation and, if",
    "there is a compiler, compiling. Memory is the peak of the process.",
    ...absent.map((rival) => `\nSkipped ${rival.absent}.`),
  ].join("\n"),
);

const outcomes: Outcome[] = [];
let whole: ProcessOutcome | undefined;
const folder = mkdtempSync(join(tmpdir(), "evenkeel-bench-"));
try {
  for (const [index, workload] of workloads.entries()) {
    if (!options.only.includes(workload.id)) continue;
    const problem = writeProblem(workload, folder, `problem${index}`);
    const outcome = await measure(workload, problem, rivals, options);
    outcomes.push(outcome);
    print(outcomeSection(outcome));
  }
  if (options.only.includes(wholeProcess.id)) {
    whole = await measureProcesses(rivals, options.processRounds);
    print(processSection(whole));
  }
} finally {
  rmSync(folder, { recursive: true });
}
const products = new Map(rivals.map((rival) => [rival.product, rival.installed]));
print(sizeSection([...products].map(([product, installed]) => [product, installed()])));
const targets = judge(outcomes, whole);
if (targets.length > 0) print(targetSection(targets));
if (options.write) {
  const name = options.threads === 1 ? "RESULTS.md" : "RESULTS-threads.md";
  writeFileSync(new URL(`../${name}`, import.meta.url), `# Benchmark\n\n${sections.join("\n\n")}\n`);
  console.log(`Written to bench/${name}`);
}
