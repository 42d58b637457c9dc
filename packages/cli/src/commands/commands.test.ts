import picocolors from "picocolors";
import { expect, test, vi } from "vitest";
import { runProgram } from "../program.ts";

const loaded = vi.hoisted((): string[] => []);
vi.mock("./inspect.ts", (actual) => noting("inspect", actual));
vi.mock("./train.ts", (actual) => noting("train", actual));
vi.mock("./predict.ts", (actual) => noting("predict", actual));
vi.mock("./evaluate.ts", (actual) => noting("evaluate", actual));
vi.mock("./runs.ts", (actual) => noting("runs", actual));
vi.mock("./study.ts", (actual) => noting("study", actual));
vi.mock("./lab.ts", (actual) => noting("lab", actual));
vi.mock("./work.ts", (actual) => noting("work", actual));
vi.mock("./init.ts", (actual) => noting("init", actual));

async function noting(name: string, actual: () => Promise<object>): Promise<object> {
  loaded.push(name);
  return await actual();
}

/** The commands whose files a command line loads that no line before it has loaded. */
async function loadedBy(...args: string[]): Promise<string[]> {
  loaded.length = 0;
  const output = { write: () => {}, writeError: () => {}, colors: picocolors.createColors(false) };
  await runProgram(args, { output, cwd: ".", environment: {} });
  return loaded.toSorted();
}

test("a command line loads the commands that it names", async () => {
  expect(await loadedBy("--version")).toEqual([]);
  expect(await loadedBy("--help")).toEqual([]);
  expect(await loadedBy("runs", "--help")).toEqual(["runs"]);
  expect(await loadedBy("help", "init")).toEqual(["init"]);
  expect(await loadedBy("complete", "--", "")).toEqual([
    "evaluate",
    "inspect",
    "lab",
    "predict",
    "study",
    "train",
    "work",
  ]);
});
