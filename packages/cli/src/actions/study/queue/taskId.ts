import { createHash } from "node:crypto";
import type { TrialSpec } from "evenkeel/study";

/** Identifies a trial: the same in every process of a study. */
export function taskId(spec: TrialSpec): string {
  return createHash("sha256").update(JSON.stringify(spec)).digest("hex").slice(0, 24);
}

/**
 * The task in which another worker trains a trial once more.
 * @param number how often a check of this trial was asked for, from 1: what was taken before stays
 *   taken
 */
export function checkOf(id: string, number: number): string {
  return `${id}-check${number}`;
}

/** The trial of a task. */
export function trialOf(task: string): string {
  return task.replace(/-check\d+$/, "");
}

/** One trial in this many is trained by two workers, besides the first of each worker. */
const sample = 20;

/** Whether a trial is in the sample that is checked: by its digest, so by nobody's choice. */
export function isSampled(id: string): boolean {
  return Number.parseInt(id.slice(0, 8), 16) % sample === 0;
}
