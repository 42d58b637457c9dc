import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { check } from "./check.ts";
import type { Composition } from "./composition.ts";
import { generate } from "./generate.ts";
import { firstDifference } from "./judge.ts";
import { ulp32, withNoise } from "./noise.ts";
import { printed } from "./print.ts";
import { Random } from "./random.ts";
import { run } from "./run.ts";
import { shrink } from "./shrink.ts";

/**
 * The fuzzer itself: what it makes is repeatable, what it excuses is rounding, and what it prints
 * runs.
 */

const composition: Composition = {
  seed: 3,
  members: [
    { name: "l0", code: "new nn.Linear(4, 3)@" },
    { name: "p0", code: "randn([3])@.requiresGrad_()" },
  ],
  inputs: [{ name: "x0", code: "randn([N, 4])@" }],
  body: [
    { name: "v0", code: "l0(x0)" },
    { name: "v1", code: "v0.mul(p0)" },
    { name: "v2", code: "v1.relu()" },
    { name: "v3", code: "v2.mean()" },
    { code: "v3.backward()" },
  ],
  results: ["v2", "v3"],
  calls: [
    { batch: 5, before: [], update: false },
    { batch: 3, before: [{ code: "p0.requiresGrad_(false)" }], update: false },
  ],
  noGrad: false,
  options: "",
};

it("a seed gives the same composition again", () => {
  const [first, again] = [generate(11), generate(11)];
  expect(again).toEqual(first);
  expect(generate(12)).not.toEqual(first);
});

it("observes results, parameters, gradients and the generator after every call", () => {
  const { observations, programs } = run(composition, "float32", "compiled");
  expect(observations.map(({ label }) => label)).toEqual(
    [1, 2]
      .flatMap((call) =>
        [
          "result v2",
          "result v3",
          "p0",
          "p0.grad",
          "l0.weight",
          "l0.weight.grad",
          "l0.bias",
          "l0.bias.grad",
          "the generator's state",
        ]
          .sort((a, b) => Number(b.startsWith("result")) - Number(a.startsWith("result")))
          .map((what) => `call ${call}: ${what}`),
      )
      .sort(
        (a, b) =>
          observations.findIndex(({ label }) => label === a) - observations.findIndex(({ label }) => label === b),
      ),
  );
  expect(programs).toBe(2);
});

it("noise is of the size of rounding, and leaves nothing behind", () => {
  const exact = run(composition, "float64", "eager").observations;
  const noisy = withNoise(new Random(1), ulp32, () => run(composition, "float64", "eager")).observations;
  expect(firstDifference(noisy, exact)).toBeDefined();
  expect(firstDifference(noisy, exact, () => 2e-6)).toBeUndefined();
  expect(firstDifference(run(composition, "float64", "eager").observations, exact)).toBeUndefined();
});

it("an honest step is settled, and one that differs by a ten-thousandth is not", () => {
  expect(check(composition, { anew: true, double: true }).fault).toBeUndefined();
  // The closure runs once for each program: a number of the host that changes is what a compiled
  // step does not see.
  const counting: Composition = {
    ...composition,
    members: [{ name: "p0", code: "{ n: 1 }" }],
    body: [{ name: "v0", code: "x0.mul((p0.n += 1e-4))" }],
    results: ["v0"],
    options: ', { check: "never" }',
    calls: [composition.calls[0], composition.calls[0]].map((call) => ({ ...call, before: [] })),
  };
  const { fault } = check(counting, { anew: false, double: false });
  expect(fault).toMatchObject({ kind: "compiled", label: "call 2: result v0" });
});

it("shrinks to what the fault needs", () => {
  const smallest = shrink(
    composition,
    ({ body, calls }) => body.some(({ code }) => code.endsWith(".relu()")) && calls.length > 0,
  );
  expect(smallest.body).toEqual([{ name: "v2", code: "x0.relu()" }]);
  expect([smallest.members, smallest.calls.length]).toEqual([[], 1]);
});

it("prints a program that runs as it stands", () => {
  const path = fileURLToPath(new URL("./printed.tmp.ts", import.meta.url));
  try {
    writeFileSync(path, printed(composition, "compiled"));
    const root = fileURLToPath(new URL("../..", import.meta.url));
    const output = execFileSync("npx", ["tsx", path], { cwd: root, encoding: "utf8" });
    const [eager, compiled] = output.split("compiled\n");
    expect(eager).toMatch(/^eager\ntensor\(/);
    expect(compiled).toBe(eager.slice("eager\n".length));
  } finally {
    rmSync(path, { force: true });
  }
});
