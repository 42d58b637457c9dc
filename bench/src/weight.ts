import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

/**
 * Linux gives every session a scheduler group, an autogroup, and shares the processor between
 * groups, by their weights, before it shares it between the processes of a group. A rival in a
 * group of its own with the highest weight hardly waits for others, so that medians come close to
 * the fastest turns on a busy machine, too. See sched(7).
 */

/** The highest weight, as a nice value. */
const highest = -20;

/** What every rival is started with: a session of its own. */
export const ownSession = { detached: true } as const;

/** Gives the group of a process that was started with `ownSession` the highest weight. */
export function raiseWeight({ pid }: ChildProcess): void {
  if (pid === undefined) return; // it did not start: its "error" event says why
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(highest));
  } catch {} // weightProblem said so before anything was timed
}

/** Why weights stay as they are on this machine, found with a process that sleeps; undefined if they do not. */
export function weightProblem(): string | undefined {
  if (process.platform !== "linux") return `${process.platform} has no scheduler groups`;
  try {
    if (readFileSync("/proc/sys/kernel/sched_autogroup_enabled", "utf8").trim() !== "1") return "autogroups are off";
  } catch {
    return "this kernel has no autogroups";
  }
  const sleeper = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"], { ...ownSession, stdio: "ignore" });
  try {
    const path = `/proc/${sleeper.pid}/autogroup`;
    writeFileSync(path, String(highest));
    const group = readFileSync(path, "utf8").trim();
    return group.endsWith(`nice ${highest}`) ? undefined : `the group is still "${group}"`;
  } catch (error) {
    return error instanceof Error && "code" in error ? `autogroups: ${error.code}` : String(error);
  } finally {
    sleeper.kill();
  }
}
