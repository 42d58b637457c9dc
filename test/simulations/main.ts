import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { numberOf, runScript } from "../fuzz/commandLine.ts";
import { pageWith, type Stored } from "./page.ts";
import { type Outcomes, outcomes } from "./simulate.ts";
import { worlds } from "./worlds.ts";

/** `npm run simulate`: see the text of --help. */

const help = `Simulates studies of tables where the truth is known, and says how often a study finds it and how often it
errs. Lines are fitted instead of networks, on the study's own splits.

  npm run simulate -- --seed 1 --count 1000

  --seed N    the first table (default 1)
  --count M   how many tables of each world (default 500)
  --only W    the worlds whose name contains this
  --write     store the shares, and write them into docs/evidence/simulations.md
  --help      this text`;

const folder = fileURLToPath(new URL("../../docs/evidence/", import.meta.url));

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const options = { seed: text, count: text, only: text, write: flag, help: flag };
  const { values } = parseArgs({ options });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const seed = numberOf("seed", values.seed, 1);
  const count = numberOf("count", values.count, 500);
  const chosen = Object.entries(worlds).filter(([name]) => name.includes(values.only ?? ""));
  if (chosen.length === 0)
    throw new RangeError(`--only ${values.only} names none of: ${Object.keys(worlds).join("; ")}`);
  if (values.write && values.only !== undefined) throw new RangeError("--write stores all worlds; leave --only out");
  console.log(`${count} studies of each world, from seed ${seed}`);
  const start = process.cpuUsage().user;
  const found: Record<string, Outcomes> = {};
  for (const [name, { world, errors, found: right }] of chosen) {
    let last = performance.now();
    const shares = outcomes(world, seed, count, (done) => {
      if (performance.now() - last < 10_000) return;
      last = performance.now();
      console.error(`${name}: ${done} of ${count}`);
    });
    found[name] = shares;
    const told = (names: readonly (keyof Outcomes)[]) =>
      names.map((one) => `${one} ${(100 * (shares[one] as number)).toFixed(1)}%`).join(", ");
    console.log(`${name}\n  errors: ${told(errors) || "-"}; right: ${told(right) || "-"}; ${told(["width"])}`);
    const claims = Object.entries(shares.byClaim).map(([id, share]) => `${id} ${(100 * share).toFixed(1)}%`);
    if (claims.length > 0) console.log(`  claims held: ${claims.join(", ")}`);
  }
  const seconds = Math.round((process.cpuUsage().user - start) / 1e6);
  console.log(`${seconds} s of processor time`);
  if (values.write) {
    const stored: Stored = { seed, count, seconds, worlds: found };
    writeFileSync(`${folder}figures/simulations.json`, `${JSON.stringify(stored, null, 2)}\n`);
    const page = `${folder}simulations.md`;
    writeFileSync(page, pageWith(readFileSync(page, "utf8"), stored));
  }
  return 0;
}

runScript(main, help);
