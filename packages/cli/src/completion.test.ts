import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "@commander-js/extra-typings";
import picocolors from "picocolors";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { evaluateCommand } from "./commands/evaluate.ts";
import { predictCommand } from "./commands/predict.ts";
import { runsCommand } from "./commands/runs.ts";
import { addCompletion } from "./completion.ts";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "evenkeel-completion-"));
  for (const folder of ["runs/2026-11-25_mpg_3f2a", "runs/2026-11-24_mpg_77aa", "data"]) {
    mkdirSync(join(cwd, folder), { recursive: true });
  }
  for (const file of ["cars.csv", "net.safetensors", "notes.md", "data/more.parquet", "data/notes.md"]) {
    writeFileSync(join(cwd, file), "");
  }
});
afterAll(() => rmSync(cwd, { recursive: true }));

/** What a command line that begins with `complete` prints. */
async function complete(...args: string[]): Promise<string> {
  const context = { output: { write() {}, writeError() {}, colors: picocolors.createColors(false) }, cwd };
  const program = new Command("evenkeel")
    .option("--no-color", "no colours")
    .addCommand(predictCommand(context))
    .addCommand(evaluateCommand(context))
    .addCommand(runsCommand(context))
    .exitOverride();
  // The words are a copy each: what reads them may change them.
  await addCompletion(program, { cwd, argv: ["node", "evenkeel", "complete", ...args] });
  const lines: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  try {
    await program.parseAsync(["node", "evenkeel", "complete", ...args]);
  } finally {
    log.mockRestore();
  }
  return lines.join("\n");
}

/** The words that a shell is offered after these. */
async function words(...args: string[]): Promise<string[]> {
  const lines = (await complete("--", ...args)).split("\n");
  expect(lines.at(-1)).toMatch(/^:\d+$/);
  return lines.slice(0, -1).map((line) => line.split("\t")[0]);
}

describe("what a shell is offered", () => {
  test("commands and what stands below them", async () => {
    expect(await words("")).toEqual(expect.arrayContaining(["predict", "evaluate", "runs"]));
    expect(await words("pre")).toEqual(["predict"]);
    expect(await words("runs", "")).toEqual(expect.arrayContaining(["list", "show", "compare"]));
  });

  test("options and their choices", async () => {
    expect(await words("predict", "--ke")).toEqual(["--keep"]);
    expect(await words("predict", "--format", "")).toEqual(["csv", "json", "ndjson", "parquet"]);
    expect(await words("evaluate", "--part", "t")).toEqual(["train", "test"]);
  });

  test("runs and model files, then tables, built-in ones too", async () => {
    expect(await words("predict", "")).toEqual([
      "latest",
      "2026-11-25_mpg_3f2a",
      "2026-11-24_mpg_77aa",
      "net.safetensors",
    ]);
    expect(await words("predict", "n")).toEqual(["net.safetensors"]);
    expect(await words("evaluate", "latest", "")).toEqual([
      "mpg",
      "penguins",
      "flights",
      "flights-3m",
      "cars.csv",
      "data/more.parquet",
    ]);
    expect(await words("evaluate", "latest", "data/")).toEqual(["data/more.parquet"]);
    expect(await words("runs", "show", "2026-11-24")).toEqual(["2026-11-24_mpg_77aa"]);
  });
});

test.each(["bash", "zsh", "fish", "powershell"])("a script for %s", async (shell) => {
  const script = await complete(shell);
  expect(script).toMatch(/evenkeel.* complete '?--/);
  // The shell itself says whether it is one; of those that are here, bash always is.
  if (shell === "bash") execFileSync("bash", ["-n"], { input: script });
});

test("another shell is refused with the choices", async () => {
  await expect(complete("tcsh")).rejects.toThrow(/Allowed choices are zsh, bash, fish, powershell/);
});
