import type * as nn from "../../nn/index.ts";

/**
 * Digest of what a network is made of: its layers with their settings as they print, and the names
 * and shapes of its state. Weights have no part in it. 16 hexadecimal digits: two FNV-1a hashes of
 * 32 bits, the second of the text turned round.
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
