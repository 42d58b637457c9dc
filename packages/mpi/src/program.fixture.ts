import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { init, type Ranks } from "./index.ts";

/** What the tests run on all ranks: `program.js collectives`, or `program.js steps PLAN`. */

/** What one rank does to the others in "steps". */
export interface Plan {
  /** How many steps of an allReduce there are, and with how many values. */
  readonly steps: number;
  readonly length: number;
  /** Milliseconds of computing in each step. */
  readonly pause?: number;
  readonly timeout?: number;
  readonly silence?: number;
  /** Which rank does what before which step. */
  readonly rank?: number;
  readonly at?: number;
  readonly act?: Act;
  /** Whether each sum is started, and waited for after the pause; the act is in between. */
  readonly started?: boolean;
  /** Milliseconds that it lets pass first, within the step if that is longer. */
  readonly delay?: number;
}

export type Act =
  | "kill"
  | "stop"
  | "loop"
  | "compute"
  | "throw"
  | "reject"
  | "exit"
  | "exit 0"
  | "abort"
  | "other call"
  | "other length";

/** A number from -1 to 1 that depends on all of its arguments, of many magnitudes. */
function sampleOf(rank: number, index: number, salt: number): number {
  const x = Math.sin(rank * 12.9898 + index * 78.233 + salt * 37.719) * 43758.5453;
  return (x - Math.floor(x) - 0.5) * 2 ** ((index % 9) * 3 - 12);
}

function expectSame(name: string, actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  if (actual.length !== expected.length) throw new Error(`${name}: ${actual.length} values, not ${expected.length}`);
  for (let i = 0; i < actual.length; i++) {
    if (!Object.is(actual[i], expected[i])) throw new Error(`${name}: [${i}] is ${actual[i]}, not ${expected[i]}`);
  }
}

type FloatsOf = (length: number) => Float32Array | Float64Array;

/** Arrays in all kinds of memory. */
const makers: Readonly<Record<string, FloatsOf>> = {
  float32: (n) => new Float32Array(n),
  float64: (n) => new Float64Array(n),
  shared: (n) => new Float32Array(new SharedArrayBuffer(4 * n)),
  "a view": (n) => new Float32Array(new ArrayBuffer(4 * n + 20), 12, n),
  wasm: (n) => new Float32Array(new WebAssembly.Memory({ initial: 1 + Math.ceil(n / 16384) }).buffer, 1024, n),
  "shared wasm": (n) => {
    const pages = 1 + Math.ceil(n / 16384);
    return new Float32Array(new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }).buffer, 64, n);
  },
};

function collectives(run: Ranks): string {
  const { rank, size } = run;
  const ranks = Array.from({ length: size }, (_, i) => i);
  const hash = createHash("sha256");
  for (const [name, make] of Object.entries(makers)) {
    const lengths = name === "float32" ? [0, 1, 2, 3, 5, 16, 1000, 4097, 30_011] : [0, 1, 3, 1000, 9001];
    for (const length of lengths) {
      for (const reduction of ["sum", "min", "max"] as const) {
        const data = make(length);
        for (let i = 0; i < length; i++) data[i] = sampleOf(rank, i, length);
        const inputs = ranks.map((one) => data.slice().map((_, i) => sampleOf(one, i, length)));
        const expected = data.slice();
        for (let i = 0; i < length; i++) {
          const values = inputs.map((input) => input[i]);
          expected[i] =
            reduction === "sum"
              ? values.reduce((a, b) => a + b)
              : Math[reduction](...(values as [number, ...number[]]));
        }
        run.allReduce(data, reduction);
        expectSame(`allReduce ${reduction} of ${length} (${name})`, data, expected);
        hash.update(new Uint8Array(data.slice().buffer));
      }
    }
  }
  started(run);
  const special = new Float32Array([rank === 0 ? Number.NaN : 1, rank, -0, rank === size - 1 ? Infinity : 0]);
  run.allReduce(special, "min");
  expectSame("min of NaN", special, [Number.NaN, 0, -0, size === 1 ? Infinity : 0]);
  for (const root of ranks) {
    for (const length of [0, 1, 7, 1000, 100_003]) {
      const data = new Uint8Array(length + 3).subarray(3);
      if (rank === root) for (let i = 0; i < length; i++) data[i] = i * 7 + root;
      run.broadcast(data, root);
      expectSame(
        `broadcast of ${length} from ${root}`,
        data,
        data.slice().map((_, i) => i * 7 + root),
      );
      const numbers = new Int32Array(new SharedArrayBuffer(4 * length));
      if (rank === root) for (let i = 0; i < length; i++) numbers[i] = i * 77_777 + root;
      run.broadcast(numbers, root);
      expectSame(
        `broadcast of ${length} int32`,
        numbers,
        numbers.slice().map((_, i) => i * 77_777 + root),
      );
    }
    for (const scale of [0, 1, 3000]) {
      const bytes = new Uint8Array(rank * scale).fill(rank + 1);
      const all = run.gather(bytes, root);
      if (rank !== root && all.length > 0) throw new Error("gather gives others something");
      for (const [from, one] of all.entries()) {
        expectSame(`gather from ${from}`, one, new Uint8Array(from * scale).fill(from + 1));
      }
      if (rank === root && all.length !== size) throw new Error("gather lacks ranks");
    }
  }
  for (const scale of [0, 1, 50_000]) {
    const bytes = new Uint8Array((size - rank) * scale).fill(rank + 1);
    const all = run.allGather(bytes);
    if (all.length !== size || all[rank] === bytes) throw new Error("allGather gives no arrays of its own");
    for (const [from, one] of all.entries()) {
      expectSame(`allGather from ${from}`, one, new Uint8Array((size - from) * scale).fill(from + 1));
      hash.update(one);
    }
  }
  run.barrier();
  return hash.digest("hex");
}

/** Sums that go on while the ranks make other calls, at other places on each. */
function started(run: Ranks): void {
  const { startAllReduce: start, rank, size } = run;
  if (size > 1 && start === undefined) throw new Error("no sum can be started");
  if (start === undefined) return;
  for (const salt of [1, 2]) {
    const all = [1000, 0, 100_003, 7, 1000, 300_007].map((length, k) => {
      const data = k % 2 === 0 ? new Float32Array(length) : new Float64Array(length);
      return data.map((_, i) => sampleOf(rank, i, salt + k));
    });
    const small = new Float64Array(50_000).fill(rank);
    const waits = all.map((data, k) => {
      if (k === rank) run.allReduce(small);
      const wait = start(data);
      data.fill(0);
      return wait;
    });
    if (rank >= all.length) run.allReduce(small);
    expectSame("allReduce meanwhile", small, small.slice().fill((size * (size - 1)) / 2));
    for (const [k, wait] of waits.entries()) {
      const expected = all[k].map((_, i) => sampleOf(rank, i, salt + k));
      run.allReduce(expected);
      wait(all[k]);
      expectSame(`started sum ${k}`, all[k], expected);
    }
  }
}

/** Refusals that leave everything as it was. */
function misuse(run: Ranks): string[] {
  const calls: (() => unknown)[] = [
    () => run.allReduce([1, 2] as unknown as Float32Array),
    () => run.allReduce(new Int32Array(2) as unknown as Float32Array),
    () => run.allReduce(new Float32Array(2), "mean" as "sum"),
    () => run.allReduce(new Float32Array(2), "constructor" as "sum"),
    () => run.broadcast(new Uint8Array(2), run.size),
    () => run.broadcast(new Uint8Array(2), -1),
    () => run.broadcast("text" as unknown as Uint8Array),
    () => run.allGather(new Float32Array(2) as unknown as Uint8Array),
    () => run.gather(new Uint8Array(2), 0.5),
  ];
  return calls.map((call) => {
    try {
      call();
      return "no error";
    } catch (error) {
      return (error as Error).message;
    }
  });
}

function steps(run: Ranks, plan: Plan): void {
  const { rank } = run;
  const data = new Float32Array(plan.length);
  const own = data.map((_, i) => sampleOf(rank, i, 0));
  for (let step = 0; step < plan.steps; step++) {
    const wait = plan.started ? run.startAllReduce?.(own) : undefined;
    if (plan.pause) compute(plan.pause);
    if (rank === plan.rank && step === plan.at && plan.act !== undefined) act(run, plan, step, data);
    data.set(own);
    if (wait !== undefined) wait(data);
    else run.allReduce(data);
    if (rank === 0 && step % 100 === 0) console.log(`step ${step}`);
  }
  console.log(`rank ${rank} is done: ${createHash("sha256").update(data).digest("hex")}`);
}

function compute(milliseconds: number): void {
  const start = performance.now();
  while (performance.now() - start < milliseconds);
}

function act(run: Ranks, { act, delay = 0 }: Plan, step: number, data: Float32Array): void {
  console.log(`rank ${run.rank} (process ${process.pid}): ${act} at step ${step}`);
  if (act === "compute") compute(delay);
  if (act === "kill") process.kill(process.pid, "SIGKILL");
  if (act === "stop") process.kill(process.pid, "SIGSTOP");
  if (act === "loop") for (;;);
  if (act === "throw") throw new Error("planned: thrown");
  if (act === "exit") process.exit(3);
  if (act === "exit 0") process.exit(0);
  if (act === "abort") run.abort("planned: aborted");
  if (act === "other call") run.barrier();
  if (act === "other length") run.allReduce(data.subarray(1));
}

const [task = "", argument = "{}"] = process.argv.slice(2);
const plan = JSON.parse(argument.startsWith("@") ? readFileSync(argument.slice(1), "utf8") : argument) as Plan;
const { timeout, silence } = plan;
const run = await init({ timeout, silence });
if (task === "collectives") {
  console.log(`rank ${run.rank} of ${run.size}, ${run.version}: ${collectives(run)}`);
} else if (task === "misuse") {
  for (const message of misuse(run)) console.log(message);
  console.log(`again: ${(await init()) === run}`);
} else if (task === "trap") {
  // A trap of WebAssembly is a signal, which MPI must not have taken from V8.
  const hex = "0061736d010000000105016000017f030201000503010001070801046c6f616400000a0c010a00418080c000280200" + "0b";
  const module = new WebAssembly.Module(Buffer.from(hex, "hex"));
  const { load } = new WebAssembly.Instance(module).exports as { load: () => number };
  try {
    console.log(load());
  } catch (error) {
    console.log(String(error));
  }
} else if (plan.act === "reject" && plan.rank === run.rank) {
  console.log(`rank ${run.rank} (process ${process.pid}): reject at step 0`);
  void Promise.reject(new Error("planned: rejected"));
  setTimeout(() => steps(run, plan), 100);
} else {
  steps(run, plan);
}
