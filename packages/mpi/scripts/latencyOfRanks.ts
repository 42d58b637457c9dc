// What each rank does for latency.ts.
import koffi from "koffi";
import { init } from "../src/index.ts";

type Native = (...args: readonly unknown[]) => number;

const run = await init({ timeout: 60 });

/** MPI's own, in float32, by the algorithm that it chooses: only Open MPI's, whose handles are symbols. */
function ownAllReduce(): ((data: Float32Array) => void) | undefined {
  if (!/Open MPI/.test(run.version)) return undefined;
  const lib = koffi.load("libmpi.so.40", { global: true });
  const allReduce = lib.func(
    "int MPI_Allreduce(void *from, void *to, int count, void *type, void *op, void *comm)",
  ) as Native;
  const [type, op, world] = ["ompi_mpi_float", "ompi_mpi_op_sum", "ompi_mpi_comm_world"].map((name) =>
    lib.symbol(name),
  );
  const inPlace = 1n;
  return (data) => allReduce(inPlace, data, data.length, type, op, world);
}

/** Microseconds of each call, sorted. All ranks make as many. */
function times(data: Float32Array, count: number, call: (data: Float32Array) => void): number[] {
  const all: number[] = [];
  for (let i = 0; i < count; i++) {
    data.fill(run.rank + 1);
    run.barrier();
    const start = performance.now();
    call(data);
    all.push((performance.now() - start) * 1000);
  }
  const expected = (run.size * (run.size + 1)) / 2;
  if (data[0] !== expected || data.at(-1) !== expected) throw new Error(`the sum is ${data[0]}, not ${expected}`);
  return all.sort((a, b) => a - b);
}

const ours = (data: Float32Array) => run.allReduce(data);
const theirs = ownAllReduce();
const shown = (sorted: readonly number[]) =>
  [0, 0.5].map((part) => `${sorted[Math.floor(sorted.length * part)].toFixed(0).padStart(14)}`);
for (const length of [1, 1000, 10_000, 100_000, 1_000_000]) {
  const count = Math.max(30, Math.min(500, 6_000_000 / length));
  const line = [String(run.size).padStart(5), length.toLocaleString("en").padStart(12)];
  for (const call of [ours, theirs]) {
    if (call === undefined) continue;
    const data = new Float32Array(length);
    times(data, 10, call);
    line.push(...shown(times(data, count, call)));
  }
  if (run.rank === 0) console.log(line.join("  "));
}
