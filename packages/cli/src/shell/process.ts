import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { isProcess } from "./files/writeAtomic.ts";

/** Identifies a process, so that later ones can see whether it is still running. */
export interface ProcessMark {
  readonly pid: number;
  readonly host: string;
  /** What the system calls its run since it was switched on; only Linux says. */
  readonly boot?: string;
  /** The namespace that the process id belongs to: each container has its own. */
  readonly namespace?: string;
  /**
   * When the process began, in the system's units. Process ids are reused, but not with the same
   * start.
   */
  readonly started?: string;
}

export function isProcessMark(value: unknown): value is ProcessMark {
  if (typeof value !== "object" || value === null) return false;
  const { pid, host, ...others } = value as Partial<Record<keyof ProcessMark, unknown>>;
  const texts = [others.boot, others.namespace, others.started].filter((text) => text !== undefined);
  return Number.isSafeInteger(pid) && Number(pid) > 0 && [host, ...texts].every((text) => typeof text === "string");
}

/** Whether a process lives; "unknown" if that cannot be checked from here. */
export type Life = "alive" | "dead" | "unknown";

/** The mark of this process. */
export function thisProcess(): ProcessMark {
  const boot = read("/proc/sys/kernel/random/boot_id")?.trim();
  const namespace = namespaceOfThis();
  const started = startOf(process.pid);
  return {
    pid: process.pid,
    host: hostname(),
    ...(boot !== undefined && { boot }),
    ...(namespace !== undefined && { namespace }),
    ...(started !== undefined && { started }),
  };
}

/**
 * Whether a marked process lives, as far as `here` can see. Under the same boot and in the same
 * namespace its id can be looked up, whatever the host is called now. A host that was started again
 * since has none of its old processes. Another host may share the disk, so its processes may live.
 *
 * @param here the process that asks
 */
export function lifeOf(mark: ProcessMark, here: ProcessMark = thisProcess()): Life {
  const known = mark.boot !== undefined && here.boot !== undefined;
  const sameHost = mark.host === here.host;
  if (known && mark.boot !== here.boot) return sameHost ? "dead" : "unknown";
  const sameNamespace = known && mark.namespace !== undefined && mark.namespace === here.namespace;
  if (!sameHost && !sameNamespace) return "unknown";
  if (!isProcess(mark.pid)) return "dead";
  const now = startOf(mark.pid);
  // Without its start, a process of this id may be another one.
  if (mark.started === undefined || now === undefined) return "unknown";
  return now === mark.started ? "alive" : "dead";
}

/** Clock ticks from the start of the machine to the start of the process, on Linux. */
function startOf(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // The second field is the program's name in brackets, and may contain anything; the start time
  // is the 22nd.
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[22 - 3];
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function namespaceOfThis(): string | undefined {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return undefined;
  }
}
