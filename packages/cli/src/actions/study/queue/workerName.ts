import { randomBytes } from "node:crypto";
import { hostname } from "node:os";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where schedulers say which of its workers a process is: Slurm's arrays, Kubernetes' Indexed Jobs. */
const variables = ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX"];

/** The number that a scheduler gave this process; undefined if there is none. */
export function taskNumber(environment: Environment): number | undefined {
  for (const name of variables) {
    const text = environment[name];
    if (text !== undefined && /^\d{1,9}$/.test(text)) return Number(text);
  }
  return undefined;
}

/**
 * Names for a worker, as many as are wanted: "node7-4711-9f3a", "node7-t12-4711-9f3a" with the
 * scheduler's number. Process ids are alike in many containers, so there is something random.
 */
export function* workerNames(task: number | undefined, host = hostname(), pid = process.pid): Generator<string> {
  const named = host.replaceAll(/[^\w.-]/g, "_").slice(0, 60) || "host";
  const number = task === undefined ? "" : `-t${task}`;
  for (let tries = 0; tries < 10; tries++) {
    yield `${named}${number}-${pid}-${randomBytes(2).toString("hex")}`;
  }
}

/**
 * Where among free tasks a worker begins to look. Those of one array start at the same moment, and
 * by their numbers each begins with another task.
 */
export function rankOf(task: number | undefined): number {
  return task ?? randomBytes(2).readUInt16LE();
}
