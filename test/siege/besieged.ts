import * as fs from "node:fs";
import { isMainThread } from "node:worker_threads";
import { type Fate, intercept } from "./intercept.ts";
import type { SiegePlan } from "./plan.ts";
import { Unflushed } from "./unflushed.ts";

/**
 * Loaded into a process before its program (`--import`). It does not reach what native code does,
 * such as DuckDB when it reads or writes a file.
 */
function besiege(plan: SiegePlan): void {
  const { act, at = Number.POSITIVE_INFINITY, clock = 1 } = plan;
  const calls: string[] = [];
  const unflushed = new Unflushed();
  const { writeFileSync } = fs;
  const now = performance.now.bind(performance);
  performance.now = () => now() * clock;
  const fate = (index: number, name: string): Fate => {
    if (act === undefined || index < at) return "goes on";
    if (act.kind === "fail") return index === at || act.lasting ? { code: act.code } : "goes on";
    if (act.kind === "tear" && name === "write") return "is torn";
    return "is killed";
  };
  intercept(plan.root, {
    before: ({ name, path, changes }) => {
      if (!changes && plan.calls === "changes") return "goes on";
      return fate(calls.push(`${name} ${path}`) - 1, name);
    },
    after: act?.kind === "power" ? unflushed.follow : () => {},
    die: () => {
      if (act?.kind === "power") unflushed.lose();
      process.kill(process.pid, "SIGKILL");
      throw new Error("a process outlived its end");
    },
  });
  const { trace } = plan;
  if (trace !== undefined) process.on("exit", () => writeFileSync(trace, calls.map((call) => `${call}\n`).join("")));
}

const given = process.env.SIEGE;
// Processes that this one starts are left alone: two could not count as one.
delete process.env.SIEGE;
if (given !== undefined && isMainThread) besiege(JSON.parse(given) as SiegePlan);
