import { manualSeed, randn } from "evenkeel";

/**
 * What batch normalization would lose if small batches were normalized in float32 with a compensated
 * mean, instead of in double and rounded once: `npx tsx bench/float32BatchNorm.ts` prints the largest
 * errors of outputs, in standard deviations, over 40 batches of 256 columns.
 */

const f = Math.fround;
const [eps, batches, columns] = [1e-5, 40, 256];

/** In double. */
function exact(x: Float32Array): Float64Array {
  let mean = 0;
  for (const value of x) mean += value / x.length;
  let variance = 0;
  for (const value of x) variance += (value - mean) ** 2 / x.length;
  return Float64Array.from(x, (value) => (value - mean) / Math.sqrt(variance + eps));
}

/** In float32: the mean as the sum of two numbers, of a compensated sum and of what is left of the differences. */
function single(x: Float32Array): Float32Array {
  const share = f(1 / x.length);
  let [sum, lost] = [0, 0];
  for (const value of x) {
    const next = f(value - lost);
    const total = f(sum + next);
    lost = f(f(total - sum) - next);
    sum = total;
  }
  const high = f(sum * share);
  let rest = 0;
  for (const value of x) rest = f(rest + f(value - high));
  const low = f(rest * share);
  const distances = x.map((value) => f(f(value - high) - low));
  let squares = 0;
  for (const distance of distances) squares = f(squares + f(distance * distance));
  const scale = f(1 / f(Math.sqrt(f(f(squares * share) + f(eps)))));
  return distances.map((distance) => f(distance * scale));
}

manualSeed(0);
for (const [mean, deviation] of [
  [0, 1],
  [4000, 800],
  [4000, 8],
  [1e6, 1],
]) {
  for (const rows of [32, 64]) {
    let [inSingle, rounded] = [0, 0];
    for (let column = 0; column < batches * columns; column++) {
      const x = Float32Array.from(randn([rows]).data, (value) => mean + deviation * value);
      const [truth, got] = [exact(x), single(x)];
      for (let i = 0; i < rows; i++) {
        inSingle = Math.max(inSingle, Math.abs(got[i] - truth[i]));
        rounded = Math.max(rounded, Math.abs(f(truth[i]) - truth[i]));
      }
    }
    console.log(
      `${mean} ± ${deviation}, ${rows} rows: ${inSingle.toExponential(1)} in float32, ${rounded.toExponential(1)} in double`,
    );
  }
}
