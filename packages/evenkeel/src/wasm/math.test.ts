import { describe, expect, it } from "vitest";
import { erf } from "../core/math/erf.ts";
import { result } from "./functionBuilder.ts";
import { i32, v128 } from "./instructions.ts";
import * as math from "./math.ts";
import { ModuleBuilder } from "./moduleBuilder.ts";

const count = 1 << 16;

/**
 * Floats by their bit patterns, so that all exponents come up: 2^21 of them, evenly spread, plus an
 * offset per block.
 */
const blocks = 32;

/**
 * A function over as many bytes from address 0, its results behind them: the memory, and what runs
 * it.
 */
function looped(define: math.VectorFunction, bytes: number) {
  const memory = new WebAssembly.Memory({ initial: Math.ceil((2 * bytes) / 65536) });
  const module = new ModuleBuilder();
  const called = define(module);
  module.function(
    "run",
    [],
    (f) => {
      const at = f.let(i32.const(0));
      f.loop(at, bytes, 16, () => f.storeV128(at, result(called, v128.load(at)), bytes));
    },
    { exported: true },
  );
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()), { env: { memory } });
  return { memory, run: instance.exports.run as () => void };
}

function vectorized(define: math.VectorFunction) {
  const { memory, run } = looped(define, 4 * count);
  return {
    bits: new Uint32Array(memory.buffer, 0, count),
    x: new Float32Array(memory.buffer, 0, count),
    y: new Float32Array(memory.buffer, 4 * count, count),
    run,
  };
}

/**
 * In units of the last place of the true value. Zeros, infinities and NaN must be the ones that
 * rounding gives.
 */
function errorOf(actual: number, truth: number): number {
  const rounded = Math.fround(truth);
  if (Object.is(actual, rounded)) return 0;
  if (rounded === 0 || !Number.isFinite(rounded) || !Number.isFinite(actual) || actual === 0) {
    const tiny = Math.abs(truth) < 2 ** -148 && Math.abs(actual) < 2 ** -148;
    const huge = Math.abs(truth) > 3.4028234e38 && Math.abs(truth) < 3.4028236e38;
    return tiny || huge ? 0 : Infinity;
  }
  return Math.abs(actual - truth) / 2 ** (Math.max(-126, Math.floor(Math.log2(Math.abs(truth)))) - 23);
}

const functions: readonly [string, math.VectorFunction, (x: number) => number][] = [
  ["exp", math.expF32x4, Math.exp],
  ["expm1", math.expm1F32x4, Math.expm1],
  ["log", math.logF32x4, Math.log],
  ["log1p", math.log1pF32x4, Math.log1p],
  ["log2", math.log2F32x4, Math.log2],
  ["sigmoid", math.sigmoidF32x4, (x) => 1 / (1 + Math.exp(-x))],
  ["tanh", math.tanhF32x4, Math.tanh],
  ["erf", math.erfF32x4, erf],
  ["sin", math.sinF32x4, Math.sin],
  ["cos", math.cosF32x4, Math.cos],
];

describe("functions of four floats", () => {
  it.each(functions)("%s is off by at most 0.51 units in the last place", (_, define, truth) => {
    const { bits, x, y, run } = vectorized(define);
    let [worst, where] = [0, 0];
    for (let block = 0; block < blocks; block++) {
      for (let i = 0; i < count; i++) {
        bits[i] = i * 2 ** 16 + ((block * 40503 + i * 2654435) % 2 ** 16);
      }
      run();
      for (let i = 0; i < count; i++) {
        const error = errorOf(y[i], truth(x[i]));
        if (error > worst) [worst, where] = [error, x[i]];
      }
    }
    expect({ worst: worst <= 0.51 ? "at most 0.51" : worst, where }).toEqual({ worst: "at most 0.51", where });
  });

  it("give the limits: zeros with their signs, infinities, NaN", () => {
    const specials = [0, -0, Infinity, -Infinity, NaN, 1, -1, 1e-45, -1e-45, 3.4028234663852886e38, 88.7, 88.8, -104];
    for (const [name, define, truth] of functions) {
      const { x, y, run } = vectorized(define);
      // Each beside a large number, for which sin and cos take another way.
      x.set(specials.flatMap((v) => [v, 1e30, v, -3e8]));
      run();
      expect([name, ...specials.map((_, i) => y[4 * i])]).toEqual([
        name,
        ...specials.map((v) => Math.fround(truth(Math.fround(v)))),
      ]);
    }
  });
});

describe("functions of two doubles", () => {
  const cases: [string, math.VectorFunction, (x: number) => number, limit: number, spread: number][] = [
    ["exp", math.expF64x2, Math.exp, 2, 760],
    ["expm1", math.expm1F64x2, Math.expm1, 2.2, 760],
    ["expm1 of small arguments", math.expm1F64x2, Math.expm1, 2.2, 1],
    ["log", math.logF64x2, Math.log, 2, 3],
    ["log1p", math.log1pF64x2, Math.log1p, 2, 1],
    ["tanh", math.tanhF64x2, Math.tanh, 4.5, 3],
  ];
  const count = 4096;

  it.each(cases)("%s agrees with that of the engine", (_, define, expected, limit, spread) => {
    const { memory, run } = looped(define, 8 * count);
    const [x, y] = [new Float64Array(memory.buffer, 0, count), new Float64Array(memory.buffer, 8 * count, count)];
    // Evenly over the spread, by powers down to the subnormal numbers, and what is special.
    for (let i = 0; i < count; i++)
      x[i] = i % 2 === 0 ? spread * (i / count - 0.5) * 2 : (i % 4 === 1 ? 1 : -1) * 2 ** (1023 - i * 0.52);
    x.set([0, -0, Infinity, -Infinity, NaN, 5e-324, -5e-324, 1, -1, 709.9, -745.2, 709.7, -708.5]);
    run();
    x.forEach((value, i) => {
      const truth = expected(value);
      const unit = 2 ** (Math.max(-1022, Math.floor(Math.log2(Math.abs(truth)))) - 52);
      if (Object.is(y[i], truth) || Math.abs(y[i] - truth) <= limit * unit) return;
      expect.fail(`of ${value} it is ${y[i]}, expected ${truth}`);
    });
  });
});
