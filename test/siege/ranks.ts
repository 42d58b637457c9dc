import { BuiltPrograms, type Ended, signalTo, whyNoMpi } from "../../packages/mpi/src/mpirun.fixture.ts";
import type { Act, Plan } from "../../packages/mpi/src/program.fixture.ts";
import { Random } from "../fuzz/random.ts";
import type { SiegeOutcome } from "./siege.ts";

/** What is done to ranks: by a signal at any moment, their start and their end included, or by one of them. */
interface RankAttack {
  readonly kind: string;
  readonly ranks: number;
  readonly victims: readonly number[];
  readonly plan: Plan;
  readonly strike?: { readonly signal: NodeJS.Signals; readonly after: number };
}

const [timeout, silence] = [8, 2];
/** Seconds after the attack by which a run has ended. */
const most = 30;

function planBy(random: Random): Plan {
  const length = random.pick([1, 100, 20_000, 1_000_000]);
  return { steps: 1e9, length, pause: random.pick([0, 0, 5, 50]), started: random.chance(0.3), timeout, silence };
}

function attackBy(random: Random): RankAttack {
  const ranks = random.pick([2, 2, 3, 4]);
  const victims = [random.int(0, ranks - 1)];
  const plan = planBy(random);
  const signal = random.weighted<NodeJS.Signals | undefined>([
    [6, "SIGKILL"],
    [4, "SIGSTOP"],
    [1, "SIGTERM"],
    [4, undefined],
  ]);
  if (signal !== undefined) {
    return { kind: signal, ranks, victims, plan, strike: { signal, after: random.int(100, 4000) } };
  }
  const act = random.pick<Act>(["loop", "throw", "exit", "exit 0", "abort", "other call", "other length"]);
  return { kind: act, ranks, victims, plan: { ...plan, rank: victims[0], at: random.int(0, 40), act } };
}

/** Mostly while processes start and MPI does, in which Open MPI's `mpirun` may hang when it loses one. */
function attackAtStartBy(random: Random): RankAttack {
  const ranks = random.pick([2, 2, 3, 4]);
  const [first, second] = random.shuffled(Array.from({ length: ranks }, (_, rank) => rank));
  const [kind, signal, victims] = random.weighted<readonly [string, NodeJS.Signals, readonly number[]]>([
    [6, ["SIGKILL", "SIGKILL", [first]]],
    [2, ["SIGKILL of two", "SIGKILL", [first, second]]],
    [1, ["SIGKILL of mpirun", "SIGKILL", []]],
    [1, ["SIGSTOP", "SIGSTOP", [first]]],
  ]);
  const after = random.chance(0.9) ? random.int(20, 1000) : random.int(1000, 2500);
  return { kind, ranks, victims, plan: planBy(random), strike: { signal, after } };
}

function problemOf({ victims }: RankAttack, { code, out, err, sinceAttack, left }: Ended): string | undefined {
  if (left.length > 0) return `${left.length} processes are left: ${err}`;
  if (code === 0) return "mpirun ends as if all were well";
  if (sinceAttack > most) return `it took ${sinceAttack.toFixed(1)} s: ${out.slice(-300)} ${err.slice(-1000)}`;
  if (victims.length === 0) return undefined;
  const isNamed = victims.some((victim) => new RegExp(`\\brank ${victim}\\b`).test(err));
  // Before the ranks have found each other, nobody knows which one does not come.
  const isJoining = !/step 0/.test(out) && /have not found each other|Primary job {2}terminated/.test(err);
  return isNamed || isJoining ? undefined : `rank ${victims.join(" or ")} is not named: ${err}`;
}

/** Attacks runs of two to four ranks, one at a time; `only` "starts" while they start. */
export async function ranks(options: {
  readonly seed: number;
  readonly count: number;
  readonly only?: string | undefined;
  readonly say: (line: string) => void;
}): Promise<SiegeOutcome> {
  const { seed, count, only, say } = options;
  const missing = whyNoMpi();
  if (missing !== undefined) throw new RangeError(missing);
  if (only !== undefined && only !== "starts") throw new RangeError(`--only is ${only}, expected starts`);
  const draw = only === undefined ? attackBy : attackAtStartBy;
  const random = new Random(seed);
  const programs = await BuiltPrograms.make();
  const counts = new Map<string, number>();
  const problems: string[] = [];
  const hung: number[] = [];
  let slowest = 0;
  try {
    for (let i = 0; i < count; i++) {
      const attack = draw(random);
      const { kind, victims, plan, strike } = attack;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      const args = ["steps", JSON.stringify(plan)];
      const signal = strike && { after: strike.after, strike: signalTo(victims, strike.signal) };
      // Most of the limit is for the start on a busy machine.
      const ended = await programs.run({ ranks: attack.ranks, args, attack: signal, limit: 240, patience: most });
      if (/\(process \d+\) did not: it is killed/.test(ended.err)) hung.push(i);
      slowest = Math.max(slowest, ended.sinceAttack);
      const problem = problemOf(attack, ended);
      const what = `attack ${i}, ${kind} of rank ${victims.join(" and ")} of ${attack.ranks}`;
      if (problem !== undefined)
        say(problems[problems.push(`${what}: ${JSON.stringify({ plan, strike })}: ${problem}`) - 1]);
      if (i % 20 === 19) {
        const launchers = `${hung.length} times mpirun hung and was ended`;
        say(
          `${i + 1} of ${count}, ${problems.length} problems, the slowest end after ${slowest.toFixed(1)} s, ${launchers}`,
        );
      }
    }
  } finally {
    programs.remove();
  }
  return { counts, problems };
}
