import { readFileSync, writeFileSync } from "node:fs";

/** What a reading cost. */
export interface Cost {
  /** Of all threads of the process, in milliseconds: other programs do not add to it. */
  readonly cpu: number;
  /** By how much the process grew at most meanwhile, in bytes. */
  readonly memory: number;
}

/** Starts to measure; the function that it returns ends it. */
export function measure(): () => Cost {
  const before = resident();
  const cpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { cpu: (user + system) / 1000, memory: Math.max(0, peak() - before) };
  };
}

/** The memory of the process now; its peak counts from here. Only Linux can say so. */
function resident(): number {
  if (process.platform !== "linux") return process.memoryUsage.rss();
  writeFileSync("/proc/self/clear_refs", "5");
  return kilobytes("VmRSS");
}

function peak(): number {
  return process.platform === "linux" ? kilobytes("VmHWM") : process.memoryUsage.rss();
}

function kilobytes(name: string): number {
  const [, text = "0"] = new RegExp(`${name}:\\s*(\\d+)`).exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return Number(text) * 1024;
}
