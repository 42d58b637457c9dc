import { hasPictures, type Part, parts, type Setup, type Side } from "../state/setup.ts";

/**
 * Why a set-up's network is none that the command's file can hold; undefined if it is one, and of
 * pictures, of which the file is another. A page says so beside the button, and never makes a file
 * that would predict something else.
 */
export function whyNoModel(setup: Setup, side: Side): string | undefined {
  if (hasPictures(setup)) return undefined;
  if (setup.times !== "" || setup.constant) {
    return "The table was changed by “Break it”; a model of it would misread the real one.";
  }
  if (setup.hidden.length > 0 && placeOfNorm(setup, side) === undefined) {
    return "The command’s networks have Linear first and dropout last in each hidden layer.";
  }
  return undefined;
}

/** Where the command's network has this set-up's normalization; undefined if its order is another. */
export function placeOfNorm({ order, dropout, ...setup }: Setup, side: Side): "before" | "after" | undefined {
  const used = order.filter(
    (part) => (part !== "norm" || setup[side] !== "none") && (part !== "dropout" || dropout > 0),
  );
  const without = (...left: Part[]) => parts.filter((part) => !left.includes(part));
  const unused = parts.filter((part) => !used.includes(part));
  if (used.join() === without(...unused).join()) return "before";
  const after = (["linear", "activation", "norm", "dropout"] as const).filter((part) => used.includes(part));
  return used.join() === after.join() ? "after" : undefined;
}
