import { BuiltPrograms, type Ended, whyNoMpi } from "../../packages/mpi/src/mpirun.fixture.ts";
import type { Act, Plan } from "../../packages/mpi/src/program.fixture.ts";
import { Random } from "../fuzz/random.ts";
import type { SiegeOutcome } from "./siege.ts";

/** What is done to a rank: by a signal at any moment, its start and its end included, or by itself. */
interface RankAttack {
  readonly kind: string;
  readonly ranks: number;
  readonly victim: number;
  readonly plan: Plan;
  readonly signal?: { readonly signal: NodeJS.Signals; readonly after: number };
}

const [timeout, silence] = [8, 2];
/** Seconds after the attack by which a run has ended. */
const most = 30;

function attackBy(random: Random): RankAttack {
  const ranks = random.pick([2, 2, 3, 4]);
  const victim = random.int(0, ranks - 1);
  const plan: Plan = {
    steps: 1e9,
    length: random.pick([1, 100, 20_000, 1_000_000]),
    pause: random.pick([0, 0, 5, 50]),
    timeout,
    silence,
  };
  const signal = random.weighted<NodeJS.Signals | undefined>([
    [6, "SIGKILL"],
    [4, "SIGSTOP"],
    [1, "SIGTERM"],
    [4, undefined],
  ]);
  if (signal !== undefined) {
    return { kind: signal, ranks, victim, plan, signal: { signal, after: random.int(100, 4000) } };
  }
  const act = random.pick<Act>(["loop", "throw", "exit", "exit 0", "abort", "other call", "other length"]);
  return { kind: act, ranks, victim, plan: { ...plan, rank: victim, at: random.int(0, 40), act } };
}

function problemOf({ victim }: RankAttack, { code, out, err, sinceAttack, left }: Ended): string | undefined {
  if (left.length > 0) return `${left.length} processes are left`;
  if (code === 0) return "mpirun ends as if all were well";
  if (sinceAttack > most) return `it took ${sinceAttack.toFixed(1)} s: ${out.slice(-300)} ${err.slice(-1000)}`;
  const isNamed = new RegExp(`\\brank ${victim}\\b`).test(err);
  // Before the ranks have found each other, nobody knows which one does not come.
  const isJoining = !/step 0/.test(out) && /have not found each other|Primary job {2}terminated/.test(err);
  return isNamed || isJoining ? undefined : `rank ${victim} is not named: ${err}`;
}

/** Attacks runs of two to four ranks, one at a time. */
export async function ranks(options: {
  readonly seed: number;
  readonly count: number;
  readonly say: (line: string) => void;
}): Promise<SiegeOutcome> {
  const { seed, count, say } = options;
  const missing = whyNoMpi();
  if (missing !== undefined) throw new RangeError(missing);
  const random = new Random(seed);
  const programs = await BuiltPrograms.make();
  const counts = new Map<string, number>();
  const problems: string[] = [];
  let slowest = 0;
  try {
    for (let i = 0; i < count; i++) {
      const attack = attackBy(random);
      const { kind, victim, plan, signal } = attack;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      const ended = await programs.run({
        ranks: attack.ranks,
        args: ["steps", JSON.stringify(plan)],
        attack: signal && { rank: victim, ...signal },
        limit: 240, // most of it for the start on a busy machine
      });
      slowest = Math.max(slowest, ended.sinceAttack);
      const problem = problemOf(attack, ended);
      const what = `attack ${i}, ${kind} of rank ${victim} of ${attack.ranks}`;
      if (problem !== undefined)
        say(problems[problems.push(`${what}: ${JSON.stringify({ plan, signal })}: ${problem}`) - 1]);
      if (i % 20 === 19)
        say(`${i + 1} of ${count}, ${problems.length} problems, the slowest end after ${slowest.toFixed(1)} s`);
    }
  } finally {
    programs.remove();
  }
  return { counts, problems };
}
