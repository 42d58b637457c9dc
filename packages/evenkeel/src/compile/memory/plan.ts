import { Occupied } from "./occupied.ts";

/** Bytes that are in use from one step of a program through another, both included. */
export interface Lifetime {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

interface MemoryPlan {
  /** The start of each lifetime's bytes, in the given order. */
  readonly offsets: readonly number[];
  readonly bytes: number;
}

/**
 * Gives every lifetime an offset such that no two that overlap in time overlap in space. Large ones
 * first, each at the lowest free offset: simple, and close to the bound for the nested lifetimes of
 * forward and backward.
 */
export function planMemory(lifetimes: readonly Lifetime[], alignment = 16): MemoryPlan {
  const offsets = new Array<number>(lifetimes.length).fill(0);
  const order = lifetimes.map((_, i) => i).sort((a, b) => lifetimes[b].bytes - lifetimes[a].bytes || a - b);
  const occupied = new Occupied(lifetimes.reduce((latest, { last }) => Math.max(latest, last), 0) + 1);
  let bytes = 0;
  for (const i of order) {
    const { bytes: size, first, last } = lifetimes[i];
    // Empty lifetimes overlap nothing.
    if (size === 0) continue;
    const offset = occupied.lowestGap(size, first, last);
    occupied.take(offset, Math.ceil((offset + size) / alignment) * alignment, first, last);
    offsets[i] = offset;
    bytes = Math.max(bytes, offset + size);
  }
  return { offsets, bytes };
}
