import * as fs from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "../../packages/cli/src/records/queue/postgres/database.ts";
import { noServer, type Server, startServer } from "../../packages/cli/src/records/queue/postgres/postgres.fixture.ts";
import { Random } from "../fuzz/random.ts";
import { BuiltCommand, type Ended, type Started } from "./command.ts";
import type { SiegeAct } from "./plan.ts";
import { alone, networks, study, writeStudyTable } from "./queueStudy.ts";
import type { SiegeOptions, SiegeOutcome } from "./siege.ts";
import { World } from "./world.ts";

/** Seconds. */
const lease = 1;
/** Milliseconds after which a study that nobody disturbs any more hangs. */
const patience = 240_000;

/** Attacks whole studies with their workers, one after another. */
export async function queue({
  seed,
  count = 20,
  only = "",
  command: built,
  say = () => {},
}: SiegeOptions): Promise<SiegeOutcome> {
  const random = new Random(seed);
  const server = await serverFor(only, say);
  const command = built ?? (await BuiltCommand.make());
  const counts = new Map<string, number>();
  const problems: string[] = [];
  try {
    const expected = await alone(command);
    for (let round = 0; round < count; round++) {
      const inDatabase = server !== undefined && (only !== "" || round % 3 === 2);
      const battle = new Battle(command, random, counts, inDatabase ? await database(server, round) : undefined);
      try {
        await battle.rage();
        for (const problem of await battle.problems(expected)) {
          say(problems[problems.push(`study ${round}: ${problem}`) - 1]);
        }
      } finally {
        await battle.remove();
      }
      const where = inDatabase ? "PostgreSQL" : "a folder";
      say(`${round + 1} of ${count}, through ${where}, ${battle.events.join(" ")}: ${problems.length} problems`);
    }
  } finally {
    server?.remove();
    if (built === undefined) command.remove();
  }
  return { counts, problems };
}

/** A database server for every third study, or for all: `--only postgres`. */
async function serverFor(only: string, say: (line: string) => void): Promise<Server | undefined> {
  if (only === "folder") return undefined;
  const missing = noServer();
  if (missing === undefined) return await startServer();
  say(`studies through a database are left out: ${missing}`);
  return undefined;
}

/** A queue that is not in a folder. */
interface Elsewhere {
  readonly place: string;
  /** The results that are there: worker and task. */
  readonly lines: () => Promise<string[]>;
  /** Ends the server as a crash does, and starts it again. */
  readonly crash: () => void;
  readonly close: () => Promise<void>;
}

async function database(server: Server, round: number): Promise<Elsewhere> {
  const place = `${server.address}?queue=q${round}`;
  const { query, queue, close } = await connect(place);
  return {
    place,
    close,
    lines: async () => {
      const rows = await query<{ line: string }>(
        "select worker || ' ' || task as line from evenkeel_result where queue = $1",
        [queue],
      );
      return rows.map(({ line }) => line);
    },
    crash: () => {
      server.stop();
      server.start();
    },
  };
}

interface Fighter extends Started {
  readonly role: "study" | "worker";
  over?: Ended;
}

/** One study, its workers, and what is done to them. */
class Battle {
  readonly #world = new World();
  readonly #command: BuiltCommand;
  readonly #random: Random;
  readonly #counts: Map<string, number>;
  readonly #fighters: Fighter[] = [];
  readonly #ended: Ended[] = [];
  /** Results that were on the disk at some time, by worker and trial. */
  readonly #acknowledged = new Set<string>();
  readonly events: string[] = [];
  readonly #elsewhere: Elsewhere | undefined;

  constructor(command: BuiltCommand, random: Random, counts: Map<string, number>, elsewhere?: Elsewhere) {
    this.#elsewhere = elsewhere;
    this.#command = command;
    this.#random = random;
    this.#counts = counts;
    writeStudyTable(this.#world);
    fs.mkdirSync(this.#world.file("q"));
  }

  /** Disturbs the study for a while, and then lets it end. */
  async rage(): Promise<void> {
    const random = this.#random;
    for (let i = 0; i < 3; i++) this.#start("worker", random.chance(0.5) ? this.#draw() : undefined);
    this.#start("study");
    const rounds = random.int(4, 11);
    for (let i = 0; i < rounds; i++) {
      await sleep(random.int(150, 1050));
      for (const line of await this.#lines()) this.#acknowledged.add(line);
      await this.#disturb();
    }
    for (const { child } of this.#fighters) child.kill("SIGCONT");
    this.#restore();
    const began = performance.now();
    while (!this.#has("study", 0) && performance.now() - began < patience) {
      await sleep(100);
      // A process whose end was drawn beforehand may still come to it.
      this.#restore();
    }
  }

  #draw(): SiegeAct {
    return { kind: this.#random.pick(["kill", "tear", "power"] as const) };
  }

  #start(role: Fighter["role"], act?: SiegeAct): void {
    const { work: cwd, temporary, root } = this.#world;
    const random = this.#random;
    const threads = String(role === "study" ? random.int(0, 1) : 1);
    const hasBegun = fs.existsSync(this.#world.file("s/study.json"));
    const place = this.#elsewhere?.place ?? "q";
    const from = ["--workers-from", place, "--lease", String(lease), "--threads", threads];
    const begin = hasBegun ? ["study", "--resume", "s", "--no-report", ...from] : [...study, ...from, "--out", "s"];
    const args = role === "study" ? begin : ["work", place, "--threads", threads, "--idle", "60"];
    const plan = act && { root, calls: "changes" as const, at: random.int(0, 60), act };
    const environment =
      role === "worker" && random.chance(0.5) ? { SLURM_ARRAY_TASK_ID: String(random.int(0, 8)) } : {};
    const started = this.#command.start(args, { cwd, temporary, environment, ...(plan && { plan }) });
    const fighter: Fighter = { role, ...started };
    this.#fighters.push(fighter);
    started.ended.then((ended) => {
      fighter.over = ended;
      this.#ended.push(ended);
    });
    this.#tell(act === undefined ? `+${role[0]}` : `+${role[0]}(${act.kind} at ${plan?.at})`, act?.kind);
  }

  #alive(role: Fighter["role"]): Fighter[] {
    return this.#fighters.filter((fighter) => fighter.role === role && fighter.over === undefined);
  }

  #has(role: Fighter["role"], code: number): boolean {
    return this.#fighters.some((fighter) => fighter.role === role && fighter.over?.code === code);
  }

  /** Does one thing to somebody. */
  async #disturb(): Promise<void> {
    const random = this.#random;
    const victims = this.#fighters.filter(({ over }) => over === undefined);
    const victim = victims.length === 0 ? undefined : random.pick(victims);
    const what = random.int(0, 9);
    if (what < 2 || victim === undefined) this.#start("worker", random.chance(0.4) ? this.#draw() : undefined);
    else if (what < 6) {
      victim.child.kill("SIGKILL");
      await victim.ended;
      this.#tell(`-${victim.role[0]}`, `SIGKILL of ${victim.role}`);
    } else if (what < 9) {
      victim.child.kill("SIGSTOP");
      const seconds = random.chance(0.7) ? 1.5 * lease : 0.3;
      this.#tell(`~${victim.role[0]}`, `SIGSTOP of ${victim.role}`);
      await sleep(seconds * 1000);
      victim.child.kill("SIGCONT");
    } else if (this.#elsewhere !== undefined && random.chance(0.7)) {
      this.#elsewhere.crash();
      this.#tell("!", "crash of the server");
    } else {
      victim.child.kill(victim.role === "worker" ? "SIGTERM" : "SIGINT");
      this.#tell(`x${victim.role[0]}`, "interrupted");
    }
    if (random.chance(0.7)) this.#restore();
  }

  /** Starts the study again if it is gone, and a worker if there is none. */
  #restore(): void {
    if (this.#has("study", 0)) return;
    if (this.#alive("study").length === 0) this.#start("study");
    if (this.#alive("worker").length === 0) this.#start("worker");
  }

  #tell(text: string, kind: string | undefined): void {
    this.events.push(text);
    if (kind !== undefined) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  /** The whole lines of results, by worker and task. */
  async #lines(): Promise<string[]> {
    if (this.#elsewhere !== undefined) return await this.#elsewhere.lines();
    const folder = this.#world.file("q/results");
    if (!fs.existsSync(folder)) return [];
    return fs.readdirSync(folder).flatMap((name) => {
      const whole = fs.readFileSync(join(folder, name), "utf8").split("\n").slice(0, -1);
      return whole.map((line) => `${name} ${JSON.parse(line).task}`);
    });
  }

  /** What is wrong in the end. */
  async problems(expected: string): Promise<string[]> {
    const found: string[] = [];
    if (!this.#has("study", 0)) {
      const living = this.#fighters.filter(({ over }) => over === undefined);
      const said = living.map(({ role, child, said }) => `${role} ${child.pid}:\n${said()}`);
      return [`the study has not ended after ${patience / 1000} s: ${said.join("\n")}`];
    }
    if (fs.readFileSync(this.#world.file("s/result.json"), "utf8") !== expected) found.push("result.json differs");
    const trials = fs.readFileSync(this.#world.file("s/trials.jsonl"), "utf8").trimEnd().split("\n").slice(1);
    const ids = new Set(trials.map((line) => JSON.parse(line).result.spec.id));
    if (ids.size !== networks || trials.length !== networks) {
      found.push(`${trials.length} lines of ${ids.size} trials are recorded, expected ${networks}`);
    }
    const left = new Set(await this.#lines());
    for (const one of this.#acknowledged) if (!left.has(one)) found.push(`${one} was delivered and is lost`);
    // Those that live see the end and leave.
    const living = this.#alive("worker");
    const all = Promise.all(living.map(({ ended }) => ended));
    const late = await Promise.race([all, sleep(20_000, "late" as const)]);
    if (late === "late") found.push(`${this.#alive("worker").length} workers do not leave`);
    for (const { code, signal, out, err } of this.#ended) {
      if (/^\s+at /m.test(err)) found.push(`a stack: ${err}`);
      if (/is refused|refuses the worker/.test(out + err)) found.push(`a worker is refused: ${out}${err}`);
      // It began while the server was down.
      if (code === 1 && /^error: cannot use the database [^\n]*\n$/.test(err)) continue;
      if (signal === null && ![0, 130, 143].includes(code ?? -1)) found.push(`one ended with ${code}: ${out}${err}`);
    }
    return found;
  }

  async remove(): Promise<void> {
    for (const { child } of this.#fighters) child.kill("SIGKILL");
    await Promise.all(this.#fighters.map(({ ended }) => ended));
    await this.#elsewhere?.close();
    this.#world.remove();
  }
}
