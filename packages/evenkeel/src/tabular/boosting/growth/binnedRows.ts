import { type BinThresholds, binFeature, type TreeFeatures } from "./binning.ts";
import { groupWidth } from "./growthLoops.ts";
import { Room } from "./room.ts";
import { compiledDescent } from "./treeDescent.compiled.ts";
import { type Descent, nodeBytes, nodeWords, plainDescent, rowsAbreast, type TreeNodes } from "./treeDescent.ts";

/** With fewer rows, making code would take longer than it saves. */
const worthMaking = 4096;

/** Rows as bins, and what trees have said of them so far. */
export class BinnedRows {
  /** [outputs][rows]: raw outputs; behind the last row are places that nothing reads. */
  readonly raw: readonly Float64Array[];
  readonly #known: Pick<BinThresholds, "thresholds" | "missingBin">;
  readonly #groups: readonly Uint8Array[];
  readonly #nodes: Int32Array;
  readonly #values: Float64Array;
  readonly #descent: Descent;

  /**
   * @param rows the most that they are at a time
   * @param nodes the most that trees have together
   * @param compiled whether the loop is WebAssembly; by default where that pays
   */
  constructor(
    rows: number,
    known: Pick<BinThresholds, "thresholds" | "missingBin">,
    outputs: number,
    nodes: number,
    compiled = rows >= worthMaking,
  ) {
    // One at least: a leaf looks at the first feature too.
    const groups = Math.max(1, Math.ceil(known.thresholds.length / groupWidth));
    const all = Math.ceil(rows / rowsAbreast) * rowsAbreast;
    const bytes = [
      nodes * nodeBytes,
      ...new Array<number>(groups).fill(groupWidth * all),
      ...new Array<number>(outputs).fill(8 * all),
    ];
    const room = new Room(bytes, compiled);
    this.#known = known;
    this.#nodes = room.take(Int32Array, nodes * nodeWords);
    this.#values = new Float64Array(this.#nodes.buffer, this.#nodes.byteOffset, (nodes * nodeWords) / 2);
    this.#groups = Array.from({ length: groups }, () => room.take(Uint8Array, groupWidth * all));
    this.raw = Array.from({ length: outputs }, () => room.take(Float64Array, all));
    const data = { nodes: this.#nodes, values: this.#values, groups: this.#groups, raw: this.raw };
    this.#descent = (room.memory && compiledDescent(data, room.memory)) ?? plainDescent(data);
  }

  /** Takes the bins of all rows. */
  fill({ columns, categories }: Pick<TreeFeatures, "columns" | "categories">): void {
    for (const [k, column] of columns.entries()) this.fillFeature(column, k, categories[k]);
  }

  /** Takes the bins of a feature's rows, of all by default. */
  fillFeature(column: Float64Array, k: number, categories: number, rows?: Int32Array): void {
    binFeature(column, k, categories, rows, this.#known, this.#groups);
  }

  /** Takes trees in the place of others. */
  write(trees: TreeNodes): void {
    const { child, feature, threshold, missingLeft, categorySet, categories, value } = trees;
    const { thresholds, missingBin } = this.#known;
    const { placeOf, nodeAt } = this.#descent;
    const nodes = this.#nodes;
    for (let node = 0, at = 0; node < child.length; node++, at += nodeWords) {
      const isLeaf = child[node] < 0;
      const words = nodes.subarray(at, at + 8);
      if (isLeaf) words.fill(-1);
      else if (Number.isNaN(threshold[node]))
        words.set(categories.subarray(8 * categorySet[node], 8 * categorySet[node] + 8));
      else fillUpTo(words, thresholds[feature[node]], threshold[node]);
      if (!isLeaf) setBit(words, missingBin, missingLeft[node] === 1);
      nodes[at + 8] = placeOf(feature[node]);
      // A row stays where it is: a leaf is its own left child.
      nodes[at + 9] = nodeAt(isLeaf ? node : child[node]);
      this.#values[(at + 10) / 2] = value[node];
    }
  }

  /** Adds what the tree with this root says to the raw outputs of the first rows. */
  addTree(root: number, output: number, rows: number): void {
    if (rows > 0) this.#descent.addTree(root, output, rows);
  }
}

/** The bins up to a threshold: all of them for Infinity. */
function fillUpTo(words: Int32Array, thresholds: Float64Array, threshold: number): void {
  const last = threshold === Number.POSITIVE_INFINITY ? thresholds.length : thresholds.indexOf(threshold);
  words.fill(0);
  for (let bin = 0; bin <= last; bin++) setBit(words, bin, true);
}

function setBit(words: Int32Array, place: number, value: boolean): void {
  const bit = 1 << (place & 31);
  if (value) words[place >> 5] |= bit;
  else words[place >> 5] &= ~bit;
}
