import picocolors from "picocolors";
import type { Output } from "../terminal.ts";
import type { Launched } from "./launched.ts";

/**
 * What a rank prints: the first everything, as into a pipe, because a launcher gives its processes a
 * terminal whether or not it writes to one itself; the others nothing. Their errors go by
 * `showFailure`.
 */
export function outputOf(output: Output, launched: Launched | undefined): Output {
  if (launched === undefined) return output;
  const { terminal: _, ...piped } = output;
  const plain = { ...piped, colors: picocolors.createColors(false) };
  return launched.rank === 0 ? plain : { ...plain, write: () => {}, writeError: () => {} };
}
