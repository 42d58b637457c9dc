// Runs every test and ends with a line "N passed, N failed". Arguments are vitest's, path filters and options alike:
// `npm test -- golden`, `npm test -- -t "BatchNorm" nn/layers`. Filters that match no test count as a failure.
import { parseCLI, startVitest } from "vitest/node";

const { filter, options } = parseCLI(["vitest", "run", ...process.argv.slice(2)]);
const vitest = await startVitest("test", filter, { ...options, run: true, watch: false });
const modules = vitest.state.getTestModules();
const count = { passed: 0, failed: 0, skipped: 0 };
for (const module of modules) {
  const tests = [...module.children.allTests()];
  for (const test of tests) count[test.result().state]++;
  // A file that could not be loaded, or a suite whose hook threw, has no test of its own to carry the failure.
  const broken = module.errors().length + [...module.children.allSuites()].flatMap((suite) => suite.errors()).length;
  count.failed += broken;
}
count.failed += vitest.state.getUnhandledErrors().length;
await vitest.close();
if (count.passed + count.failed === 0) {
  console.log(`No test matches: ${process.argv.slice(2).join(" ")}`);
  count.failed++;
}

console.log(`${count.passed} passed, ${count.failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ""}`);
process.exitCode = count.failed > 0 ? 1 : 0;
