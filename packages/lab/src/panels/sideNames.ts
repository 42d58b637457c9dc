import type { Norm } from "evenkeel/tabular";
import { type Setup, type Side, sides } from "../state/setup.ts";

type Norms = Pick<Setup, Side>;

/** What the normalizations are called on the page. */
export const normNames: Readonly<Record<Norm, string>> = {
  none: "no normalization",
  batch: "BatchNorm",
  layer: "LayerNorm",
};

/** What the two networks are called in legends: by their normalization, and by their side where that is the same. */
export function sideNames(norms: Norms): Readonly<Record<Side, string>> {
  return named(norms, (norm) => `${normNames[norm][0].toUpperCase()}${normNames[norm].slice(1)}`, ", ");
}

/** The same within a sentence: "without normalization", "with BatchNorm on the left". */
export function sidePhrases(norms: Norms): Readonly<Record<Side, string>> {
  return named(norms, (norm) => (norm === "none" ? "without normalization" : `with ${normNames[norm]}`), " on the ");
}

function named(norms: Norms, nameOf: (norm: Norm) => string, between: string): Record<Side, string> {
  const areSame = norms.left === norms.right;
  const names = sides.map((side) => [side, nameOf(norms[side]) + (areSame ? between + side : "")]);
  return Object.fromEntries(names) as Record<Side, string>;
}
