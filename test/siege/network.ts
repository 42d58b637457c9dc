import { spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BuiltPrograms, type Ended, type Running, signalTo, whyNoMpi } from "../../packages/mpi/src/mpirun.fixture.ts";
import { Random } from "../fuzz/random.ts";
import type { SiegeOutcome } from "./siege.ts";

/**
 * Two machines, each a network namespace with a host name of its own, whose cable is cut in the middle
 * of an allReduce. It needs root, and `ip`.
 */

const [here, there] = [
  { name: "evenkeel-a", address: "10.213.7.1" },
  { name: "evenkeel-b", address: "10.213.7.2" },
];
/** The end of the cable in a machine. */
const cable = "cable";
/** Seconds after the cut by which all processes have ended, on both sides. */
const most = 30;

function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync("ip", args, { encoding: "utf8" });
  if (status !== 0)
    throw new RangeError(`ip ${args.join(" ")}: ${stderr?.trim() ?? "there is no ip: apt-get install iproute2"}`);
}

function lay(): void {
  for (const { name } of [here, there]) {
    ip("netns", "add", name);
    ip("-n", name, "link", "set", "lo", "up");
  }
  ip("link", "add", cable, "netns", here.name, "type", "veth", "peer", "name", cable, "netns", there.name);
  for (const { name, address } of [here, there]) ip("-n", name, "address", "add", `${address}/24`, "dev", cable);
  connect();
}

function connect(): void {
  for (const { name } of [here, there]) ip("-n", name, "link", "set", cable, "up");
}

function remove(): void {
  for (const { name } of [here, there]) spawnSync("ip", ["netns", "delete", name]);
}

/** Starts a command on a machine. */
const on = ({ name }: typeof here, ...command: readonly string[]) => [
  ...["ip", "netns", "exec", name, "unshare", "--uts", "sh", "-c", 'hostname "$0" && exec "$@"', name],
  ...command,
];

/**
 * What happens when the cable is cut. A side of which every rank is stopped does not end before TCP
 * gives up, after minutes: nobody there can notice.
 */
const kinds = {
  "the cable": () => true,
  "the cable, and SIGKILL of mpirun": signalTo([], "SIGKILL"),
  "the cable, and SIGKILL of rank 0": signalTo([0], "SIGKILL"),
  "the cable, and SIGSTOP of rank 1": signalTo([1], "SIGSTOP"),
} as const satisfies Readonly<Record<string, (running: Running) => boolean>>;

function problemOf({ code, err, sinceAttack, left }: Ended): string | undefined {
  if (left.length > 0) return `${left.length} processes are left: ${err}`;
  if (code === 0) return "mpirun ends as if all were well";
  if (sinceAttack > most) return `it took ${sinceAttack.toFixed(1)} s: ${err}`;
  return /\brank \d\b/.test(err) ? undefined : `no rank is named: ${err}`;
}

/** Cuts the network of runs of three ranks, two here and one there. */
export async function network(options: {
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
  // In place of ssh: its first argument is the host, the rest a command for a shell.
  const agent = join(programs.folder, "agent.sh");
  writeFileSync(
    agent,
    `#!/bin/sh\nshift\nexec ${on(there, "sh", "-c")
      .map((word) => `'${word}'`)
      .join(" ")} "$*"\n`,
  );
  chmodSync(agent, 0o700);
  const launch = on(
    here,
    ...["mpirun", "-n", "3", "--oversubscribe", "--host", `${here.address}:2,${there.address}:1`],
    ...["--mca", "plm_rsh_agent", agent, "--mca", "btl_tcp_if_include", cable, "--mca", "oob_tcp_if_include", cable],
  );
  try {
    lay();
    for (let i = 0; i < count; i++) {
      connect();
      const kind = Object.keys(kinds)[i % Object.keys(kinds).length] as keyof typeof kinds;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      const plan = { steps: 1e9, length: random.pick([1000, 1_000_000]) };
      const delay = random.int(0, 1500);
      let since: number | undefined;
      const ended = await programs.run({
        ...{ ranks: 3, args: ["steps", JSON.stringify(plan)], launch, limit: 180, patience: most },
        attack: {
          after: 100,
          strike: (running) => {
            if (!/step 0/.test(running.out)) return false;
            since ??= performance.now();
            if (performance.now() - since < delay) return false;
            ip("-n", random.chance(0.5) ? here.name : there.name, "link", "set", cable, "down");
            return kinds[kind](running);
          },
        },
      });
      const problem = problemOf(ended);
      const what = `cut ${i}, ${kind}, ${JSON.stringify(plan)}`;
      if (problem === undefined) say(`${what}: all has ended after ${ended.sinceAttack.toFixed(1)} s`);
      else say(problems[problems.push(`${what}: ${problem}`) - 1]);
    }
  } finally {
    remove();
    programs.remove();
  }
  return { counts, problems };
}
