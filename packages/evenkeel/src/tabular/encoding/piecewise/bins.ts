/**
 * Bins of the piecewise-linear encoding of numbers (Gorishniy et al. 2022,
 * https://arxiv.org/abs/2203.05556, section 3.2.1), from quantiles.
 */

/**
 * The different ones among the quantiles 0, 1 / bins, 2 / bins … 1 of the values, linear between
 * neighbours as numpy.quantile has them: the edges of at most so many bins, ascending.
 * @param values at least one, none of them NaN; they are sorted
 */
export function binEdges(values: Float64Array, bins: number): number[] {
  values.sort();
  const last = values.length - 1;
  const edges: number[] = [];
  for (let i = 0; i <= bins; i++) {
    // A product of whole numbers and one division: a quantile that is a value is that value, so
    // that equal ones are equal to the bit.
    const position = (i * last) / bins;
    const below = Math.floor(position);
    const low = values[below];
    // JSON has no -0.
    const edge = (position === below ? low : low + (position - below) * (values[below + 1] - low)) + 0;
    if (edges.length === 0 || edge > edges[edges.length - 1]) edges.push(edge);
  }
  return edges;
}

/** All bins together, as far as four for each column allow. */
const mostTogether = 256;
const [fewestBins, mostBins] = [4, 16];
/** Training rows that a bin has at least, if there are two bins. */
const rowsInBin = 8;

/**
 * How many bins a column gets: 16; fewer where there are many columns, or few values.
 * @param present how many values the column has
 * @param columns how many columns have bins
 */
export function binsFor(present: number, columns: number): number {
  const shared = Math.max(fewestBins, Math.floor(mostTogether / columns));
  return Math.min(mostBins, shared, Math.max(2, Math.floor(present / rowsInBin)));
}

/**
 * Writes the encoding of a value between these edges from `at` on, where zeros stand: 1 for each bin
 * that it is above, its place from 0 to 1 in the bin that it is in, 0 for those that it is below.
 */
export function writePiecewise(value: number, edges: readonly number[], out: Float32Array, at: number): void {
  const bins = edges.length - 1;
  let bin = 0;
  while (bin < bins && value >= edges[bin + 1]) out[at + bin++] = 1;
  if (bin < bins && value > edges[bin]) out[at + bin] = (value - edges[bin]) / (edges[bin + 1] - edges[bin]);
}
