import * as fs from "node:fs";
import { join } from "node:path";
import { BuiltCommand, type Ended } from "./command.ts";
import { clock, type Ground, groundOf, type Scenario, scenarios } from "./scenarios.ts";
import type { SiegeOptions, SiegeOutcome } from "./siege.ts";
import { difference, type World } from "./world.ts";

/** A command that several processes are given at the same moment. */
interface Contest {
  readonly scenario: Scenario;
  /** Whether only one of them may succeed: where they would write into one folder. */
  readonly oneWins: boolean;
}

const named = (name: string): Scenario => {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found === undefined) throw new Error(`there is no scenario ${name}`);
  return found;
};

/** The study that has a result by then is shown again, so that a late process succeeds too. */
const contests: readonly Contest[] = [
  { scenario: named("train --resume"), oneWins: true },
  { scenario: named("study"), oneWins: true },
  { scenario: named("study --resume"), oneWins: false },
  { scenario: named("train"), oneWins: false },
  { scenario: named("predict -o, over a file"), oneWins: false },
];

/** What a process says that came second. */
const refusals = /is still running, in process \d+|has finished: there is nothing to resume|holds a study/;

/** Starts two processes at once, and four, on the same command, again and again. */
export async function two({ count = 50, only = "", say = () => {} }: SiegeOptions): Promise<SiegeOutcome> {
  const command = await BuiltCommand.make();
  const problems: string[] = [];
  const counts = new Map<string, number>();
  try {
    for (const { scenario, oneWins } of contests.filter(({ scenario: { name } }) => name.includes(only))) {
      const ground = await groundOf(scenario, command, "changes");
      for (let round = 0; round < count; round++) {
        const processes = round % 2 === 0 ? 2 : 4;
        const problem = await contest(ground, command, processes, oneWins);
        counts.set(`${scenario.name} by ${processes}`, (counts.get(`${scenario.name} by ${processes}`) ?? 0) + 1);
        if (problem !== undefined) say(problems[problems.push(`${scenario.name} by ${processes}: ${problem}`) - 1]);
      }
      ground.before.remove();
      say(`${scenario.name}: ${count} rounds, ${problems.length} problems so far`);
    }
  } finally {
    command.remove();
  }
  return { counts, problems };
}

async function contest(
  { scenario, before, expected }: Ground,
  command: BuiltCommand,
  processes: number,
  oneWins: boolean,
): Promise<string | undefined> {
  const world = before.copy();
  try {
    const all = Array.from({ length: processes }, () =>
      world.spawn(command, scenario.args, { calls: "changes", clock }),
    );
    const ended = await Promise.all(all);
    return wrongEnds(ended, oneWins) ?? doubled(world) ?? wrongFiles(world, expected) ?? world.leftovers().at(0);
  } finally {
    world.remove();
  }
}

function wrongEnds(ended: readonly Ended[], oneWins: boolean): string | undefined {
  const winners = ended.filter(({ code }) => code === 0).length;
  if (winners === 0 || (oneWins && winners > 1)) {
    return `${winners} of ${ended.length} succeed: ${ended.map(({ err }) => err.trim()).join(" | ")}`;
  }
  const other = ended.find(({ code, err }) => code !== 0 && !refusals.test(err));
  return other === undefined ? undefined : `one ended with ${other.code}: ${other.err}`;
}

/** An epoch of a run, or a network of a study, that stands twice in its record. */
function doubled(world: World): string | undefined {
  const records = fs
    .readdirSync(world.work, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".jsonl"));
  for (const name of records) {
    const lines = fs
      .readFileSync(join(world.work, name), "utf8")
      .split("\n")
      .filter((line) => line !== "");
    const keys = lines.map((line) => {
      const { stage, epoch, result } = JSON.parse(line);
      return epoch === undefined ? (result?.spec?.id ?? "header") : `${stage} ${epoch}`;
    });
    if (new Set(keys).size < keys.length) return `${name} has ${keys.length - new Set(keys).size} lines twice`;
  }
  return undefined;
}

/** Runs of their own are each as the one of a process that was alone. */
function wrongFiles(world: World, expected: ReadonlyMap<string, string>): string | undefined {
  for (const id of world.runs()) {
    const files = [...world.written()].filter(([name]) => !name.startsWith("runs/"));
    const own = [...world.written(id)].filter(([name]) => name.startsWith("runs/"));
    const wrong = difference(new Map([...files, ...own]), expected);
    if (wrong !== undefined) return wrong;
  }
  return world.runs().length > 0 ? undefined : difference(world.written(), expected);
}
