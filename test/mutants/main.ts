import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { numberOf } from "../fuzz/commandLine.ts";
import { Random } from "../fuzz/random.ts";
import { examine, Soundness } from "./examine.ts";
import { stopTests } from "./runTests.ts";
import { Scratch } from "./scratch.ts";
import { describeSite, draw, planted, sitesOf } from "./sites.ts";
import { importersOf, testsOf } from "./testsOf.ts";
import { programOf, typeChecks } from "./types.ts";

/** `npm run mutants`: see the text of --help. */

const help = `Plants bugs, one at a time, and says which the tests see. A line of JSON for each goes to standard output.

  npm run mutants -- --seed 7 --count 50 --only packages/evenkeel/src/study

  --seed N     which mutants are drawn (default 0)
  --count M    how many (default 10)
  --only PATH  of files whose path begins with this (default: both packages)
  --time S     seconds of tests for each (default 120)
  --types      leave out those that do not type-check
  --list       say what would be planted, and run nothing
  --help       this text

Bugs are other operators, constants off by one, calls left out, arguments swapped, conditions negated,
an await or a choice left out, other defaults. They are planted in a copy of the last commit, in a
temporary folder. Tests beside the file run first, then those that import it, nearest first.

status is killed (by the test that is named), survived (all tests that import the file pass), or
timeout (a test hangs, or the time was up after so many files of all). A test that fails without the
mutant too counts for nothing. The exit code is 1 if one survived.`;

const folders = ["packages/evenkeel/src", "packages/cli/src"];

/** The texts of all TypeScript files of a copy, by their paths from its root, in order. */
function readTexts(root: string): Map<string, string> {
  const paths = ["packages", "test", "examples", "bench", "evidence", "scripts"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !/(^|\/)(node_modules|dist)\//.test(file))
      .map((file) => join(folder, file)),
  );
  return new Map(paths.sort().map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

const isSource = (path: string) =>
  folders.some((folder) => path.startsWith(`${folder}/`)) && !/\.(test|fixture|d)\.ts$/.test(path);

async function main(scratches: Scratch[]): Promise<number> {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const { values } = parseArgs({
    options: { seed: text, count: text, only: text, time: text, types: flag, list: flag, help: flag },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const seed = numberOf("seed", values.seed, 0);
  const count = numberOf("count", values.count, 10);
  const milliseconds = 1000 * numberOf("time", values.time, 120);
  const { only = "" } = values;

  const scratch = new Scratch();
  scratches.push(scratch);
  const root = scratch.folder;
  if (scratch.isBehind)
    console.error("The checkout has changes: mutants are planted in the last commit, without them.");
  const texts = readTexts(root);
  const files = [...texts.keys()].filter((path) => isSource(path) && path.startsWith(only));
  if (files.length === 0) throw new RangeError(`--only is ${JSON.stringify(only)}, and no source file begins with it`);
  const tests = [...texts.keys()].filter((path) => path.endsWith(".test.ts"));
  const importers = importersOf(texts);
  const program = programOf(root, files);
  const sites = files.flatMap((file) => sitesOf(program.getSourceFile(join(root, file))!));
  console.error(`${sites.length} places in ${files.length} files, commit ${scratch.commit.slice(0, 9)}, seed ${seed}`);

  // A slow test that is right must not be taken for one that is wrong.
  const soundness = new Soundness(scratch, 5 * milliseconds);
  const counts = { killed: 0, survived: 0, timeout: 0 };
  let drawn = 0;
  for (const site of draw(sites, new Random(seed), program.getTypeChecker())) {
    if (drawn === count) break;
    if (values.types && !typeChecks(root, site)) continue;
    drawn++;
    const file = relative(root, site.source.fileName);
    const mutant = { file, ...describeSite(site) };
    if (values.list) {
      console.log(JSON.stringify(mutant));
      continue;
    }
    const start = performance.now();
    const verdict = await examine(
      scratch,
      file,
      planted(site),
      testsOf(file, importers, tests),
      soundness,
      milliseconds,
    );
    counts[verdict.status]++;
    const seconds = Math.round((performance.now() - start) / 1000);
    console.log(JSON.stringify({ ...mutant, ...verdict, seconds }));
    console.error(
      `${drawn} of ${count}: ${counts.killed} killed, ${counts.survived} survived, ${counts.timeout} timeout`,
    );
  }
  return counts.survived > 0 ? 1 : 0;
}

const scratches: Scratch[] = [];
const cleanUp = () => {
  stopTests();
  for (const scratch of scratches.splice(0)) scratch.remove();
};
process.on("exit", cleanUp);
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const) {
  process.on(signal, () => process.exit(code));
}
main(scratches).then(
  (status) => {
    process.exitCode = status;
  },
  (error: Error) => {
    console.error(error instanceof RangeError ? `${error.message}\n\n${help}` : error.stack);
    process.exitCode = 2;
  },
);
