import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";

export type Outcome =
  | { readonly status: "passed" }
  | { readonly status: "timeout" }
  | { readonly status: "failed"; readonly file: string; readonly test: string };

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

let running: ChildProcess | undefined;

/** Ends vitest, its workers and what they started: they are a process group of their own. */
export function stopTests(): void {
  if (running?.pid === undefined) return;
  try {
    process.kill(-running.pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** Runs these test files of a folder up to the first failure. */
export async function runTests(folder: string, files: readonly string[], milliseconds: number): Promise<Outcome> {
  const output = join(folder, "mutants.json");
  rmSync(output, { force: true });
  const vitest = join(folder, "node_modules/vitest/vitest.mjs");
  const args = [vitest, "run", "--bail", "1", "--reporter", "json", "--outputFile", output, ...files];
  const child = spawn(process.execPath, args, { cwd: folder, detached: true, stdio: "ignore" });
  running = child;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    stopTests();
  }, milliseconds);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  clearTimeout(timer);
  stopTests();
  running = undefined;
  if (late) return { status: "timeout" };
  return code === 0 ? { status: "passed" } : { status: "failed", ...firstFailure(folder, output, files) };
}

function firstFailure(folder: string, output: string, files: readonly string[]): { file: string; test: string } {
  const report = existsSync(output) ? (JSON.parse(readFileSync(output, "utf8")) as Report) : { testResults: [] };
  for (const { name, status, message, assertionResults } of report.testResults) {
    const file = relative(folder, name);
    const failed = assertionResults.find((one) => one.status === "failed");
    if (failed !== undefined) return { file, test: failed.fullName };
    if (status === "failed") return { file, test: (message ?? "").split("\n")[0] };
  }
  // A worker that died says nothing of its file.
  return { file: files.length === 1 ? files[0] : "?", test: "vitest ended with an error" };
}
