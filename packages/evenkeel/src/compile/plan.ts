/** Bytes that are needed from one step of a program through another, both included. */
export interface Lifetime {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

export interface MemoryPlan {
  /** Where each lifetime's bytes begin, in the order given. */
  readonly offsets: readonly number[];
  readonly bytes: number;
}

/**
 * Gives every lifetime a place such that no two that overlap in time overlap in space. Large ones first, each at the
 * lowest place that is free: simple, and close to the bound for the nested lifetimes of forward and backward.
 */
export function planMemory(lifetimes: readonly Lifetime[], alignment = 16): MemoryPlan {
  const offsets = new Array<number>(lifetimes.length).fill(0);
  const order = lifetimes.map((_, i) => i).sort((a, b) => lifetimes[b].bytes - lifetimes[a].bytes || a - b);
  const placed: number[] = [];
  let bytes = 0;
  for (const i of order) {
    const { bytes: size, first, last } = lifetimes[i];
    const rivals = placed
      .filter((j) => lifetimes[j].first <= last && lifetimes[j].last >= first)
      .sort((a, b) => offsets[a] - offsets[b]);
    let offset = 0;
    for (const j of rivals) {
      if (offsets[j] - offset >= size) break;
      offset = Math.max(offset, Math.ceil((offsets[j] + lifetimes[j].bytes) / alignment) * alignment);
    }
    offsets[i] = offset;
    bytes = Math.max(bytes, offset + size);
    placed.push(i);
  }
  return { offsets, bytes };
}
