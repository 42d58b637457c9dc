import { Writable } from "node:stream";
import picocolors from "picocolors";
import { describe, expect, test } from "vitest";
import type { EpochLine } from "../../records/runs/types.ts";
import { sparkline } from "./sparkline.ts";
import { trainingProgress } from "./trainingProgress.ts";

/** Epochs of 0.5 s; the validation error falls until the fifth and then rises. */
function line(epoch: number): EpochLine {
  const mae = 2 + Math.abs(5 - epoch) / 10;
  return { epoch, step: 8 * epoch, seconds: epoch / 2, learningRate: 0.01, train: { mae: 1 }, validation: { mae } };
}

function unvalidated(epoch: number): EpochLine {
  const { validation: _, ...rest } = line(epoch);
  return rest;
}

function piped(epochs: number, more: { stage?: string; atMost?: boolean; further?: number } = {}) {
  const written: string[] = [];
  const write = (text: string) => written.push(text);
  const output = { write, writeError: write, colors: picocolors.createColors(false) };
  return { written, progress: trainingProgress(output, { epochs, rows: 1000, metric: "mae", ...more }) };
}

describe("piped", () => {
  test("the first epoch, each tenth and the last have a line, with the best so far, the rate and the time left", () => {
    const { written, progress } = piped(200);
    for (let epoch = 1; epoch <= 200; epoch++) progress.epoch(line(epoch));
    progress.stop();
    expect(written).toHaveLength(11);
    expect(written[0]).toBe("epoch   1/200  MAE 2.40 (best 2.40 at 1)  2,000 rows/s  1:40 left\n");
    expect(written[1]).toBe("epoch  20/200  MAE 3.50 (best 2.00 at 5)  2,000 rows/s  1:30 left\n");
    expect(written[10]).toBe("epoch 200/200  MAE 21.5 (best 2.00 at 5)  2,000 rows/s\n");
  });

  test("the first epoch, in which a step is compiled, counts only while it is alone", () => {
    const { written, progress } = piped(10);
    for (const epoch of [1, 2, 3]) progress.epoch({ ...line(epoch), seconds: 6 + epoch });

    expect(written.map((text) => text.match(/\S+ left/)?.[0])).toEqual(["1:03 left", "0:08 left", "0:07 left"]);
  });

  test("a training that stops early says where", () => {
    const { written, progress } = piped(1000);
    for (let epoch = 1; epoch <= 7; epoch++) progress.epoch(line(epoch));
    progress.stop();
    progress.stop();
    expect(written.map((text) => text.slice(0, 15))).toEqual(["epoch    1/1000", "epoch    7/1000"]);
  });

  test("one that goes on from a checkpoint does not count the epochs before", () => {
    const { written, progress } = piped(100);
    for (const epoch of [51, 52, 53]) progress.epoch({ ...line(epoch), seconds: 1000 + epoch });
    progress.stop();
    expect(written[0]).toBe("epoch  51/100  MAE 6.60 (best 6.60 at 51)\n");
    expect(written[1]).toBe("epoch  53/100  MAE 6.80 (best 6.60 at 51)  1,000 rows/s  0:47 left\n");
  });

  test("a refit is called one, and does not count the time before it; the training before counts the refit's as left", () => {
    const refit = piped(10, { stage: "refit" });
    for (const epoch of [1, 2]) refit.progress.epoch({ ...unvalidated(epoch), seconds: 1000 + epoch });
    expect(refit.written).toEqual([
      "refit  1/10  train MAE 1.00 (best 1.00 at 1)\n",
      "refit  2/10  train MAE 1.00 (best 1.00 at 1)  1,000 rows/s  0:08 left\n",
    ]);
    const fold = piped(10, { stage: "fold 2 of 5, epoch", atMost: true, further: 30 });
    for (const epoch of [1, 2]) fold.progress.epoch({ ...line(epoch), seconds: 1000 + epoch });
    fold.progress.stop();
    expect(fold.written[1]).toMatch(/^fold 2 of 5, epoch {2}2\/10 {2}MAE .* rows\/s {2}up to 0:38 left\n$/);
    const before = piped(10, { further: 20 });
    for (let epoch = 1; epoch <= 10; epoch++) before.progress.epoch(line(epoch));
    expect(before.written[0]).toContain("  0:15 left");
    expect(before.written[9]).not.toContain("left");
  });

  test("without validation rows it is the training's own metric, and NaN is no best", () => {
    const { written, progress } = piped(1);
    progress.epoch({ ...unvalidated(1), train: { mae: Number.NaN } });
    expect(written).toEqual(["epoch 1/1  train MAE –  2,000 rows/s\n"]);
  });
});

describe("on a terminal", () => {
  function drawn(columns: number, color = false): string {
    let text = "";
    const stream = new Writable({
      write(chunk, _, done) {
        text += String(chunk);
        done();
      },
    });
    const terminal = Object.assign(stream, { isTTY: true, columns });
    const output = { write: () => {}, writeError: () => {}, colors: picocolors.createColors(color), terminal };
    const progress = trainingProgress(output, { epochs: 20, rows: 1000, metric: "mae" });
    for (let epoch = 1; epoch <= 10; epoch++) progress.epoch(line(epoch));
    progress.stop();
    expect(text.lastIndexOf("\x1b[?25h")).toBeGreaterThan(text.lastIndexOf("\x1b[?25l"));
    // The last drawing, up to the control sequence that moves the cursor.
    return text.slice(text.lastIndexOf("epoch")).replaceAll("\x1b[0K", "\n").replaceAll("\x1b[?", "\n").split("\n")[0];
  }

  test.each([
    [120, "epoch 10/20  ████████████░░░░░░░░░░░░  MAE 2.50  best 2.00 at 5  ▇▅▄▂▁▂▄▅▇█  2,000 rows/s  0:05 left"],
    [80, "epoch 10/20  MAE 2.50  best 2.00 at 5  ▇▅▄▂▁▂▄▅▇█  2,000 rows/s  0:05 left"],
    [60, "epoch 10/20  █████░░░░  MAE 2.50  best 2.00 at 5  0:05 left"],
    [24, "epoch 10/20  MAE 2.50"],
  ])("%i columns show what fits", (columns, text) => {
    expect(drawn(columns)).toBe(text);
  });

  test("colours only where they are wanted", () => {
    expect(drawn(120)).not.toContain("\x1b");
    expect(drawn(120, true)).toContain("\x1b[32mbest 2.00 at 5");
  });
});

test("a sparkline goes from the lowest to the highest, in logarithms where it has to, with gaps", () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8)).toBe("▁▂▃▄▅▆▇█");
  expect(sparkline([1, 10, 100], 8)).toBe("▁▅█");
  expect(sparkline([5, 5, Number.NaN], 8)).toBe("▁▁ ");
  expect(sparkline([], 8)).toBe("");
  expect(
    sparkline(
      Array.from({ length: 1000 }, (_, i) => i),
      10,
    ),
  ).toHaveLength(10);
});
