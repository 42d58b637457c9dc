import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BuiltPrograms, whyNoMpi } from "./mpirun.fixture.ts";
import type { Plan } from "./program.fixture.ts";

/** Real processes; each `mpirun` takes about a second. */

const missing = whyNoMpi();
let programs: BuiltPrograms;
beforeAll(async () => {
  programs = await BuiltPrograms.make();
});
afterAll(() => programs.remove());

/** A process that nobody launched. */
function alone(task: string, environment: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(programs.folder, "program.js"), task], {
    encoding: "utf8",
    env: { ...process.env, ...environment },
  });
  return { status, out: stdout, err: stderr };
}

describe("without a launcher", () => {
  test("a library that is not there is one sentence", () => {
    const { status, err } = alone("collectives", { EVENKEEL_MPI_LIBRARY: "libnothing.so" });
    expect(status).toBe(1);
    expect(err).toMatch(/Error: init: MPI cannot be loaded: .*libnothing\.so/);
  });

  test("a process is rank 0 of 1", ({ skip }) => {
    if (missing !== undefined) return skip(missing);
    const { status, out, err } = alone("collectives");
    expect([status, err]).toEqual([0, ""]);
    expect(out).toMatch(/^rank 0 of 1, Open MPI v[\d.]+: /);
  });

  test("variables of torchrun are not taken for ranks", ({ skip }) => {
    if (missing !== undefined) return skip(missing);
    const { status, err } = alone("collectives", { WORLD_SIZE: "4", RANK: "1" });
    expect(status).toBe(1);
    expect(err).toMatch(
      /init: WORLD_SIZE is 4, but Open MPI v[\d.]+ \(.*\) counts 1; start it with mpirun -n 4 node program.js/,
    );
  });

  test("wrong arguments are refused, and leave everything as it was", ({ skip }) => {
    if (missing !== undefined) return skip(missing);
    expect(alone("misuse").out.trim().split("\n")).toEqual([
      "allReduce: data is [1, 2], expected a Float32Array or a Float64Array",
      "allReduce: data is Int32Array, expected a Float32Array or a Float64Array",
      'allReduce: reduction is "mean", expected one of sum, min, max',
      'allReduce: reduction is "constructor", expected one of sum, min, max',
      "broadcast: root is 1, expected a whole number from 0 to 0",
      "broadcast: root is -1, expected a whole number from 0 to 0",
      'broadcast: data is "text", expected a typed array',
      "allGather: bytes is Float32Array, expected a Uint8Array",
      "gather: root is 0.5, expected a whole number from 0 to 0",
      "again: true",
    ]);
  });

  test("MPI leaves the signals to V8 by which WebAssembly traps", ({ skip }) => {
    if (missing !== undefined) return skip(missing);
    expect(alone("trap").out).toBe("RuntimeError: memory access out of bounds\n");
  });
});

test.for([2, 3])(
  "all collectives on %d ranks, in all kinds of memory, with the same bytes",
  async (ranks, { skip }) => {
    if (missing !== undefined) return skip(missing);
    const { code, out, err, left } = await programs.run({ ranks, args: ["collectives"] });
    expect([code, err, left]).toEqual([0, "", []]);
    const lines = out.trim().split("\n").sort();
    expect(lines.map((line) => line.split(",")[0])).toEqual(lines.map((_, rank) => `rank ${rank} of ${ranks}`));
    expect(new Set(lines.map((line) => line.split(": ")[1])).size).toBe(1);
  },
);

describe("one rank of two", () => {
  const run = async (plan: Partial<Plan>) => {
    const whole: Plan = { steps: 1e6, length: 100, timeout: 20, silence: 2, rank: 1, at: 30, ...plan };
    return programs.run({ ranks: 2, args: ["steps", JSON.stringify(whole)], limit: 50 });
  };
  const cases: readonly [what: string, plan: Partial<Plan>, message: RegExp, code?: number][] = [
    ["is killed", { act: "kill" }, /rank 1 .*(?:is gone|on signal 9)/],
    ["is killed while a sum goes on", { act: "kill", started: true, length: 1e6 }, /rank 1 .*(?:is gone|on signal 9)/],
    [
      "makes another call while a sum goes on",
      { act: "other call", started: true },
      /started sum 32 of rank 0 .*is allReduce of 100 .*call \d+ of rank 1 .* is barrier/,
    ],
    ["is stopped", { act: "stop" }, /rank 1 .*has not been heard of for 2 seconds/],
    ["loops forever", { act: "loop", timeout: 5 }, /rank 1 .*computes after its call \d+/],
    ["throws", { act: "throw" }, /rank 1: Error: planned: thrown/],
    ["leaves a promise rejected", { act: "reject" }, /rank 1: Error: planned: rejected/],
    ["exits with another code", { act: "exit" }, /rank 1: the process ends with exit code 3/, 3],
    [
      "ends its program early",
      { act: "exit 0" },
      /call \d+ of rank 0 .* is allReduce.* that of rank 1 .* is the end of/,
    ],
    ["aborts", { act: "abort" }, /rank 1: aborts: planned: aborted/],
    ["makes another call", { act: "other call" }, /is allReduce of 100 .*that of rank 1 .* is barrier/],
    ["gives another length", { act: "other length" }, /allReduce of 100 .*allReduce of 99 /],
  ];
  test.for(cases)("%s", async ([, plan, message, status], { skip }) => {
    if (missing !== undefined) return skip(missing);
    const { code, err, left, sinceAttack } = await run(plan);
    expect(err).toMatch(message);
    expect(code).not.toBe(0);
    if (status !== undefined) expect(code).toBe(status);
    expect(left).toEqual([]);
    expect(sinceAttack).toBeLessThan(20);
  });

  test("computes for longer than it may be silent", async ({ skip }) => {
    if (missing !== undefined) return skip(missing);
    const { code, out, err, left } = await run({ act: "compute", delay: 1000, silence: 0.5, steps: 100 });
    expect([code, err, left]).toEqual([0, "", []]);
    expect(out.match(/is done: (\w+)/g)).toHaveLength(2);
  });
});
