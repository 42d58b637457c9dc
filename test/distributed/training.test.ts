import { Generator } from "evenkeel";
import { afterAll, describe, expect, it } from "vitest";
import { Ranks } from "./ranks.ts";
import { scenarios, type Training } from "./scenarios.ts";

/**
 * Several ranks train as one does on the joined batch: however the rows are divided, step by step.
 */

const ranks = new Ranks();
afterAll(() => ranks.close());

/** Rows of every rank for some steps: equal, unequal, none, one. */
function divisions(seed: number, size: number, steps: number): number[][] {
  const generator = new Generator(seed);
  const below = (n: number) => generator.random32() % n;
  return Array.from({ length: steps }, (_, step) => {
    if (step === 0) return Array.from({ length: size }, () => 4);
    for (;;) {
      const rows = Array.from({ length: size }, () => [0, 1, 2 + below(5)][below(3)]);
      // With one row batch normalization is refused.
      if (rows.reduce((a, b) => a + b) > 2) return rows;
    }
  });
}

/** The largest distance of two states, relative to max(1, |w|). */
function distance(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, i) => {
    const apart = Math.abs(value - b[i]) / Math.max(1, Math.abs(b[i]));
    return Number.isNaN(apart) ? Infinity : Math.max(most, apart);
  }, 0);
}

async function expectAsOne(size: number, given: Training, bound: number): Promise<void> {
  const alone = scenarios.train({ ...given, compiled: false });
  const together = await ranks.run(size, "train", given);
  for (const { states, draws } of together) {
    const distances = states.map((state, step) => distance(state, alone.states[step]));
    expect(
      distances.map((each) => each <= bound),
      `distances ${distances}`,
    ).toEqual(distances.map(() => true));
    expect(draws).toBe(alone.draws);
    expect(states).toEqual(together[0].states);
  }
}

const base = { net: "dense", optimizer: "Adam", dtype: "float64", compiled: false, seed: 1 } as const;

describe.each([2, 3, 4])("%i ranks", (size) => {
  for (const net of ["dense", "pictures", "alpha"] as const) {
    for (const compiled of [false, true]) {
      for (const optimizer of ["SGD", "Adam"] as const) {
        const seed = size * 100 + net.length * 10 + (compiled ? 1 : 0) + (optimizer === "SGD" ? 2 : 0);
        const given = { ...base, net, compiled, optimizer, seed, divisions: divisions(seed, size, 8) };
        it(`${net}, ${optimizer}${compiled ? ", compiled" : ""}: one step after the other as one rank`, async () => {
          await expectAsOne(size, { ...given, dtype: "float64" }, 1e-9);
          await expectAsOne(size, { ...given, dtype: "float32" }, 1e-6);
        });
      }
    }
  }
});
