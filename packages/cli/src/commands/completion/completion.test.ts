import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import picocolors from "picocolors";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { runProgram } from "../../program.ts";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "evenkeel-completion-"));
  for (const folder of ["runs/2026-11-28_mpg_1234_study", "data"]) mkdirSync(join(cwd, folder), { recursive: true });
  for (const run of ["2026-11-25_mpg_3f2a", "2026-11-24_mpg_77aa", "2026-11-26_mpg_fa11", "2026-11-27_mpg_new"]) {
    mkdirSync(join(cwd, "runs", run), { recursive: true });
    writeFileSync(join(cwd, "runs", run, "config.json"), "{}");
    if (!run.endsWith("new")) writeFileSync(join(cwd, "runs", run, "model.safetensors"), "");
  }
  writeFileSync(join(cwd, "runs/2026-11-26_mpg_fa11/result.json"), '{\n  "status": "failed"\n}\n');
  for (const queue of ["shared/cars", "shared/more"]) {
    mkdirSync(join(cwd, queue), { recursive: true });
    writeFileSync(join(cwd, queue, "queue.json"), "{}");
  }
  for (const file of ["cars.csv", "net.safetensors", "notes.md", "data/more.parquet", "data/notes.md"]) {
    writeFileSync(join(cwd, file), "");
  }
});
afterAll(() => rmSync(cwd, { recursive: true }));

/** What a command line that begins with `complete` prints. */
async function complete(...args: string[]): Promise<string> {
  let written = "";
  const write = (text: string) => {
    written += text;
  };
  const output = { write, writeError: write, colors: picocolors.createColors(false) };
  const log = vi.spyOn(console, "log").mockImplementation((line: string) => write(`${line}\n`));
  try {
    const code = await runProgram(["complete", ...args], { output, cwd, environment: {} });
    if (code !== 0) throw new Error(written);
  } finally {
    log.mockRestore();
  }
  return written.trimEnd();
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

  test("options and their choices, those that the library declares too", async () => {
    expect(await words("train", "mpg", "--norm", "")).toEqual(["none", "batch", "layer"]);
    expect(await words("train", "mpg", "--no-ea")).toEqual(["--no-early-stopping"]);
    expect(await words("study", "mpg", "--metric", "")).toEqual(["mae", "rmse", "errorRate", "logLoss"]);
    expect(await words("study", "mpg", "--epoch-f")).toEqual(["--epoch-fractions"]);
    expect(await words("predict", "--ke")).toEqual(["--keep"]);
    expect(await words("predict", "--format", "")).toEqual(["csv", "json", "ndjson", "parquet"]);
    expect(await words("evaluate", "--part", "t")).toEqual(["train", "test"]);
    expect(await words("study", "mpg", "--ask", "")).toEqual(expect.arrayContaining(["normalization", "placement"]));
  });

  test("runs that have a model and model files, then tables, built-in ones too", async () => {
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
    expect(await words("runs", "show", "")).toEqual([
      "latest",
      "2026-11-27_mpg_new",
      "2026-11-26_mpg_fa11",
      "2026-11-25_mpg_3f2a",
      "2026-11-24_mpg_77aa",
    ]);
    expect(await words("init", "--table", "c")).toEqual(["cars.csv"]);
    expect(await words("work", "")).toEqual([]);
    expect(await words("work", "shared/")).toEqual(["shared/cars", "shared/more"]);
    expect(await words("work", "shared/c")).toEqual(["shared/cars"]);
  });
});

test.each(["bash", "zsh", "fish", "powershell"])("a script for %s", async (shell) => {
  const script = await complete(shell);
  expect(script).toMatch(/evenkeel.* complete '?--/);
  // The shell itself says whether it is one; of those that are here, bash always is.
  if (shell === "bash") execFileSync("bash", ["-n"], { input: script });
});

/** What a shell is to run in place of the command: the same answer to everything. */
const answer = (text: string) => `evenkeel() { printf '%s' $'${JSON.stringify(text).slice(1, -1)}'; }`;

describe("bash", () => {
  const needed = "/usr/share/bash-completion/bash_completion";
  /** What stands in place of the last word. */
  async function replies(answered: string, line: string, wordsOfLine: readonly string[]): Promise<string[]> {
    const program = `
      source ${needed}; compopt() { :; }
      ${answer(answered)}
      ${await complete("bash")}
      COMP_LINE='${line}'; COMP_POINT=\${#COMP_LINE}; COMP_WORDS=(${wordsOfLine.map((word) => `'${word}'`).join(" ")})
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      __evenkeel_complete
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync("bash", { input: program, encoding: "utf8" }).trimEnd().split("\n");
  }

  test.for<readonly [string, string, string, readonly string[], readonly string[]]>([
    ["a space", "my cars.csv\t\n:4\n", "evenkeel train my", ["evenkeel", "train", "my"], ["my\\ cars.csv"]],
    ["a colon", "a:b.csv\t\n:4\n", "evenkeel train a:", ["evenkeel", "train", "a", ":"], ["b.csv"]],
    ["an equals sign", "batch\t\n:4\n", "evenkeel --norm=b", ["evenkeel", "--norm", "=", "b"], ["batch"]],
    ["what is no command", "$(echo x)\t\n:4\n", "evenkeel ", ["evenkeel", ""], ["\\$\\(echo\\ x\\)"]],
  ])("%s", async ([, answered, line, wordsOfLine, expected], { skip }) => {
    if (!existsSync(needed)) return skip("no bash-completion: apt-get install bash-completion");
    expect(await replies(answered, line, wordsOfLine)).toEqual(expected);
  });
});

test("fish", async ({ skip }) => {
  if (spawnSync("fish", ["--version"]).status !== 0) return skip("no fish: apt-get install fish");
  const script = await complete("fish");
  const ask = `function evenkeel; printf 'my cars.csv\\t\\nmpg\\tbuilt-in table\\n:4\\n'; end\n${script}\ncomplete -C 'evenkeel train m'`;
  expect(execFileSync("fish", ["--no-config", "-c", ask], { encoding: "utf8" }).trimEnd().split("\n")).toEqual([
    "mpg\tbuilt-in table",
    "my cars.csv",
  ]);
});

test("zsh takes words as they are, and leaves quoting to the shell", async ({ skip }) => {
  if (spawnSync("zsh", ["--version"]).status !== 0) return skip("no zsh: apt-get install zsh");
  const files = join(cwd, "zsh");
  mkdirSync(files, { recursive: true });
  writeFileSync(
    join(files, "rc"),
    `PS1=; autoload -Uz compinit && compinit -u -D\n${await complete("zsh")}
    evenkeel() { printf 'my cars.csv\\t\\n:4\\n'; }`,
  );
  const drive = `zmodload zsh/zpty; zpty z zsh -f -i; zpty -w z 'source ${files}/rc; print REA""DY'
    read_until() { local o p; repeat 100; do zpty -r -t z p && o+=$p; [[ $o == *$1* ]] && { print -r -- found; return }; sleep 0.1; done; print -r -- "$o" }
    read_until READY >/dev/null; zpty -w -n z $'evenkeel train my\\\\ c\\t'; read_until 'my\\ cars.csv'; zpty -d z`;
  expect(execFileSync("zsh", ["-f", "-c", drive], { encoding: "utf8" })).toBe("found\n");
});

test("another shell is refused with the choices", async () => {
  await expect(complete("tcsh")).rejects.toThrow(/Allowed choices are zsh, bash, fish, powershell/);
});
