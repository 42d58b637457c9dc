import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { tableFromRows } from "evenkeel/tabular";
import { describe, expect, it } from "vitest";
import { packDigits } from "../../scripts/digits.ts";
import { digitColumn, digitsTable } from "../pictures/digits.ts";
import { unpackDigits } from "../pictures/packed.ts";
import { preparePictures } from "../pictures/pictureRows.ts";
import { lessonOf } from "../pictures/texts.ts";
import type { Point } from "../training/frames.ts";
import { rates } from "../training/rateRange.ts";
import { RateStrip } from "../training/rates.ts";
import { recompute } from "../training/recompute.ts";
import { type PreparedRows, prepareRows } from "../training/rows.ts";
import { Runner } from "../training/runner.ts";
import { readLink, writeLink } from "./link.ts";
import { isShown, type Preset, presetGroups, setupOf } from "./presets.ts";
import { defaultSetup, hasPictures, type Setup, sides } from "./setup.ts";

const cars = fileURLToPath(new URL("../../../../node_modules/vega-datasets/data/cars.json", import.meta.url));
const tables = {
  mpg: [tableFromRows(JSON.parse(readFileSync(cars, "utf8"))), "Miles_per_Gallon"],
  digits: [digitsTable(await unpackDigits(packDigits())), digitColumn],
} as const;
const presets = presetGroups.flatMap(({ presets }) => presets);
/** LAB_SEEDS=5 checks what the lessons say of several seeds, which takes minutes. */
const seeds = Array.from({ length: Number(process.env.LAB_SEEDS ?? 1) }, (_, seed) => seed);

/** A lesson as it was trained with a seed. */
interface Trained {
  readonly setup: Setup;
  readonly rows: PreparedRows;
  readonly left: readonly Point[];
  readonly right: readonly Point[];
  /** The right network's error with recomputed statistics. */
  readonly recomputed: number;
}

function train(changes: Partial<Setup>, seed: number): Trained {
  const setup = { ...defaultSetup, ...changes, seed };
  const [table, target] = tables[setup.table as keyof typeof tables];
  const rows = hasPictures(setup) ? preparePictures(table, setup) : prepareRows(table, target, setup);
  const [left, right] = sides.map((side) => {
    const runner = new Runner(rows, setup, setup[side]);
    runner.advance(Number.POSITIVE_INFINITY);
    return { runner, points: runner.frame(1, false).points };
  });
  const recomputed = recompute(right.runner.trainer, rows)?.after ?? Number.NaN;
  return { setup, rows, left: left.points, right: right.points, recomputed };
}

const last = (points: readonly Point[]) => points.at(-1)!;
/** The first step at which a curve is near the lowest error of both. */
function steps({ left, right }: Trained): [left: number, right: number] {
  const target = 1.2 * Math.min(...[...left, ...right].map(({ evalMode }) => evalMode));
  const first = (points: readonly Point[]) => points.find(({ evalMode }) => evalMode <= target)?.step;
  return [first(left) ?? Number.POSITIVE_INFINITY, first(right) ?? Number.POSITIVE_INFINITY];
}
/** The first step at which fewer than such a share are wrong. */
const firstBelow = (share: number, points: readonly Point[]) =>
  points.find(({ evalMode }) => evalMode < share)?.step ?? Number.POSITIVE_INFINITY;
/** How many rates of the strip give a network. */
const networks = ({ rows, setup }: Trained, norm: "none" | "batch") => {
  const strip = new RateStrip(rows, setup, norm);
  return rates.filter((lr) => Number.isFinite(strip.train(lr).error)).length;
};

/** What the sentences say besides their ends: `every` of each seed, `once` of the default one. */
const truths: Readonly<Record<string, { every?: (trained: Trained) => void; once?: (trained: Trained) => void }>> = {
  speed: {
    every: (trained) => expect(steps(trained)[1]).toBeLessThan(steps(trained)[0]),
    once: (trained) => expect(steps(trained)).toEqual([219, 63]),
  },
  stability: {
    once: (trained) => {
      expect([networks(trained, "none"), networks(trained, "batch")]).toEqual([0, rates.length - 2]);
      const scaled = train({ ...trained.setup, scale: "zscore" }, 0);
      expect(networks(scaled, "none")).toBeGreaterThan(rates.length / 2);
    },
  },
  result: {
    every: ({ left, right, recomputed }) => {
      expect(last(right).trainMode).toBeLessThan(last(left).trainMode);
      expect(recomputed).toBeLessThan(last(left).evalMode);
    },
  },
  scaling: {
    every: ({ left, rows }) => {
      const sum = rows.truth.reduce((a, b) => a + b);
      const guessing =
        rows.truth.reduce((all, y) => all + Math.abs(y - sum / rows.truth.length), 0) / rows.truth.length;
      expect(last(left).evalMode).toBeGreaterThan(guessing);
    },
  },
  regularises: {
    every: ({ left, right }) => {
      expect(last(right).loss).toBeGreaterThan(2 * last(left).loss);
      // Had it stopped early.
      expect(Math.min(...left.map(({ evalMode }) => evalMode))).toBeLessThan(1.1 * last(right).evalMode);
    },
    once: ({ left, right }) => {
      expect([last(left).loss.toFixed(3), last(right).loss.toFixed(3)]).toEqual(["0.012", "0.041"]);
    },
  },
  noGuarantee: {
    every: ({ left, right }) => expect(Math.abs(last(right).evalMode / last(left).evalMode - 1)).toBeLessThan(0.06),
  },
  moreRows: {},
  running: {
    every: ({ right }) => {
      expect(Math.max(...right.slice(1).map(({ evalMode, trainMode }) => evalMode / trainMode))).toBeGreaterThan(5);
    },
  },
  dropoutFirst: {
    every: ({ setup, right }) => {
      const behind = train({ ...setup, order: ["linear", "norm", "activation", "dropout"] }, setup.seed);
      expect(last(behind.right).evalMode).toBeLessThan(last(right).evalMode);
    },
  },
  place: {
    once: ({ right }) => {
      expect(last(train({ scale: "zscore" }, 0).right).evalMode).toBeLessThan(last(right).evalMode);
    },
  },
  smallBatch: {
    every: ({ left, recomputed }) => expect(recomputed).toBeGreaterThan(1.5 * last(left).evalMode),
  },
  stale: {
    every: ({ left, recomputed }) => expect(recomputed).toBeLessThan(last(left).evalMode),
    once: ({ recomputed }) => expect(recomputed.toPrecision(3)).toBe("1.85"),
  },
  bias: {
    every: ({ setup, right }) => {
      const withBias = last(train({ ...setup, biasBeforeNorm: true }, setup.seed).right).evalMode;
      expect(Math.abs(last(right).evalMode / withBias - 1)).toBeLessThan(0.15);
    },
  },
  convNet: {
    every: (trained) => expect(firstBelow(0.2, trained.right)).toBeLessThan(firstBelow(0.2, trained.left)),
    once: ({ left, right }) => expect([firstBelow(0.2, left), firstBelow(0.2, right)]).toEqual([186, 90]),
  },
  globalAverage: {
    every: ({ left, right }) => expect(last(right).trainMode).toBeLessThan(last(left).evalMode),
    once: ({ left, right, recomputed }) => {
      expect(last(left).evalMode).toBeGreaterThan(0.5);
      expect([last(right).trainMode.toFixed(3), recomputed.toFixed(3)]).toEqual(["0.134", "0.134"]);
    },
  },
  globalMax: {
    // With the seed of the page its own ends say it.
    every: ({ setup, left, right }) => {
      if (setup.seed === defaultSetup.seed) return;
      const mean = train({ ...setup, head: "globalAverage" }, setup.seed);
      expect(last(left).evalMode).toBeLessThan(last(mean.left).evalMode);
      expect(last(right).evalMode).toBeLessThan(last(mean.right).evalMode);
    },
  },
};

describe("a lesson", () => {
  it.each(presets)("is a link: $id", (preset) => {
    const setup = setupOf(preset);
    expect(readLink(writeLink(setup))).toEqual({ setup, problems: [] });
    expect(isShown(preset, setup)).toBe(true);
    expect(presets.filter((other) => isShown(other, setup))).toEqual([preset]);
    expect(truths).toHaveProperty(preset.id);
    const { look, sees } = lessonOf(preset) ?? preset;
    expect(look).not.toBe("");
    expect(sees).toContain(`of the seeds 0 to 4 the right one ends lower in ${preset.rightLower}`);
  });

  it.each(presets)("says what is seen: $id", { timeout: 600_000 }, (preset: Preset) => {
    let lower = 0;
    for (const seed of seeds) {
      const trained = train(preset.changes, seed);
      const [left, right] = [last(trained.left).evalMode, last(trained.right).evalMode];
      if (right < left || Number.isNaN(left)) lower++;
      truths[preset.id].every?.(trained);
      if (seed !== defaultSetup.seed) continue;
      truths[preset.id].once?.(trained);
      const said = Object.values(preset.ends).map((error) => error.toPrecision(3));
      expect(said).toEqual([left.toPrecision(3), right.toPrecision(3)]);
    }
    if (seeds.length === 5) expect(lower).toBe(preset.rightLower);
  });
});
