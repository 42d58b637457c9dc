import { type Border, noBorder } from "../../../ops/channelsLast/border.ts";
import type { GraphValue } from "../../graph.ts";
import type { Converted } from "./converted.ts";

/** Channels-last pictures: made by a node, or converted. */
export type Key = object;

/** A set of pictures that flat ops force to have the same border. */
interface Class {
  border: Border;
  wish: Border;
  isFlat: boolean;
  /** Whether the nodes that make these pictures can write zeros around them. */
  isSafe: boolean;
}

const both = (a: Border, b: Border, choose: (a: number, b: number) => number): Border => {
  const pair = (i: 0 | 1) => [choose(a[i][0], b[i][0]), choose(a[i][1], b[i][1])] as const;
  return [pair(0), pair(1)];
};

const widest = (a: Border, b: Border): Border => both(a, b, Math.max);

export const isWithin = (need: Border, border: Border): boolean =>
  need.every((pair, i) => pair.every((size, side) => size <= border[i][side]));

/**
 * Chooses borders as wide as the readers need, so that they can read in place. Flat ops process
 * borders too: all of their pictures have the same border, and none if one of those ops would not
 * leave zeros there; readers then get a copy with a border.
 */
export class Borders {
  readonly #parents = new Map<Key, Key>();
  readonly #classes = new Map<Key, Class>();

  constructor(converted: Iterable<Converted>, keyOf: (value: GraphValue) => Key) {
    const all = [...converted];
    for (const { operands, results, flat, keepsZeros } of all) {
      if (!flat) continue;
      const keys = [...operands, ...results].filter(({ kind }) => kind === "pictures").map(({ value }) => keyOf(value));
      for (const key of keys) this.#join(keys[0], key);
      const joined = this.#classOf(keys[0]);
      joined.isFlat = true;
      if (keepsZeros !== true) joined.isSafe = false;
    }
    for (const { operands, results } of all) {
      for (const { kind, value, wish } of results) {
        if (kind === "plain" || wish === undefined) continue;
        const made = this.#classOf(keyOf(value));
        made.border = widest(made.border, wish);
      }
      for (const operand of operands) {
        if (operand.kind === "plain") continue;
        const read = this.#classOf(keyOf(operand.value));
        read.border = widest(read.border, operand.need);
        read.wish = widest(read.wish, operand.wish ?? noBorder);
      }
    }
  }

  of(key: Key): Border {
    const { border, wish, isFlat, isSafe } = this.#classOf(key);
    if (!isSafe) return noBorder;
    return isFlat ? border : widest(border, wish);
  }

  #root(key: Key): Key {
    const parent = this.#parents.get(key);
    if (parent === undefined) return key;
    const root = this.#root(parent);
    this.#parents.set(key, root);
    return root;
  }

  #classOf(key: Key): Class {
    const root = this.#root(key);
    const known = this.#classes.get(root);
    if (known !== undefined) return known;
    const made: Class = { border: noBorder, wish: noBorder, isFlat: false, isSafe: true };
    this.#classes.set(root, made);
    return made;
  }

  #join(a: Key, b: Key): void {
    const [into, from] = [this.#root(a), this.#root(b)];
    if (into === from) return;
    const [kept, given] = [this.#classOf(into), this.#classOf(from)];
    kept.border = widest(kept.border, given.border);
    kept.wish = widest(kept.wish, given.wish);
    kept.isFlat ||= given.isFlat;
    kept.isSafe &&= given.isSafe;
    this.#parents.set(from, into);
    this.#classes.delete(from);
  }
}
