import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { isProcess } from "../../shell/files/writeAtomic.ts";
import type { ProcessMark } from "../runs/types.ts";

/** The mark of this process. */
export function thisProcess(): ProcessMark {
  const started = startOf(process.pid);
  return { pid: process.pid, host: hostname(), ...(started !== undefined && { started }) };
}

/**
 * Whether a marked process is still running. A process of another machine with a shared disk cannot
 * be checked, and counts as running. If the system does not say when a process began, only the
 * process id is compared.
 */
export function isRunning({ pid, host, started }: ProcessMark): boolean {
  if (host !== hostname()) return true;
  if (!isProcess(pid)) return false;
  const now = startOf(pid);
  return started === undefined || now === undefined || now === started;
}

/** Clock ticks from the start of the machine to the start of the process, on Linux. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in brackets, and may contain anything; the start time
    // is the 22nd.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[22 - 3];
  } catch {
    return undefined;
  }
}
