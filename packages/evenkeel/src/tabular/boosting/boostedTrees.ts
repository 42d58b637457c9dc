import { allocate, formatShape, mismatch, type NdArray, refuse, sameShape } from "../../core/index.ts";
import type { TreeFeatures } from "./growth/binning.ts";
import { hasBit } from "./growth/splitting.ts";

/** The arrays of {@link BoostedTrees}, as a file holds them. */
export interface BoostedTreesState {
  /** [outputs]: the raw outputs before the first tree. */
  readonly start: Float64Array;
  /** [trees]: the position of each tree's root; of an iteration's trees, one for each output. */
  readonly roots: Int32Array;
  /** [nodes]: the position of the left child, which the right one follows; -1 for a leaf. */
  readonly child: Int32Array;
  /** [nodes]: the feature that a node asks for; 0 for a leaf. */
  readonly feature: Int32Array;
  /** [nodes]: numbers up to it go left. Infinity where all but missing ones do, NaN for categories. */
  readonly threshold: Float64Array;
  /** [nodes]: 1 where missing values and unknown categories go left. */
  readonly missingLeft: Uint8Array;
  /** [nodes]: the row of `categories` that tells what goes left; -1 for numbers. */
  readonly categorySet: Int32Array;
  /** [sets, 8]: a bit for each code, from 0 to 255, that goes left. */
  readonly categories: Int32Array;
  /** [nodes]: what a leaf adds to the raw output; 0 for other nodes. */
  readonly value: Float64Array;
}

const dtypes = {
  start: "float64",
  roots: "int32",
  child: "int32",
  feature: "int32",
  threshold: "float64",
  missingLeft: "bool",
  categorySet: "int32",
  categories: "int32",
  value: "float64",
} as const;

type Name = keyof BoostedTreesState;
const names = Object.keys(dtypes) as Name[];

/** All trees go over so many rows before the next ones: these stay in the cache. */
const rowsAtOnce = 1024;

/** What the trees of a file must fit. */
export interface TreesSize {
  /** Of each feature, how many categories its codes stand for; 0 for numbers. */
  readonly categories: readonly number[];
  readonly outputs: number;
}

/** Trees whose leaves add up to raw outputs: fitted, and unchanging. */
export class BoostedTrees {
  readonly size: TreesSize;
  readonly #state: BoostedTreesState;

  /**
   * @throws RangeError saying what is missing in the state, of another shape, or no tree: it may
   *   come from anywhere
   */
  constructor(size: TreesSize, state: Readonly<Record<string, NdArray>>) {
    this.size = size;
    this.#state = checkedState(size, state);
  }

  /** Trees from arrays that are known to be right. */
  static of(size: TreesSize, state: BoostedTreesState): BoostedTrees {
    return new BoostedTrees(size, arraysOf(state, size.outputs));
  }

  /** How many times a tree for each output was added. */
  get iterations(): number {
    return this.#state.roots.length / this.size.outputs;
  }

  /** The number of nodes of all trees, leaves included. */
  get nodes(): number {
    return this.#state.child.length;
  }

  /** The arrays, which must not be changed. */
  get state(): BoostedTreesState {
    return this.#state;
  }

  /** The arrays, by name: what a file holds. */
  stateDict(): Record<Name, NdArray> {
    return arraysOf(this.#state, this.size.outputs);
  }

  /**
   * [rows, outputs] float64: numbers, the logit of the second class of two, or a logit for each
   * class. A row has the same outputs, to the bit, whatever rows it is among.
   */
  output({ rows, columns }: TreeFeatures): Float64Array {
    const { outputs } = this.size;
    const out = allocate("float64", rows * outputs, [rows, outputs]) as Float64Array;
    for (let i = 0; i < out.length; i++) out[i] = this.#state.start[i % outputs];
    for (let from = 0; from < rows; from += rowsAtOnce) {
      const to = Math.min(rows, from + rowsAtOnce);
      for (let tree = 0; tree < this.#state.roots.length; tree++) {
        this.#addTree(tree, columns, out, tree % outputs, from, to);
      }
    }
    return out;
  }

  /**
   * Adds what one tree says to the places of the rows from `from` to before `to` in `out`, where
   * each row has one for each output.
   */
  #addTree(
    tree: number,
    columns: readonly Float64Array[],
    out: Float64Array,
    output: number,
    from: number,
    to: number,
  ): void {
    const { roots, child, feature, threshold, missingLeft, categorySet, categories, value } = this.#state;
    const { outputs } = this.size;
    for (let row = from; row < to; row++) {
      let node = roots[tree];
      for (let next = child[node]; next >= 0; next = child[node]) {
        const given = columns[feature[node]][row];
        const limit = threshold[node];
        if (given <= limit) node = next;
        else if (given > limit) node = next + 1;
        else {
          const left = Number.isNaN(given) ? missingLeft[node] === 1 : hasBit(categories, given, categorySet[node] * 8);
          node = left ? next : next + 1;
        }
      }
      out[row * outputs + output] += value[node];
    }
  }
}

function arraysOf(state: BoostedTreesState, outputs: number): Record<Name, NdArray> {
  const shapes: Partial<Record<Name, number[]>> = {
    roots: [state.roots.length / outputs, outputs],
    categories: [state.categories.length / 8, 8],
  };
  return Object.fromEntries(
    names.map((name) => [
      name,
      { shape: shapes[name] ?? [state[name].length], dtype: dtypes[name], data: state[name] },
    ]),
  ) as unknown as Record<Name, NdArray>;
}

const damaged = (what: string): Error => refuse("damaged-file", "", what);

/** Copies of the arrays, of which every node can be visited safely and every walk ends. */
function checkedState({ categories, outputs }: TreesSize, given: Readonly<Record<string, NdArray>>): BoostedTreesState {
  const missing = names.filter((name) => !Object.hasOwn(given, name));
  const unexpected = Object.keys(given).filter((name) => !(names as string[]).includes(name));
  if (missing.length > 0) throw damaged(`missing ${missing.join(", ")}`);
  if (unexpected.length > 0)
    throw damaged(
      `unexpected ${unexpected
        .slice(0, 10)
        .map((name) => JSON.stringify(name))
        .join(", ")}`,
    );
  const nodes = given.child.data.length;
  const sets = given.categories.shape[0] ?? 0;
  const iterations = given.roots.shape[0] ?? 0;
  const expected: Partial<Record<Name, number[]>> = {
    start: [outputs],
    roots: [iterations, outputs],
    categories: [sets, 8],
  };
  for (const name of names) {
    const shape = expected[name] ?? [nodes];
    if (!sameShape(given[name].shape, shape)) {
      throw mismatch("damaged-file", "", `${name} has shape ${formatShape(given[name].shape)}`, formatShape(shape));
    }
    if (given[name].dtype !== dtypes[name]) {
      throw mismatch("damaged-file", "", `${name} is ${given[name].dtype}`, dtypes[name]);
    }
  }
  const state = Object.fromEntries(
    names.map((name) => [name, (given[name].data as Float64Array).slice()]),
  ) as unknown as BoostedTreesState;
  for (const root of state.roots) {
    if (!(root >= 0 && root < nodes)) throw damaged(`a tree begins at node ${root} of ${nodes}`);
  }
  for (const name of ["start", "value"] as const) {
    const wrong = state[name].find((value) => !Number.isFinite(value));
    if (wrong !== undefined) throw damaged(`${name} holds ${wrong}`);
  }
  for (let node = 0; node < nodes; node++) checkNode(state, node, categories, sets);
  return state;
}

function checkNode(state: BoostedTreesState, node: number, categories: readonly number[], sets: number): void {
  const child = state.child[node];
  if (child === -1) return;
  // Children come behind their parents, so that every walk ends.
  if (!(child > node && child + 1 < state.child.length)) {
    throw damaged(`node ${node} has its children at ${child} of ${state.child.length} nodes`);
  }
  const feature = state.feature[node];
  if (!(feature >= 0 && feature < categories.length)) {
    throw damaged(`node ${node} asks for feature ${feature} of ${categories.length}`);
  }
  const set = state.categorySet[node];
  if (categories[feature] > 0 ? !(set >= 0 && set < sets) : set !== -1) {
    throw damaged(`node ${node} of feature ${feature} has the set of categories ${set} of ${sets}`);
  }
  if (Number.isNaN(state.threshold[node]) !== set >= 0) {
    throw damaged(`node ${node} of feature ${feature} has the threshold ${state.threshold[node]}`);
  }
}
