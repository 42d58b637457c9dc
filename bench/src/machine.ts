import { cpus, totalmem } from "node:os";
import { weightProblem } from "./weight.ts";

/** What the figures were taken on. */
export function describeMachine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpu?.model ?? "unknown processor"}, ${cpus().length} cores, ${memory} GiB; Node ${process.version} on ${process.platform} ${process.arch}`;
}

/** Whether rivals wait for the other processes of the machine. */
export function describeWeight(): string {
  const problem = weightProblem();
  if (problem === undefined) return "Every rival's process has a scheduler group of its own with the highest weight.";
  return `Rivals share the processors with everything else that runs (${problem}): see the fastest rounds.`;
}
