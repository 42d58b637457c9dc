// How long an allReduce of float32 takes, by ranks and values, beside MPI_Allreduce of Open MPI, which sums in float32 by
// an algorithm of its choice: `npx tsx packages/mpi/scripts/latency.ts`, or `… latency.ts 2 8` for 2 and 8 ranks. With
// `--keep` it names a folder, for `mpirun … node FOLDER/latency.js` on several machines.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { BuiltPrograms, whyNoMpi } from "../src/mpirun.fixture.ts";

const { positionals, values } = parseArgs({ allowPositionals: true, options: { keep: { type: "boolean" } } });
const ranks = positionals.length > 0 ? positionals.map(Number) : [2, 3, 4];

async function main(): Promise<void> {
  const missing = whyNoMpi();
  if (missing !== undefined) throw new Error(missing);
  const child = fileURLToPath(new URL("latencyOfRanks.ts", import.meta.url));
  const programs = await BuiltPrograms.make({ latency: child });
  console.log("microseconds            allReduce                      MPI_Allreduce");
  console.log("ranks        values         fastest          median         fastest          median");
  for (const count of ranks) {
    const { code, out, err } = await programs.run({ ranks: count, args: [], program: "latency", limit: 300 });
    process.stdout.write(code === 0 ? out : `${count} ranks: ${err}\n`);
  }
  if (values.keep) console.log(programs.folder);
  else programs.remove();
}

await main();
