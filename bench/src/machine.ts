import { cpus, totalmem } from "node:os";

/** What the figures were taken on. */
export function describeMachine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpu?.model ?? "unknown processor"}, ${cpus().length} cores, ${memory} GiB; Node ${process.version} on ${process.platform} ${process.arch}`;
}
