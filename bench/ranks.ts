import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildProgram, measure, median, processors } from "./ranks/launch.ts";
import { type Algorithm, bestRanks, type Compute, exchange, fitCompute, networks, stepOf } from "./ranks/model.ts";
import type { Measured } from "./ranks/program.ts";
import { type WorkloadName, workloads } from "./ranks/workloads.ts";

/**
 * How much faster several ranks train, on this machine and, by a model that is fitted to it, on
 * many. Results are compared with those of one rank before anything is timed.
 */

const help = `npx tsx bench/ranks.ts [options]

  --only W3,W4     these networks alone (W1,W4,W3)
  --ranks 1,2      these numbers of ranks (1,2,3,4)
  --model          print the model too, and where ranks stop paying
  --write FILE     the figures as JSON, for bench/ranks/picture.ts
  --help`;

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: Object.keys(workloads).join() },
    ranks: { type: "string", default: "1,2,3,4" },
    model: { type: "boolean", default: false },
    write: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

/** The most that losses of several ranks may differ from those of one. */
const tolerance = 1e-5;

function requestOf(workload: WorkloadName, batch: number = workloads[workload].batch) {
  // About a second for each.
  const small = workload === "W1";
  return { workload, batch, steps: small ? 400 : 12, epochs: small ? 8 : 7 };
}

function verify(workload: WorkloadName, ranks: readonly number[]): void {
  const request = { workload, steps: 4, epochs: 3, optimizer: "sgd" } as const;
  const one = measure(1, request);
  for (const count of ranks) {
    const several = measure(count, request);
    for (const [i, loss] of several.losses.entries()) {
      const error = Math.abs(loss - one.losses[i]) / Math.abs(one.losses[i]);
      if (!(error <= tolerance)) throw new Error(`${workload}: epoch ${i + 1} of ${count} ranks is off by ${error}`);
    }
    if (measure(count, request).digest !== several.digest)
      throw new Error(`${workload}: ${count} ranks differ from run to run`);
  }
}

const ms = (value: number) => (value < 1 ? `${(value * 1000).toPrecision(3)} us` : `${value.toPrecision(3)} ms`);
const fastest = ({ steps }: Measured) => Math.min(...steps);

function table(workload: WorkloadName, results: readonly Measured[]): void {
  const [one] = results;
  console.log(`\n${workload}: ${workloads[workload].title}`);
  console.log("ranks  fastest step  median   faster  gradients' allReduce  agreement");
  for (const result of results) {
    const { ranks, steps, gradients, agreement } = result;
    const over = ranks > processors ? `  ${ranks} ranks on ${processors} processors` : "";
    const cells = [
      String(ranks).padStart(5),
      ms(fastest(result)).padStart(12),
      ms(median(steps)).padStart(8),
      `${(fastest(one) / fastest(result)).toFixed(2)}`.padStart(6),
      (ranks === 1 ? "" : ms(gradients)).padStart(20),
      (ranks === 1 ? "" : ms(agreement)).padStart(9),
    ];
    console.log(cells.join("  ") + over);
  }
}

/**
 * The parts of a step of one rank, by batches of several sizes: by the time of the processor, because
 * other programs lengthen that of the clock, and so much faster as the whole batch is on a quiet
 * machine.
 */
function fitted(workload: WorkloadName): Compute {
  const { batch, quiet } = workloads[workload];
  const points = [1, 2, 8, 32].map((part) => {
    const rows = Math.max(2, Math.round(batch / part));
    const { processor, gather } = measure(1, requestOf(workload, rows));
    return { rows, time: Math.min(...processor), gather };
  });
  const scale = quiet / points[0].time;
  const { fixed, perRow } = fitCompute(points.map(({ rows, time }) => [rows, time * scale] as const));
  const shown = points.map(({ rows, time }) => `${rows}: ${ms(time * scale)} (${ms(fixed + perRow * rows)})`);
  console.log(`rows: a step of one rank, measured times ${scale.toPrecision(2)} (by the model)  ${shown.join("  ")}`);
  const gather = points[0].gather * scale;
  console.log(`fixed ${ms(fixed)}, a row ${ms(perRow)}, the rows of a batch ${ms(gather)}`);
  return { fixed, perRow, gather };
}

function printModel(workload: WorkloadName, compute: Compute): void {
  for (const network of networks) {
    for (const algorithm of ["direct", "ring", "tree"] satisfies Algorithm[]) {
      const { ranks, speedup } = bestRanks(workload, compute, network, algorithm);
      const two = stepOf(workload, compute, 2, network, algorithm);
      const one = compute.fixed + compute.perRow * workloads[workload].batch;
      console.log(
        `${network.name.padEnd(24)} ${algorithm.padEnd(7)} two ranks ${(one / (two.compute + two.exchanges)).toFixed(2)} times as fast; ` +
          `${ranks === 1 ? "one rank is fastest" : `fastest with ${ranks}: ${speedup.toFixed(2)} times`}`,
      );
    }
  }
}

/** This machine as a network, from what two ranks measured. */
function compareWithTwo(workload: WorkloadName, compute: Compute, two: Measured): void {
  const { gradients, agreement } = two;
  const bytes = 4 * (two.parameters + 2);
  const bandwidth = bytes / Math.max(1e-6, gradients - 2 * agreement);
  const here = { name: "here", latency: agreement / 2, overhead: agreement / 2, bandwidth };
  const { compute: own, exchanges } = stepOf(workload, compute, 2, here, "direct");
  console.log(
    `two ranks by the model: ${ms(own)} + ${ms(exchanges)} of exchanges = ${ms(own + exchanges)}, measured ${ms(fastest(two))}; ` +
      `gradients ${ms(exchange(bytes, 2, here, "direct"))}, measured ${ms(gradients)}`,
  );
}

async function main(): Promise<void> {
  if (options.help) return console.log(help);
  await buildProgram();
  const names = options.only.split(",") as WorkloadName[];
  const counts = options.ranks.split(",").map(Number);
  const figures: Record<string, { compute?: Compute; results: readonly Measured[] }> = {};
  for (const workload of names) {
    verify(
      workload,
      counts.filter((count) => count > 1),
    );
    const results = counts.map((count) => measure(count, requestOf(workload)));
    table(workload, results);
    const compute = options.model ? fitted(workload) : undefined;
    const two = results.find(({ ranks }) => ranks === 2);
    if (compute !== undefined && two !== undefined) compareWithTwo(workload, compute, two);
    if (compute !== undefined) printModel(workload, compute);
    figures[workload] = { ...(compute && { compute }), results };
  }
  if (options.write === undefined) return;
  const file = fileURLToPath(new URL(options.write, `file://${process.cwd()}/`));
  writeFileSync(file, `${JSON.stringify({ processors, figures }, undefined, 2)}\n`);
}

await main();
