import { allocate } from "../../core/index.ts";
import type { BoostedTrees } from "./boostedTrees.ts";
import { BinnedRows } from "./growth/binnedRows.ts";
import type { TreeFeatures } from "./growth/binning.ts";

/** With fewer rows, putting them into bins would take longer than it saves. */
const worthBinning = 4096;
/** So many rows are put into bins at a time: they stay in the cache. */
const rowsAtOnce = 16_384;
/** Behind all bins between thresholds. */
const missingBin = 255;

/**
 * `trees.output(features)`, to the bit, in a fraction of the time for many rows: between the
 * thresholds that the trees ask for, a feature is a byte. It needs the assembler, which a page that
 * only predicts with trees does not ship.
 */
export function outputInBins(trees: BoostedTrees, features: TreeFeatures): Float64Array {
  const { outputs } = trees.size;
  const { columns, categories, rows } = features;
  const thresholds = rows < worthBinning ? undefined : thresholdsOf(trees);
  if (thresholds === undefined) return trees.output(features);
  const { roots, start } = trees.state;
  const out = allocate("float64", rows * outputs, [rows, outputs]) as Float64Array;
  const binned = new BinnedRows(rowsAtOnce, { thresholds, missingBin }, outputs, trees.nodes);
  binned.write(trees.state);
  for (let from = 0; from < rows; from += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - from);
    binned.fill({ columns: columns.map((column) => column.subarray(from, from + count)), categories });
    for (const [k, raw] of binned.raw.entries()) raw.fill(start[k]);
    for (const [tree, root] of roots.entries()) binned.addTree(root, tree % outputs, count);
    for (const [k, raw] of binned.raw.entries()) {
      for (let i = 0; i < count; i++) out[(from + i) * outputs + k] = raw[i];
    }
  }
  return out;
}

/** What the trees ask of each feature, ascending; undefined if that is more than bytes can tell. */
function thresholdsOf(trees: BoostedTrees): Float64Array[] | undefined {
  const { child, feature, threshold } = trees.state;
  const asked = trees.size.categories.map(() => new Set<number>());
  for (let node = 0; node < child.length; node++) {
    if (child[node] >= 0 && Number.isFinite(threshold[node])) asked[feature[node]].add(threshold[node]);
  }
  if (asked.some(({ size }) => size >= missingBin)) return undefined;
  return asked.map((values) => Float64Array.from(values).sort());
}
