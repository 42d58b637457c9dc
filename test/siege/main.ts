import { parseArgs } from "node:util";
import "../setup.ts";
import { numberOf, runScript } from "../fuzz/commandLine.ts";
import type { SiegeOptions, SiegeOutcome } from "./siege.ts";

/** `npm run siege`: see the text of --help. */

const help = `Attacks the command by everything that a machine, a neighbour or a stranger may do to it, and looks at what is left.

  npm run siege -- kills

  kills          ends commands at every call that changes the disk: SIGKILL, torn writes, power failures
  faults         lets every call of the file system fail, once or from there on
  two            several processes at once on one run, one study, one file
  queue          a study with workers: SIGKILL and SIGSTOP of any of them, torn writes, power failures
  disk           a file system that is really full
  inputs         changed and made-up inputs to everything that reads; --count is 1000 unless it is said
  bounds         inputs of doubled sizes: what reading them costs
  ranks          processes that compute together over MPI: one is killed, stopped, loops or ends; --count is 200 unless
                 it is said
  network        such processes on two machines, whose network is cut; as root. --count is 10 unless it is said

  --seed N       of what is drawn (default: of the clock)
  --count M      so many attacks, drawn from all that there are (default: all; of two: how often each is repeated;
                 of queue: so many studies, 20 unless it is said)
  --only TEXT    commands, or readers, whose name contains it (of inputs: the name of a reader;
                 of queue: folder, or postgres; of disk: train, reading, predict, or workers;
                 of ranks: starts, which kills in the first second)
  --help         this text

\`kills\` and \`faults\` reach the calls of Node, not those of native code: DuckDB reads and writes by itself.`;

/** Attacks, prints what it made and found, and returns the exit code. */
type Attack = (options: SiegeOptions) => Promise<number>;

const told =
  (attack: (options: SiegeOptions) => Promise<SiegeOutcome>): Attack =>
  async (options) => {
    const { counts, problems } = await attack(options);
    const made = [...counts].map(([kind, number]) => `${number} ${kind}`).join(", ");
    console.log(`\n${made}; ${problems.length} problems`);
    return problems.length > 0 ? 1 : 0;
  };

/** Loaded when they are asked for: each takes other parts of the command. */
const attacks: Readonly<Record<string, () => Promise<Attack>>> = {
  kills: async () => told((await import("./kills.ts")).kills),
  faults: async () => told((await import("./faults.ts")).faults),
  two: async () => told((await import("./two.ts")).two),
  queue: async () => told((await import("./queue.ts")).queue),
  disk: async () => told((await import("./disk.ts")).disk),
  inputs: async () => {
    const { inputs } = await import("./inputs.ts");
    return ({ seed, count = 1000, only }) => inputs({ seed, count, reader: only });
  },
  ranks: async () => {
    const { ranks } = await import("./ranks.ts");
    return told(({ seed, count = 200, only, say = () => {} }) => ranks({ seed, count, only, say }));
  },
  network: async () => {
    const { network } = await import("./network.ts");
    return told(({ seed, count = 10, say = () => {} }) => network({ seed, count, say }));
  },
  bounds: async () => {
    const { bounds } = await import("./bounds.ts");
    return async ({ seed, only }) => ((await bounds({ seed, only })) > 0 ? 1 : 0);
  },
};

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  const { values, positionals } = parseArgs({
    options: { seed: text, count: text, only: text, help: { type: "boolean" } },
    allowPositionals: true,
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const [name = "", ...others] = positionals;
  if (!Object.hasOwn(attacks, name) || others.length > 0) {
    throw new RangeError(
      `expected one of ${Object.keys(attacks).join(", ")}, given ${JSON.stringify(positionals.join(" "))}`,
    );
  }
  const seed = numberOf("seed", values.seed, Date.now() % 1e9);
  const count = values.count === undefined ? undefined : numberOf("count", values.count, 0);
  console.log(`${name} from seed ${seed}`);
  const attack = await attacks[name]();
  return attack({ seed, count, only: values.only, say: (line) => console.log(line) });
}

runScript(main, help);
