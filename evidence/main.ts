import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { numberOf, runScript } from "../test/fuzz/commandLine.ts";
import { type Figures, type Finding, figuresOf } from "./finding.ts";
import { findings } from "./findings.ts";
import { markdown, pages, store, storedFigures } from "./pages.ts";

/** `npm run evidence`: see the text of --help. */

const names = findings.map(({ name }) => name);
const help = `Trains the networks of a finding in docs/evidence, prints its figures, and compares them with the stored ones.

  npm run evidence -- ${names[0]}
  npm run evidence -- all --write

  NAME…          ${names.join(", ")}; or all
  --seed N       the first seed (default 0, that of the stored figures)
  --write        store the figures, and write them into the pages
  --help         this text

It ends with 0 if the figures equal the stored ones, with 1 if they do not, with 2 for a mistake in the command.`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seed: { type: "string" }, write: { type: "boolean" }, help: { type: "boolean" } },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const seed = numberOf("seed", values.seed, 0);
  const chosen = positionals.includes("all") ? findings : positionals.map(findingOf);
  if (chosen.length === 0) throw new RangeError("no finding was given, expected names of findings or all");
  if (values.write && seed !== 0) throw new RangeError("--write stores figures from seed 0 on; leave --seed out");
  let differing = 0;
  for (const finding of chosen) {
    console.log(`${finding.title}, seeds from ${seed}`);
    const start = process.cpuUsage().user;
    const figures = await figuresOf(finding, seed, (text) => console.error(`  ${text}`));
    const seconds = (process.cpuUsage().user - start) / 1e6;
    for (const [name, table] of Object.entries(figures.tables)) console.log(`\n${name}\n${markdown(table)}`);
    console.log(`\n${figures.verdict}: ${figures.sentence}\n${seconds.toFixed()} s of processor time`);
    if (values.write) store(finding, figures, seconds);
    else if (seed === 0) differing += compare(finding, figures);
  }
  if (values.write) writePages();
  return differing > 0 ? 1 : 0;
}

function findingOf(name: string): Finding {
  const finding = findings.find((one) => one.name === name);
  if (finding === undefined) throw new RangeError(`"${name}" is no finding, expected ${names.join(", ")} or all`);
  return finding;
}

/** @returns 1 if they differ */
function compare(finding: Finding, figures: Figures): number {
  const same = JSON.stringify(storedFigures(finding)) === JSON.stringify(figures);
  console.log(same ? "These are the stored figures." : "The stored figures differ.");
  return same ? 0 : 1;
}

function writePages(): void {
  for (const [path, text] of pages()) writeFileSync(path, text);
}

runScript(main, help);
