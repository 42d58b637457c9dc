import { parseArgs } from "node:util";
import { numberOf, runScript } from "../fuzz/commandLine.ts";
import { outcomes } from "./simulate.ts";
import { usualWorld, type World } from "./world.ts";

/** `npm run simulate`: see the text of --help. */

const help = `Simulates studies of tables where the truth is known, and says how often a study finds it and how often it
errs. Lines are fitted instead of networks, on the study's own splits.

  npm run simulate -- --seed 1 --count 1000

  --seed N    the first table (default 1)
  --count M   how many tables of each world (default 400)
  --only W    the worlds whose name contains this
  --help      this text`;

/** Worlds by name; the error rates of the first are promised in docs/18. */
const worlds: Readonly<Record<string, World>> = {
  "no effect": usualWorld,
  "no effect, 120 rows": { ...usualWorld, rows: 120 },
  "no effect, 5 seeds": { ...usualWorld, seeds: 5 },
  "no effect, much training luck": { ...usualWorld, trainingLuck: 0.3 },
  "no effect, no training luck": { ...usualWorld, trainingLuck: 0 },
  "no effect, each row four times": { ...usualWorld, rows: 120, copies: 4 },
  "a gain of 2.5%": { ...usualWorld, factor: 0.975 },
  "a gain of 5%": { ...usualWorld, factor: 0.95 },
  "a gain of 10%": { ...usualWorld, factor: 0.9 },
  "a gain of 20%": { ...usualWorld, factor: 0.8 },
  "a loss of 5%": { ...usualWorld, factor: 1.05 },
  "nothing to learn": { ...usualWorld, signal: 0, own: 0 },
  "a weak signal": { ...usualWorld, signal: 0.5, own: 0.2 },
  "a weak signal, 120 rows": { ...usualWorld, rows: 120, signal: 0.5, own: 0.2 },
};

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ options: { seed: text, count: text, only: text, help: { type: "boolean" } } });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const seed = numberOf("seed", values.seed, 1);
  const count = numberOf("count", values.count, 400);
  const chosen = Object.entries(worlds).filter(([name]) => name.includes(values.only ?? ""));
  if (chosen.length === 0)
    throw new RangeError(`--only ${values.only} names none of: ${Object.keys(worlds).join("; ")}`);
  console.log(`${count} studies of each world, from seed ${seed}`);
  console.log("world                            helps  harms  any claim  covers  width  nothing to learn");
  for (const [name, world] of chosen) {
    let last = performance.now();
    const found = outcomes(world, seed, count, (done) => {
      if (performance.now() - last < 10_000) return;
      last = performance.now();
      console.error(`${name}: ${done} of ${count}`);
    });
    const percent = (share: number, width: number) => `${(100 * share).toFixed(1)}%`.padStart(width);
    const { helps, harms, anyClaim, covers, width, nothing, byClaim } = found;
    console.log(
      `${name.padEnd(31)}${percent(helps, 7)}${percent(harms, 7)}${percent(anyClaim, 11)}${percent(covers, 8)}${percent(width, 7)}${percent(nothing, 18)}`,
    );
    const claims = Object.entries(byClaim).map(([id, share]) => `${id} ${percent(share, 0)}`);
    if (claims.length > 0) console.log(`  ${claims.join(", ")}`);
  }
  return 0;
}

runScript(main, help);
