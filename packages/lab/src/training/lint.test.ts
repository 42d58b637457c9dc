import { tableFromRows } from "evenkeel/tabular";
import { describe, expect, it } from "vitest";
import { defaultSetup, type Setup } from "../state/setup.ts";
import { lint } from "./lint.ts";
import { recompute } from "./recompute.ts";
import { prepareRows } from "./rows.ts";
import { Runner } from "./runner.ts";

const table = tableFromRows(
  Array.from({ length: 200 }, (_, i) => {
    const weight = 1800 + ((i * 937) % 2900);
    return { weight, origin: ["USA", "Europe", "Japan"][i % 3], mpg: 60000 / (weight + 300 * (i % 3)) };
  }),
);

function trained(changes: Partial<Setup>, steps: number) {
  const setup = { ...defaultSetup, hidden: [16, 8], ...changes };
  const rows = prepareRows(table, "mpg", setup);
  const runner = new Runner(rows, setup, setup.right);
  runner.advance(steps);
  return { setup, rows, runner };
}
const rulesOf = (changes: Partial<Setup>, steps = 5) => {
  const { setup, runner } = trained(changes, steps);
  return [...new Set(lint(runner.trainer, setup).map(({ rule }) => rule))];
};

describe("the linter on the page's network", () => {
  it("names what “Break it” breaks, and only that", () => {
    const good = { biasBeforeNorm: false };
    expect(rulesOf(good, 0)).toEqual([]);
    expect(rulesOf({})).toContain("bias-before-norm");
    expect(rulesOf({ ...good, batchSize: 2 })).toContain("small-batch");
    expect(rulesOf({ ...good, momentum: 0.001 }, 300)).toContain("momentum-slow");
    const order = ["linear", "dropout", "norm", "activation"] as const;
    expect(rulesOf({ ...good, order, dropout: 0.5 })).toContain("dropout-before-norm");
    expect(rulesOf({ right: "layer" })).toEqual([]);
  });

  it("does not blame a lone last row, which the page joins to the batch before", () => {
    const { setup, rows, runner } = trained({ batchSize: 127, biasBeforeNorm: false }, 1);
    expect(rows.train[0].shape[0] % 127).toBe(1);
    expect(lint(runner.trainer, setup).map(({ rule }) => rule)).not.toContain("lone-row");
  });
});

describe("looking at a training", () => {
  it("changes none of its bits, by the linter or by recomputed statistics", () => {
    const changes = { dropout: 0.2, steps: 60 };
    const bits = ({ runner }: ReturnType<typeof trained>) =>
      Object.values(runner.trainer.network.stateDict()).map(({ data }) => Array.from(data as Float32Array));
    const alone = trained(changes, 60);
    const expected = bits(alone);
    const watched = trained(changes, 30);
    lint(watched.runner.trainer, watched.setup);
    recompute(watched.runner.trainer, watched.rows);
    watched.runner.advance(30);
    expect(bits(watched)).toEqual(expected);
  });
});

describe("recomputed statistics", () => {
  it("cure an error that is of statistics that lag behind, and only that", () => {
    const stale = trained({ momentum: 0.001, steps: 300 }, 300);
    const { step, rows, before, after } = recompute(stale.runner.trainer, stale.rows)!;
    expect([step, rows]).toEqual([300, 128]);
    const { evalMode, trainMode } = stale.runner.frame(1, false).points.at(-1)!;
    expect(before / evalMode).toBeCloseTo(1, 5);
    expect(after).toBeLessThan(before / 2);
    // What the held-out rows' own statistics give is near what those of the training rows give.
    expect(Math.abs(after / trainMode - 1)).toBeLessThan(0.5);
  });

  it("are not to be had without batch normalization", () => {
    for (const right of ["none", "layer"] as const) {
      const { runner, rows } = trained({ right }, 3);
      expect(recompute(runner.trainer, rows)).toBeUndefined();
    }
  });
});
