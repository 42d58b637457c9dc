import { createHash } from "node:crypto";
import { arange, compile, noGrad, type Tensor } from "evenkeel";
import { DataLoader, TensorDataset } from "evenkeel/data";
import * as F from "evenkeel/nn/functional";
import { Adam, AdamW, SGD } from "evenkeel/optim";
import { manualSeed } from "evenkeel/random";
import { describe, expect, it } from "vitest";
import { camelCase, decode, type Golden, load, quantile, tensorOf } from "./goldens/golden.ts";
import { type NetOptions, VariableNet } from "./goldens/networks.ts";

/**
 * Whole training runs, eager and compiled: the weights and the order of the rows are torch's, every
 * loss within 1e-5.
 */

interface Run {
  readonly name: string;
  readonly arm: string;
  readonly network: NetOptions;
  readonly features: "raw" | "z";
  readonly optimizer: "SGD" | "Adam" | "AdamW";
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly weights: string;
  readonly orders: Golden;
  readonly losses: Golden;
  readonly exact: Golden;
  readonly final: number;
  readonly exactFinal: number;
}

interface Exchanged {
  readonly arm: string;
  readonly seed: number;
  readonly reason: "kink" | "amplified";
  readonly drift: number;
  readonly nudged: number;
  readonly partedAt: number;
  readonly flip: { readonly step: number; readonly layer: number; readonly values: [number, number] } | null;
}

const { table, runs, exchanged } = load<{
  table: Record<"raw" | "z" | "y", Golden>;
  runs: Run[];
  exchanged: Exchanged[];
}>("training.json");

const trainRows = 200;
const epochs = 5;
const limit = 1e-5;

function train({ network, features, optimizer: kind, options, seed }: Run, compiled: boolean) {
  const x = tensorOf(table[features]);
  const y = tensorOf(table.y);
  const rowsOf = (t: Tensor, start: number, end: number) => t.narrow(0, start, end - start);
  manualSeed(seed);
  const net = new VariableNet(network);
  const digest = createHash("sha256");
  for (const parameter of net.parameters()) digest.update(Float32Array.from(parameter.data));
  const optimizer = new { SGD, Adam, AdamW }[kind](net.parameters(), camelCase(options) as { lr: number });
  const data = new TensorDataset(rowsOf(x, 0, trainRows), rowsOf(y, 0, trainRows), arange(trainRows));
  const loader = new DataLoader(data, { batchSize: 32, shuffle: true });
  const step = compile(
    (inputs: Tensor, targets: Tensor) => {
      optimizer.zeroGrad();
      const loss = F.mseLoss(net(inputs), targets);
      loss.backward();
      optimizer.step();
      return loss;
    },
    { compile: compiled },
  );
  const losses: number[] = [];
  const orders: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const [inputs, targets, rows] of loader) {
      losses.push(step(inputs, targets).item());
      orders.push(...rows.data);
    }
  }
  net.eval();
  const evaluate = compile((held: Tensor, answers: Tensor) => F.mseLoss(net(held), answers), { compile: compiled });
  const final = noGrad(() => evaluate(rowsOf(x, trainRows, x.shape[0]), rowsOf(y, trainRows, y.shape[0])).item());
  return { weights: digest.digest("hex"), losses, orders, final };
}

const ways = [
  ["eager", false],
  ["compiled", true],
] as const;

describe.each(ways)("training runs, %s", (_, compiled) => {
  for (const run of runs) {
    it(run.name, () => {
      const { weights, losses, orders, final } = train(run, compiled);
      expect(weights, "initial weights").toBe(run.weights);
      expect(orders, "order of the rows").toEqual(Array.from(decode(run.orders).data));
      const expected = decode(run.losses).data;
      expect(losses.length).toBe(expected.length);
      const apart = losses.flatMap((loss, step) => {
        const relative = Math.abs(loss - expected[step]) / expected[step];
        return relative <= limit ? [] : [`step ${step}: ${loss}, torch has ${expected[step]}, relative ${relative}`];
      });
      expect(apart).toEqual([]);
      // A bias right before BatchNorm has the gradient 0, whose rounding Adam inflates to steps of
      // full size. Training does not see it, evaluation does: torch's float32 and float64 runs
      // differ there by up to one percent themselves.
      const noisyBias = run.network.normalize && run.network.bias !== false && run.optimizer !== "SGD";
      const tolerance = noisyBias ? 0.02 : Math.max(limit, 4 * Math.abs(run.final / run.exactFinal - 1));
      expect(Math.abs(final / run.final - 1), "relative difference of the loss in eval mode").toBeLessThanOrEqual(
        tolerance,
      );
    });
  }
});

/** How far a run's losses are from the float64 run, in units of how far torch's are. */
function distanceRatio(run: Run, compiled: boolean): number {
  const exact = decode(run.exact).data;
  const furthest = (losses: ArrayLike<number>) =>
    Math.max(...Array.from(losses, (loss, step) => Math.abs(loss / exact[step] - 1)));
  return furthest(train(run, compiled).losses) / furthest(decode(run.losses).data);
}

describe("our losses are no further from the float64 run than torch's", () => {
  for (const arm of new Set(runs.map((run) => run.arm))) {
    it(`eager: ${arm}`, () => {
      const ratios = runs.filter((run) => run.arm === arm).map((run) => distanceRatio(run, false));
      expect(quantile(ratios, 0.5)).toBeLessThanOrEqual(1);
      expect(Math.max(...ratios)).toBeLessThanOrEqual(2);
    });
  }

  // Eager sums in double. A program's sums and products are float32, as torch's are: either of the
  // two has the luckier rounding in a single run (torch is off by 1e-6 to 9e-6 among the seeds of
  // one arm), so only all arms together tell.
  it("compiled: all arms together", () => {
    const ratios = runs.map((run) => distanceRatio(run, true));
    expect(quantile(ratios, 0.5)).toBeLessThanOrEqual(1);
    expect(quantile(ratios, 0.95)).toBeLessThanOrEqual(2);
  });
});

describe("exchanged seeds", () => {
  it("each arm has at least 8 runs", () => {
    for (const arm of new Set(runs.map((run) => run.arm))) {
      expect(runs.filter((run) => run.arm === arm).length).toBeGreaterThanOrEqual(8);
    }
  });

  for (const { arm, seed, reason, nudged, partedAt, flip } of exchanged) {
    it(`${arm}, seed ${seed} was left out for an honest reason: ${reason}`, () => {
      if (reason === "amplified") {
        expect(nudged).toBeGreaterThan(limit);
        return;
      }
      const [one, other] = flip!.values;
      expect(one > 0).not.toBe(other > 0);
      expect(Math.abs(one - other)).toBeLessThan(1e-5);
      expect(flip!.step).toBeLessThanOrEqual(partedAt);
    });
  }
});
