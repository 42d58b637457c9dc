import { groupWidth } from "./growthLoops.ts";

/** The nodes of trees, as `BoostedTrees` holds them. */
export interface TreeNodes {
  readonly child: Int32Array;
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly missingLeft: Uint8Array;
  readonly categorySet: Int32Array;
  readonly categories: Int32Array;
  readonly value: Float64Array;
}

/**
 * A node: a bit for each bin that goes left, in eight words; where its feature is; where its left
 * child is, which the right one follows; and in two words the double that a leaf adds. The left
 * child of a leaf is the leaf, and all bins go there.
 */
export const nodeWords = 12;
export const nodeBytes = 4 * nodeWords;

/** Rows that go down a tree together, so that they need not wait for each other's loads. */
export const rowsAbreast = 8;

/** What trees are followed with. */
export interface DescentData {
  /** [nodes, 12] */
  readonly nodes: Int32Array;
  /** The same bytes as doubles. */
  readonly values: Float64Array;
  /** [groups][rows, 8] */
  readonly groups: readonly Uint8Array[];
  /** [outputs][rows] */
  readonly raw: readonly Float64Array[];
}

export interface Descent {
  /** What a node says of where a feature is. */
  readonly placeOf: (feature: number) => number;
  /** What a node says of where another one is. */
  readonly nodeAt: (node: number) => number;
  /** Adds the leaf of each row, of at least one, to its raw output. */
  readonly addTree: (root: number, output: number, rows: number) => void;
}

/** The loop in JavaScript, to the bits of the compiled one. */
export function plainDescent({ nodes, values, groups, raw }: DescentData): Descent {
  return {
    placeOf: (feature) => feature,
    nodeAt: (node) => node * nodeWords,
    addTree(root, output, rows) {
      const sums = raw[output];
      for (let row = 0; row < rows; row++) {
        let at = root * nodeWords;
        for (;;) {
          const feature = nodes[at + 8];
          const bin = groups[feature >> 3][row * groupWidth + (feature & 7)];
          const isLeft = (nodes[at + (bin >> 5)] >> (bin & 31)) & 1;
          const next = nodes[at + 9] + (1 - isLeft) * nodeWords;
          if (next === at) break;
          at = next;
        }
        sums[row] += values[(at + 10) / 2];
      }
    },
  };
}
