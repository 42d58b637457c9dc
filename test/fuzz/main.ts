import { parseArgs } from "node:util";
import "../setup.ts";
import { numberOf, runScript } from "./commandLine.ts";
import { describeFinding, type Hunt, hunt } from "./hunt.ts";

/** `npm run fuzz`: see the text of --help. */

const help = `Compares random steps, run eagerly and compiled. The first seed is printed, so that a run can be repeated.

  npm run fuzz -- --seed 7 --count 5000

  --seed N       the first seed (default: of the clock)
  --count M      how many compositions (default 1000)
  --time S       stop after S seconds
  --findings K   stop after K findings (default 10)
  --help         this text

Every finding is made small and printed as a program: \`npm run fuzz -- --seed N --count 1\` finds it again.`;

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    options: { seed: text, count: text, time: text, findings: text, help: { type: "boolean" } },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const seed = numberOf("seed", values.seed, Date.now() % 1e9);
  const count = numberOf("count", values.count, 1000);
  console.log(`compositions from seed ${seed}`);
  const start = performance.now();
  let last = start;
  const progress = ({ compositions, findings }: Hunt) => {
    if (performance.now() - last < 5000) return;
    last = performance.now();
    console.error(`${compositions} of ${count}, ${findings.length} findings, ${((last - start) / 1000).toFixed()} s`);
  };
  const { findings, compositions, programs, settled } = await hunt({
    seed,
    count,
    seconds: numberOf("time", values.time, Infinity),
    mostFindings: numberOf("findings", values.findings, 10),
    progress,
  });
  for (const finding of findings) console.log(`\n${describeFinding(finding)}\n`);
  const { close, rounding, illConditioned, invalid, known } = settled;
  console.log(
    `${compositions} compositions, ${programs} programs, ${(process.cpuUsage().user / 1e6).toFixed(1)} s of CPU time\n` +
      `${close} within a few ulps, ${rounding} within the error of rounding, ${illConditioned} only beside a kink or a tie, ` +
      `${invalid} not to be compiled, ${known} left out for known faults\n${findings.length} findings`,
  );
  return findings.length > 0 ? 1 : 0;
}

runScript(main, help);
