import type * as nn from "../../nn/index.ts";

/**
 * Digest of a network's structure: its layers with their settings as printed, and the names and
 * shapes of its state, but not its weights. 16 hexadecimal digits: two 32-bit FNV-1a hashes, the
 * second of the reversed text.
 */
export function fingerprint(network: nn.AnyModule): string {
  const state = Object.entries(network.stateDict()).map(([name, { shape }]) => `${name}[${shape}]`);
  const text = `${network}\n${state.join(" ")}`;
  return [text, [...text].reverse().join("")].map(fnv1a).join("");
}

/** http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, "0");
}
