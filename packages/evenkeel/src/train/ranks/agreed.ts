import { type Problem, problemOf, withProblem } from "../../core/index.ts";

/** Why a rank failed, as it travels to the others. */
export interface Reason {
  readonly message: string;
  readonly problem?: Problem;
}

/** Another rank has failed, and all end with it. Its `problem` is that of the other rank's error. */
export class OtherRankError extends Error {
  override readonly name = "OtherRankError";
  /** The first rank that failed. */
  readonly rank: number;

  constructor(rank: number, { message, problem }: Reason) {
    super(`rank ${rank} failed: ${message}`);
    this.rank = rank;
    if (problem !== undefined) withProblem(this, problem);
  }
}

export function reasonOf(error: unknown): Reason {
  const problem = problemOf(error);
  const message = error instanceof Error ? error.message : String(error);
  return problem === undefined ? { message } : { message, problem };
}

let failed: number | undefined;

/** Notes an error on which all ranks have agreed, and which of them is to show it. */
export function agreed<E>(error: E, rank: number): E {
  failed = rank;
  return error;
}

/** Called at each exchange: the ranks go on. */
export function goOn(): void {
  failed = undefined;
}

/**
 * The rank whose error all ranks are ending with; undefined if they have not agreed on one. After an
 * error on which they have not agreed they may wait for each other: end all of them with the `abort`
 * of their communicator.
 */
export function failedRank(): number | undefined {
  return failed;
}
