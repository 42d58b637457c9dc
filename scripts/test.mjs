// Runs every test and ends with a line "N passed, N failed". Arguments are vitest's filters: `npm test -- goldens`.
import { startVitest } from "vitest/node";

const vitest = await startVitest("test", process.argv.slice(2), { run: true, watch: false });
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
if (modules.length === 0) count.failed++;
await vitest.close();

console.log(`${count.passed} passed, ${count.failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ""}`);
process.exitCode = count.failed > 0 ? 1 : 0;
