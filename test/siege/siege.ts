import { Random } from "../fuzz/random.ts";
import { problemAfter } from "./aftermath.ts";
import { BuiltCommand, type Ended } from "./command.ts";
import type { SiegeAct, SiegePlan } from "./plan.ts";
import { clock, type Ground, groundOf, type Scenario, scenarios } from "./scenarios.ts";
import type { World } from "./world.ts";

/** What a siege is asked for. */
export interface SiegeOptions {
  readonly seed: number;
  /** How many attacks, drawn from all that there are; all unless given. */
  readonly count?: number | undefined;
  /** Only the scenario of this name, or those whose names contain it. */
  readonly only?: string | undefined;
  /** One that is built already. */
  readonly command?: BuiltCommand | undefined;
  /** Told of each scenario, and of each problem when it is found. */
  readonly say?: ((line: string) => void) | undefined;
}

/** One thing that is done to one command. */
export interface Attack {
  readonly at: number;
  readonly act: SiegeAct;
}

/** What a siege found. */
export interface SiegeOutcome {
  /** How many attacks of each kind were made, and how many calls there are. */
  readonly counts: ReadonlyMap<string, number>;
  readonly problems: readonly string[];
}

/** A kind of siege. */
export interface Siege {
  readonly calls: SiegePlan["calls"];
  /** All attacks on the calls of a command. */
  readonly attacks: (calls: readonly string[], random: Random) => Attack[];
  /** What is wrong with how the process ended, or with what it said. */
  readonly wrongEnding: (ended: Ended, attack: Attack, ground: Ground, world: World) => string | undefined;
}

/** Attacks commands, one at a time, and looks at what is left after each. */
export async function lay(
  siege: Siege,
  { seed, count, only = "", say = () => {}, command: built }: SiegeOptions,
): Promise<SiegeOutcome> {
  const random = new Random(seed);
  const command = built ?? (await BuiltCommand.make());
  const grounds: Ground[] = [];
  const counts = new Map<string, number>();
  const problems: string[] = [];
  const tally = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  try {
    const planned: { ground: Ground; attack: Attack }[] = [];
    for (const scenario of chosen(only, count, random)) {
      const ground = await groundOf(scenario, command, siege.calls);
      grounds.push(ground);
      const attacks = siege.attacks(ground.calls, random);
      say(`${scenario.name}: ${ground.calls.length} calls, ${attacks.length} attacks`);
      planned.push(...attacks.map((attack) => ({ ground, attack })));
    }
    const made = count === undefined ? planned : random.shuffled(planned).slice(0, count);
    let last = performance.now();
    for (const [index, { ground, attack }] of made.entries()) {
      tally(attack.act.kind === "fail" ? attack.act.code : attack.act.kind);
      const problem = await attacked(siege, command, ground, attack);
      if (problem !== undefined) say(problems[problems.push(problem) - 1]);
      if (performance.now() - last < 30_000) continue;
      last = performance.now();
      say(`${index + 1} of ${made.length}, ${problems.length} problems`);
    }
  } finally {
    if (built === undefined) command.remove();
    for (const { before } of grounds) before.remove();
  }
  return { counts, problems };
}

/** A small sample comes from few commands, because each has to be made ready. */
function chosen(only: string, count: number | undefined, random: Random): readonly Scenario[] {
  const exact = scenarios.filter(({ name }) => name === only);
  const named = exact.length > 0 ? exact : scenarios.filter(({ name }) => name.includes(only));
  return count === undefined ? named : random.shuffled(named).slice(0, Math.max(2, count / 4));
}

async function attacked(
  siege: Siege,
  command: BuiltCommand,
  ground: Ground,
  attack: Attack,
): Promise<string | undefined> {
  const world = ground.before.copy();
  const { scenario, calls } = ground;
  const { at, act } = attack;
  try {
    const { args, stdin } = scenario;
    const ended = await world.spawn(command, args, { calls: siege.calls, clock, at, act, stdin });
    const problem = siege.wrongEnding(ended, attack, ground, world) ?? (await problemAfter(ground, world));
    if (problem === undefined) return undefined;
    const kind = act.kind === "fail" ? `${act.code}${act.lasting ? " from there on" : ""}` : act.kind;
    return `${scenario.name}, ${kind} at call ${at}, ${calls[at]}: ${problem.trim()}`;
  } finally {
    world.remove();
  }
}
