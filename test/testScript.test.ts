import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

/** `npm test`: what follows `--` reaches vitest, and the last line counts. */

const script = fileURLToPath(new URL("../scripts/test.mjs", import.meta.url));
const cwd = fileURLToPath(new URL("..", import.meta.url));

function testing(...args: string[]) {
  const { status, stdout } = spawnSync(process.execPath, [script, ...args], { cwd, encoding: "utf8" });
  return { status, lastLine: stdout.trimEnd().split("\n").at(-1) };
}

it("options and paths are vitest's", () => {
  const { status, lastLine } = testing("-t", "ulp is the distance", "goldens/golden.test");
  expect([status, lastLine]).toEqual([0, expect.stringMatching(/^1 passed, 0 failed, \d+ skipped$/)]);
});

it.each([
  ["no file", ["no/such/path"], /^0 passed, 1 failed$/],
  ["no name", ["-t", "no such test", "goldens/golden.test"], /^0 passed, 1 failed, \d+ skipped$/],
])("filters that match %s fail", (_, args, expected) => {
  const { status, lastLine } = testing(...args);
  expect([status, lastLine]).toEqual([1, expect.stringMatching(expected)]);
});
