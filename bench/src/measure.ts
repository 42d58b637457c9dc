import { Contender } from "./contender.ts";
import type { Rival, RivalId } from "./rivals.ts";
import { median } from "./statistics.ts";
import type { Workload } from "./workloads.ts";

export interface Effort {
  readonly rounds: number;
  /** Milliseconds that a rival's turn in a round is to take, if its steps are shorter. */
  readonly turn: number;
}

/** What one rival did on one workload. */
export interface Measured {
  readonly id: RivalId;
  readonly name: string;
  readonly version: string;
  /** Microseconds per step, one figure per round. */
  readonly rounds: readonly number[];
  readonly median: number;
  /**
   * Milliseconds to prepare and run the first step; for compiled steps that contains the
   * compilation.
   */
  readonly firstStep: number;
  /** Peak memory of the process in bytes. */
  readonly memory: number;
}

export interface Outcome {
  readonly workload: Workload;
  readonly measured: readonly Measured[];
  /** Why a rival that is here has no figures. */
  readonly failed: readonly string[];
}

interface Turns {
  readonly contender: Contender;
  readonly version: string;
  readonly firstStep: number;
  steps: number;
  readonly rounds: number[];
  /** Microseconds, all rounds together. */
  spent: number;
}

/** Rounds that even the slowest takes part in. */
const fewestRounds = 5;
/** Microseconds after which a rival whose steps are longer than a turn has been seen enough. */
const enough = 3e6;

/**
 * Verifies that all rivals do the same work, then times them in turns: a round gives each one its
 * turn, so that noise of the machine meets all of them. The first of the rivals that answers is
 * what the others are compared with.
 */
export async function measure(
  workload: Workload,
  problem: string,
  rivals: readonly Rival[],
  { rounds, turn }: Effort,
): Promise<Outcome> {
  const failed: string[] = [];
  const taking: Turns[] = [];
  const contenders: Contender[] = [];
  try {
    let reference: { readonly name: string; readonly losses: readonly number[] } | undefined;
    for (const rival of rivals) {
      const { name, onlyConvNets } = rival;
      if (workload.layers === undefined && onlyConvNets) continue;
      // Started one after the other: a first step shall not wait for others that start.
      const contender = new Contender(rival, problem);
      contenders.push(contender);
      try {
        const { version, losses, firstStep, threads } = await contender.losses(workload.verified);
        const { mostThreads = Number.POSITIVE_INFINITY } = rival;
        if (threads !== undefined && threads > mostThreads) {
          throw new Error(`${name}: ${threads} threads, expected ${mostThreads}; not timing unequal work`);
        }
        if (reference === undefined) reference = { name, losses };
        else verifySame(name, losses, reference);
        taking.push({ contender, version, firstStep, steps: await warmUp(contender, turn), rounds: [], spent: 0 });
      } catch (error) {
        failed.push(error instanceof Error ? error.message : String(error));
        contender.close();
      }
    }
    for (let round = 0; round < rounds; round++) {
      for (const side of taking) {
        // Steps far longer than a turn need no more rounds than it takes to see that they are.
        if (round >= fewestRounds && side.spent > Math.max(enough, 2000 * rounds * turn)) continue;
        const time = await side.contender.time(side.steps);
        side.rounds[round] = time;
        side.spent += time * side.steps;
      }
    }
    const measured: Measured[] = [];
    for (const { contender, version, firstStep, rounds } of taking) {
      const { id, name } = contender.rival;
      measured.push({ id, name, version, rounds, median: median(rounds), firstStep, memory: await contender.memory() });
    }
    return { workload, measured, failed };
  } finally {
    for (const contender of contenders) contender.close();
  }
}

/** Runs until the code is warm. @returns how many steps fill a turn */
async function warmUp(contender: Contender, turn: number): Promise<number> {
  let steps = 1;
  for (let spent = 0; ; steps *= 2) {
    const time = await contender.time(steps);
    spent += time * steps;
    if (time * steps >= turn * 1000 || spent >= 4000 * turn) return Math.max(1, Math.round((turn * 1000) / time));
  }
}

/**
 * Throws unless the losses agree: unequal work is not worth timing. The first is the forward pass
 * alone; Adam divides by the size of the gradient, which magnifies the rounding of small ones at
 * every step after it.
 */
function verifySame(
  name: string,
  losses: readonly number[],
  reference: { readonly name: string; readonly losses: readonly number[] },
): void {
  losses.forEach((loss, i) => {
    const expected = reference.losses[i];
    if (!(Math.abs(loss - expected) <= (i === 0 ? 1e-5 : 1e-3) * Math.abs(expected))) {
      throw new Error(`${name}: loss ${loss} at step ${i}, ${reference.name} has ${expected}; not timing unequal work`);
    }
  });
}

interface Rounds {
  readonly rounds: readonly number[];
}

/** How many times the base's time a rival took: the median of the ratios within each round. */
export function timesAsLong(rival: Rounds, base: Rounds): number {
  return median(rival.rounds.flatMap((time, round) => (base.rounds[round] ? [time / base.rounds[round]] : [])));
}
