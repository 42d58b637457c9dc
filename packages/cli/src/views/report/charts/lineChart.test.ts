import { expect, test } from "vitest";
import { calibrationSpec } from "./calibrationChart.ts";
import { curvesSpec } from "./curvesChart.ts";
import { lineStyles, mostColors, swatch } from "./lineStyles.ts";
import { ratesSpec } from "./ratesChart.ts";
import { seriesSpec } from "./seriesChart.ts";

/** Charts are compared as their specifications, with the data that they are drawn from. */

const stored = (name: string) => `stored/${name}.json`;
const text = (spec: unknown) => `${JSON.stringify(spec, null, 1)}\n`;

const falling = (last: number) => Array.from({ length: 9 }, (_, epoch) => last + (epoch === 0 ? 20 : 1 / (epoch + 1)));
const curves = [
  { label: "no normalization", runs: [falling(2), falling(2.2)] },
  { label: "BatchNorm, as trained", runs: [falling(1.9), falling(2)] },
];
const styles = lineStyles(curves.map(({ label }) => label));

test("a panel of learning curves: means on an axis of its own; what is cut off has an arrow", async () => {
  await expect(text(curvesSpec(curves, { title: "validation MAE", styles }))).toMatchFileSnapshot(stored("curves"));
});

test("the learning curves of a training: bands, names at the ends, the epoch that was kept", async () => {
  await expect(text(curvesSpec(curves, { title: "MAE", bestEpoch: 7 }))).toMatchFileSnapshot(stored("training"));
});

test("the learning rate of a training: low, and as wide as the curves above it", async () => {
  await expect(text(ratesSpec([0.001, 0.01, 0.006, 0.0001]))).toMatchFileSnapshot(stored("learningRate"));
});

test("calibration: the diagonal, and a dot with its interval for each bin", async () => {
  const bins = [0.15, 0.85].map((share) => ({
    rows: 20,
    probability: share,
    share,
    low: share - 0.1,
    high: share + 0.1,
  }));
  await expect(text(calibrationSpec({ bins, error: 0, of: "yes" }))).toMatchFileSnapshot(stored("calibration"));
});

test("a panel of learning rates: a cross where seeds diverged", async () => {
  const points = [0.001, 0.01, 0.1].map((at, i) => ({ at, value: 3 - i, failed: i === 2 ? 1 : 0 }));
  const series = [{ label: "no normalization", points }];
  const spec = seriesSpec(series, { title: "test MAE", across: "learning rate", styles });
  await expect(text(spec)).toMatchFileSnapshot(stored("rates"));
});

test("lines whose ends differ by little are apart on their axis, however high they began", () => {
  const close = [2, 2.1].map((end, i) => ({ label: `${i}`, runs: [falling(end)] }));
  const { layer } = curvesSpec(close, { title: "", styles }) as unknown as {
    layer: { encoding: { y: { scale: { domain: [number, number] } } } }[];
  };
  const [low, high] = layer[0].encoding.y.scale.domain;
  expect(0.1 / (high - low)).toBeGreaterThan(0.2);
});

test("no two lines are drawn alike, and dashes tell them apart without colour", () => {
  const styles = [...lineStyles(Array.from({ length: 20 }, (_, i) => `${i}`)).values()];
  expect(new Set(styles.map((style) => JSON.stringify(style))).size).toBe(20);
  expect(new Set(styles.slice(0, mostColors).map(({ dash }) => dash.join())).size).toBe(mostColors);
  expect(swatch(styles[1]).text).toContain('stroke="var(--series-2)" stroke-dasharray="7 4"');
});
