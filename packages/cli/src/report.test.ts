import picocolors from "picocolors";
import { describe, expect, test } from "vitest";
import { arms } from "./arms.ts";
import { findings, verdict } from "./findings.ts";
import { report } from "./report.ts";
import { type Comparison, epochsTo, type Score } from "./results.ts";
import { pairedDifference } from "./statistics.ts";

const plain = picocolors.createColors(false);
const epochs = 20;
const truth = [12, 31, 18, 24];

/** A made-up score: the error falls to `end` along a known curve. */
function score(end: number, seed: number, wave = 0): Score {
  const final = end + 0.05 * Math.sin(7 * seed + 10 * end);
  const curve = Array.from({ length: epochs }, (_, i) => final + 8 * 0.5 ** (i + 1) + wave * ((i % 2) - 1));
  curve[epochs - 1] = final;
  return {
    curve,
    testMae: final,
    testRmse: final * 1.3,
    trainMae: final - 0.2,
    predictions: truth.map((y) => y + final),
  };
}

function comparison(seedCount: number, ends: Partial<Record<string, number>> = {}): Comparison {
  const seeds = Array.from({ length: seedCount }, (_, i) => i);
  const end = { before: 1.9, after: 2.6, afterRecomputed: 2.1, raw: 2.8, both: 2, bothRecomputed: 1.9, ...ends };
  return {
    settings: { epochs, batchSize: 32, learningRate: 0.001 },
    splits: seeds.map((seed) => ({
      seed,
      testRows: [3, 1, 0, 2],
      truth,
      names: ["guzzler", "sipper", "saloon", "wagon"],
      baseline: { mae: 6.5, rmse: 7.8, trainMae: 6.4 },
    })),
    trials: seeds.flatMap((seed) =>
      arms.map(({ id, batchNorm }) => ({
        arm: id,
        seed,
        scores: {
          asTrained: score(end[id], seed, batchNorm ? 0.3 : 0),
          ...(batchNorm ? { recomputed: score(end[id === "after" ? "afterRecomputed" : "bothRecomputed"], seed) } : {}),
        },
      })),
    ),
  };
}

describe("report", () => {
  const text = report(comparison(10), 2.5, plain);

  test("has a line for every network and way of scoring", () => {
    expect(text).toMatch(/guess the training mean +6\.50 ± 0\.00 +7\.80 ± 0\.00/);
    expect(text).toMatch(
      /before z-score, no BatchNorm +1\.9\d ± 0\.0\d +2\.\d\d ± 0\.0\d +4 \(10\/10\) +0\.20 ± 0\.00/,
    );
    expect(text).toMatch(/after raw, BatchNorm +2\.\d\d ± /);
    expect(text.match(/└ statistics recomputed/g)).toHaveLength(2);
    expect(text).toMatch(/crossed raw, no BatchNorm .* – \(0\/10\)/);
    expect(text).toMatch(/crossed z-score, BatchNorm/);
  });

  test("keeps to 80 columns and has no colour codes where there are none", () => {
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(text).not.toContain("\x1b");
  });

  test("draws curves with letters where there are no colours, and with colours where there are", () => {
    expect(text).toMatch(/^ +1 +\d.* 20$/m);
    expect(text).toContain("a after: raw, BatchNorm, as trained");
    const colored = report(comparison(10), 2.5, picocolors.createColors(true));
    expect(colored).toContain("\x1b[36m──\x1b[39m before: z-score, no BatchNorm");
    expect(colored).not.toMatch(/<\d+>/);
  });

  test("shows predictions beside true values, thirstiest first", () => {
    const rows = text.split("\n").filter((line) => /guzzler|saloon|wagon|sipper/.test(line));
    expect(rows.map((row) => row.split(" ")[0])).toEqual(["guzzler", "saloon", "wagon", "sipper"]);
    expect(rows[0]).toMatch(/guzzler +12\.0 +13\.9 +14\.\d +14\.\d$/);
  });
});

describe("findings follow the figures", () => {
  const shown = (ends: Partial<Record<string, number>>) =>
    findings(comparison(10, ends), 2.5)
      .shown.map(({ label, text }) => `${label}: ${text}`)
      .join("\n");

  test("a clear difference is given with its interval and its count of seeds", () => {
    expect(shown({})).toMatch(
      /after \(raw, BatchNorm\) against before \(z-score, none\): 0\.\d\d mpg higher \(95% interval 0\.\d\d to 0\.\d\d; higher in 10 of 10 seeds\)/,
    );
  });

  test("turned round, it says lower", () => {
    expect(shown({ after: 1.5, before: 2.6 })).toMatch(
      /against before \(z-score, none\): 1\.\d\d mpg lower .* lower in 10 of 10/,
    );
  });

  test("stale statistics are blamed only where they did it", () => {
    expect(findings(comparison(10), 2.5).headline).toMatch(
      /^With BatchNorm on raw features the test MAE is 0\.\d\d mpg higher than with z-scores and no BatchNorm\. With running statistics recomputed it is 0\.\d\d mpg higher than with z-scores, and is 0\.\d\d mpg lower than on raw features without BatchNorm\.$/,
    );
    expect(findings(comparison(10, { afterRecomputed: 2.6 }), 2.5).headline).toContain(
      "changes nothing that stands out: with running statistics recomputed it is",
    );
  });

  test("noise is called noise", () => {
    const noise = pairedDifference([
      [1, 1.1],
      [1.2, 1],
      [1, 0.9],
      [1, 1.15],
    ]);
    expect(verdict(noise)).toBe("no difference that can be told from noise (+0.01 mpg, 95% interval -0.25 to +0.28)");
  });

  test("one seed claims nothing", () => {
    const { headline, shown, notShown } = findings(comparison(1), 2.5);
    expect(headline).toBe("Too few runs came to their end to tell anything from noise.");
    expect(shown[0].text).toContain("with the only seed, which says nothing of the next");
    expect(notShown.join("\n")).toContain("With 1 seed the intervals are wide or missing");
    expect(report(comparison(1), 2.5, plain)).not.toContain("NaN");
  });

  test("runs that diverged are named and left out", () => {
    const base = comparison(10);
    const failure = "the loss is NaN at step 3";
    const trials = base.trials.map((trial) =>
      trial.arm === "raw" && trial.seed < 4 ? { arm: trial.arm, seed: trial.seed, scores: {}, failure } : trial,
    );
    const text = report({ ...base, trials }, 2.5, plain);
    expect(text.replaceAll(/\s+/g, " ")).toContain("raw, no BatchNorm, seed 0; raw, no BatchNorm, seed 1");
    expect(text.replaceAll(/\s+/g, " ")).toContain(failure);
    expect(text).toMatch(/crossed raw, no BatchNorm .* – \(0\/6\)/);
    const none = base.trials.map((trial) => (trial.arm === "raw" ? { ...trial, scores: {}, failure } : trial));
    expect(report({ ...base, trials: none }, 2.5, plain)).toMatch(/crossed raw, no BatchNorm +diverged/);
  });
});

test("figures that have gone astray do not stretch the table, nor flatten the chart", () => {
  const text = report(comparison(10, { raw: 1.2e14, after: 4321 }), 2.5, plain);
  expect(text).toMatch(/crossed raw, no BatchNorm +1\.2e\+14 ± /);
  expect(text).toMatch(/after raw, BatchNorm +4\.3e\+3 ± /);
  expect(text.split("\n").filter((line) => line.length > 90)).toEqual([]);
  expect(text).toMatch(/^ +1\.9[┤c]/m);
});

test("a run in which everything diverged has a report all the same", () => {
  const base = comparison(2);
  const trials = base.trials.map(({ arm, seed }) => ({ arm, seed, scores: {}, failure: "the loss is Infinity" }));
  const text = report({ ...base, trials }, 2.5, plain);
  expect(text).toContain("Too few runs came to their end to tell anything from noise.");
  expect(text).not.toContain("Learning curves");
  expect(text).not.toContain("NaN");
});

test("epochs to a target count from 1 and are infinite if it is never met", () => {
  const { curve, ...rest } = score(2, 0);
  expect(epochsTo(curve[0], { curve, ...rest })).toBe(1);
  expect(epochsTo(0.1, { curve, ...rest })).toBe(Number.POSITIVE_INFINITY);
});
