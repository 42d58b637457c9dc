import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

/**
 * Every numbered example runs as a user would run it, and what it prints is true. The ConvNets are
 * trained for fewer epochs than theirs unless EXAMPLES=all.
 */

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const whole = process.env.EXAMPLES === "all";
const epochs: Readonly<Record<string, string>> = whole ? {} : { "08-convnet-mnist.ts": "3", "09-pooling.ts": "2" };
const files = readdirSync(`${root}/examples`).filter((file) => /^\d\d-.+\.ts$/.test(file));

/** The first number after `label` in what an example printed. */
function numberAfter(label: string, printed: string): number {
  const found = printed.slice(printed.indexOf(label)).match(/-?\d+(\.\d+)?/);
  expect(printed, `the output has no line "${label}"`).toContain(label);
  return Number(found?.[0]);
}

/** What must hold of the output; an example without an entry fails the test. */
const claims: Readonly<Record<string, (printed: string) => void>> = {
  "01-tensors.ts": (printed) => {
    expect(printed).toContain("their standard deviations: tensor([1., 1.])");
    // What torch.manual_seed(0); torch.randn(2, 3) prints.
    expect(printed).toContain("[[ 1.5410, -0.2934, -2.1788],\n        [ 0.5684, -1.0845, -1.3986]]");
  },
  "02-autograd.ts": (printed) => {
    expect(printed).toContain("dy/dx = 2x = tensor([2., 4., 6.])");
    expect(printed).toMatch(/refused: .*was modified in place/);
    expect(numberAfter("fitted line: y =", printed)).toBeCloseTo(2, 1);
  },
  "03-before-sequential.ts": (printed) => {
    expect(printed).toContain("406 rows, 392 complete, 9 features");
    expect(numberAfter("this network: test MAE", printed)).toBeLessThan(numberAfter("the mean: test MAE", printed) / 2);
  },
  "04-after-module.ts": (printed) => {
    const baseline = numberAfter("predicting the mean: test MAE", printed);
    const asTrained = numberAfter("as trained: test MAE", printed);
    const recomputed = numberAfter("after updateBatchNorm: test MAE", printed);
    expect(asTrained).toBeLessThan(baseline);
    expect(recomputed).toBeLessThan(baseline / 2);
    // The story that its comments tell.
    expect(recomputed).toBeLessThan(asTrained);
    expect(numberAfter("by those of the batch", printed)).toBeLessThan(asTrained);
  },
  "05-training-loop-by-hand.ts": (printed) => {
    expect(printed).toContain("the same to the last bit: true");
    const best = printed.slice(printed.indexOf("best weights"));
    expect(numberAfter("validation MAE", best)).toBeLessThan(numberAfter("the mean: validation MAE", printed) / 2);
  },
  "06-save-and-resume.ts": (printed) => {
    expect(printed).toContain("aborted after 7 epochs and 5 steps of the next");
    expect(printed).toContain("weights the same to the last bit: true");
    expect(printed).toContain("and every number of every epoch: true");
    expect(numberAfter("resumed, earlyStopping after", printed)).toBeGreaterThan(7);
  },
  "07-table.ts": (printed) => {
    expect(printed).toContain("254 rows to train on, 64 to choose by, 80 to test");
    expect(numberAfter("this network: test MAE", printed)).toBeLessThan(numberAfter("ridge: test MAE", printed));
    expect(numberAfter("predicted:", printed)).toBeGreaterThan(28);
    expect(Number(printed.match(/([\d.]+) mpg for a large one/)?.[1])).toBeLessThan(18);
    expect(printed).toContain("predictions the same to the last bit: true");
  },
  "08-convnet-mnist.ts": (printed) => {
    expect(printed).toContain("24,058 trainable");
    expect(numberAfter("held-out digits:", printed)).toBeGreaterThanOrEqual(whole ? 98 : 96);
  },
  "09-pooling.ts": (printed) => {
    expect(printed).toContain("a 6, 28 x 28:");
    for (const head of ["max pooling 2 x 2", "average pooling 2 x 2", "global max pooling"]) {
      // The label ends in a number itself.
      const right = Number(printed.match(new RegExp(`^${head}: ([\\d.]+) ± `, "m"))?.[1]);
      expect(right, head).toBeGreaterThan(whole ? 90 : 85);
    }
    expect(printed).toMatch(/global average pooling: [\d.]+ ± [\d.]+% right, 6274 parameters, /);
  },
  "10-where-to-put-them.ts": (printed) => {
    const row =
      /^(.+?) {2,}([\d.]+)(?: +([+-][\d.]+) \(([+-][\d.]+) to ([+-][\d.]+)\) {3}(held|not held|undecided))?$/gm;
    const [first, ...others] = [...printed.matchAll(row)].map(([, name, ...figures]) => ({ name, figures }));
    expect([first.name, others.length]).toEqual(["BatchNorm, ReLU", 6]);
    const numbers = others.map(({ figures }) => figures.slice(0, 4).map(Number));
    for (const [error, difference] of numbers) {
      // The mean is wrong by 6.5 mpg; a difference is that of the two means.
      expect(error).toBeLessThan(2.5);
      expect(difference).toBeCloseTo(error - Number(first.figures[0]), 2);
    }
    const figuresOf = (order: string) => others.find(({ name }) => name === order)?.figures;
    expect(figuresOf("BatchNorm, Dropout, ReLU")).toEqual(figuresOf("BatchNorm, ReLU, Dropout"));
    const open = numbers.filter(([, , low, high]) => low <= 0 && high >= 0).length;
    expect(open).toBeGreaterThan(0);
    expect(printed).toContain(`${open} of 6 cannot be told from it, and may differ by up to`);
  },
  "11-batchnorm-in-use.ts": (printed) => {
    const [, once, again] = printed.match(/in training mode: ([\d.]+) and ([\d.]+) mpg/) ?? [];
    expect(once).not.toBe(again);
    const [, alone, among] = printed.match(/alone and in a batch: ([\d.]+) and ([\d.]+) mpg/) ?? [];
    expect(alone).toBe(among);
    const [, slow, recomputed] = printed.match(/momentum 0\.01, .*MAE ([\d.]+) mpg, ([\d.]+) with/) ?? [];
    expect(Number(recomputed)).toBeLessThan(Number(slow));
    expect(printed).toContain("statistics as before: true");
    expect(printed).toContain("1 of 1 batch normalizations folded");
    for (const rule of ["bias-before-norm", "dropout-before-norm", "momentum-fast", "small-batch"]) {
      expect(printed).toContain(`warning ${rule}, "2"`);
    }
  },
};

describe.concurrent("examples", () => {
  it.each(files)("%s", { timeout: 300_000 }, async (file) => {
    const claim = claims[file];
    expect(claim, `say in this test what must hold of the output of ${file}`).toBeDefined();
    const args = ["--import", "tsx", `examples/${file}`, ...(file in epochs ? [epochs[file]] : [])];
    const { stdout } = await run(process.execPath, args, {
      cwd: root,
      env: { ...process.env, FORCE_COLOR: "0" },
      timeout: 300_000,
    });
    claim(stdout);
  });
});

it("there is an example for each claim", () => {
  expect(files).toEqual(Object.keys(claims));
});
