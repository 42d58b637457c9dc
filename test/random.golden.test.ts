import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { fillBernoulli, fillBernoulliEach, fillDropoutMask } from "../packages/evenkeel/src/random/bernoulli.ts";
import * as random from "../packages/evenkeel/src/random/index.ts";
import { drawInt64, fillRandint } from "../packages/evenkeel/src/random/integers.ts";
import { fillNormal } from "../packages/evenkeel/src/random/normal.ts";
import { fillUniform } from "../packages/evenkeel/src/random/uniform.ts";

const { Generator } = random;

interface Step {
  readonly call: keyof typeof calls;
  readonly dtype: "float32" | "float64" | "int32" | "int64";
  readonly n: number;
  readonly args: readonly number[];
  /** Base64 of the bytes; for int64 the integers. */
  readonly values?: string | readonly string[];
  readonly sha256?: string;
}

interface Golden {
  readonly capability: string;
  readonly cases: readonly {
    readonly name: string;
    readonly seed: string;
    readonly steps: readonly Step[];
    readonly after: { readonly int64: string; readonly normal: number };
  }[];
  readonly states: readonly {
    readonly name: string;
    readonly seed: string;
    readonly draws: number;
    readonly state: string;
    readonly normal: number;
    readonly int64: string;
  }[];
}

const golden: Golden = JSON.parse(readFileSync(new URL("./goldens/random.json", import.meta.url), "utf8"));

type Floats = Float32Array | Float64Array;
type Numbers = Floats | Int32Array;
type Drawn = Numbers | bigint[];
type Args = readonly number[];

const arrays = { float32: Float32Array, float64: Float64Array, int32: Int32Array, int64: Float64Array };

/** The calls of make_random.py: each fills the array it is given, or returns its own values. */
const calls = {
  uniform: (out: Numbers, [low, high]: Args, generator: random.Generator) =>
    fillUniform(out as Floats, low, high, generator),
  normal: (out: Numbers, [mean, std]: Args, generator: random.Generator) =>
    fillNormal(out as Floats, mean, std, generator),
  randint: (out: Numbers, [low, high]: Args, generator: random.Generator) => fillRandint(out, low, high, generator),
  bernoulli: (out: Numbers, [p]: Args, generator: random.Generator) => fillBernoulli(out, p, generator),
  bernoulliEach: (out: Numbers, _: Args, generator: random.Generator) => {
    const probabilities = (out as Floats).map((_, i) => ((7 * i) % 11) / 10);
    fillBernoulliEach(out, probabilities, generator);
  },
  dropout: (out: Numbers, [p]: Args, generator: random.Generator) => fillDropoutMask(out as Floats, p, generator),
  randperm: (out: Numbers, _: Args, generator: random.Generator) => random.randperm(out.length, generator),
  int64: (out: Numbers, _: Args, generator: random.Generator) => Array.from(out, () => drawInt64(generator)),
} as const;

function draw({ call, dtype, n, args }: Step, generator: random.Generator): Drawn {
  const out = new arrays[dtype](n);
  return calls[call](out, args, generator) ?? out;
}

function bytesOf(values: Exclude<Drawn, bigint[]>): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

/** Compares bytes, so that -0 is not 0; on a difference the values are shown. */
function expectEqual(drawn: Drawn, { values, sha256 }: Step): void {
  if (Array.isArray(drawn)) {
    expect(drawn.map(String)).toEqual(values);
    return;
  }
  const bytes = bytesOf(drawn);
  if (sha256 !== undefined) {
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(sha256);
    return;
  }
  const expected = new Uint8Array(Buffer.from(values as string, "base64"));
  if (!bytes.equals(expected)) {
    expect([...drawn]).toEqual([...new (drawn.constructor as Float32ArrayConstructor)(expected.buffer)]);
  }
  expect(bytes.equals(expected)).toBe(true);
}

const floatsOf = ({ values }: Step) => new Float64Array(new Uint8Array(Buffer.from(values as string, "base64")).buffer);

/**
 * Normals in float64 go through the C library of torch's machine: a unit in the last place of the
 * sample may differ.
 */
function expectClose(drawn: Float64Array, step: Step): void {
  const expected = floatsOf(step);
  const [mean, std] = step.args;
  expect(drawn.length).toBe(expected.length);
  for (let i = 0; i < drawn.length; i++) {
    const scale = Math.abs(mean) + Math.abs(expected[i] - mean) + std;
    expect(Math.abs(drawn[i] - expected[i])).toBeLessThanOrEqual(2 ** -51 * scale);
  }
}

describe("random streams of torch", () => {
  it("come from its AVX2 kernels", () => {
    expect(golden.capability).toBe("AVX2");
    expect(golden.cases.length).toBeGreaterThan(500);
  });

  it.each(golden.cases.map((entry) => [entry.name, entry] as const))("%s", (_, { seed, steps, after }) => {
    const generator = new Generator(BigInt(seed));
    for (const step of steps) {
      const drawn = draw(step, generator);
      if (step.call === "normal" && drawn instanceof Float64Array) expectClose(drawn, step);
      else expectEqual(drawn, step);
    }
    expect(String(drawInt64(generator))).toBe(after.int64);
    const normal = new Float32Array(1);
    fillNormal(normal, 0, 1, generator);
    expect(normal[0]).toBe(after.normal);
  });

  it("agree in all bits for 99.5% of float64 normals", () => {
    let all = 0;
    let equal = 0;
    for (const { seed, steps } of golden.cases) {
      const [step] = steps;
      if (steps.length > 1 || step.call !== "normal" || step.dtype !== "float64") continue;
      const drawn = draw(step, new Generator(BigInt(seed))) as Float64Array;
      const expected = floatsOf(step);
      all += drawn.length;
      equal += drawn.filter((value, i) => value === expected[i]).length;
    }
    expect(all).toBeGreaterThan(5000);
    expect(equal / all).toBeGreaterThan(0.995);
  });
});

describe("generator states of torch", () => {
  it.each(golden.states.map((entry) => [entry.name, entry] as const))(
    "%s",
    (_, { seed, draws, state, normal, int64 }) => {
      const bytes = new Uint8Array(inflateSync(Buffer.from(state, "base64")));
      const out = new Float32Array(1);
      const generator = new Generator(BigInt(seed));
      for (let i = 0; i < draws; i++) fillNormal(out, 0, 1, generator);
      expect(Buffer.from(generator.getState()).equals(bytes)).toBe(true);

      const resumed = new Generator().setState(bytes);
      expect(resumed.initialSeed()).toBe(BigInt.asUintN(64, BigInt(seed)));
      fillNormal(out, 0, 1, resumed);
      expect(out[0]).toBe(normal);
      expect(String(drawInt64(resumed))).toBe(int64);
    },
  );
});
