/** Disjoint parts of memory in ascending order, neighbours merged: start, end, start, end. */
type Parts = number[];

/**
 * The occupied memory over time. A segment tree: an interval from `first` through `last` consists
 * of a few nodes, at most twice the logarithm of all times, and each node knows the parts of memory
 * that are occupied during all of its time, and during any of it. Memory that is filled from below
 * is occupied in few parts, so that a query is fast.
 */
export class Occupied {
  /** A power of 2; the leaf of time t is node `#leaves + t`, the parent of node n is n / 2. */
  readonly #leaves: number;
  readonly #throughout: Parts[];
  readonly #sometime: Parts[];

  constructor(times: number) {
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(1, times)));
    this.#throughout = Array.from({ length: 2 * this.#leaves }, () => []);
    this.#sometime = Array.from({ length: 2 * this.#leaves }, () => []);
  }

  /** Occupies the bytes from `start` to `end` (excluded) from one time through another. */
  take(start: number, end: number, first: number, last: number): void {
    for (const node of this.#cover(first, last)) {
      insert(this.#throughout[node], start, end);
      insert(this.#sometime[node], start, end);
    }
    for (const node of this.#above(first, last)) insert(this.#sometime[node], start, end);
  }

  /** The lowest start of `size` bytes that are free from one time through another. */
  lowestGap(size: number, first: number, last: number): number {
    const taken = this.#cover(first, last).map((node) => this.#sometime[node]);
    taken.push(...[...this.#above(first, last)].map((node) => this.#throughout[node]));
    const lists = taken.filter((parts) => parts.length > 0);
    const next = lists.map(() => 0);
    let offset = 0;
    for (;;) {
      let start = Number.POSITIVE_INFINITY;
      for (const [i, parts] of lists.entries()) {
        // Past what lies below the offset.
        while (next[i] < parts.length && parts[next[i] + 1] <= offset) next[i] += 2;
        if (next[i] < parts.length) start = Math.min(start, parts[next[i]]);
      }
      if (start - offset >= size) return offset;
      for (const [i, parts] of lists.entries()) {
        if (next[i] < parts.length && parts[next[i]] < offset + size) offset = Math.max(offset, parts[next[i] + 1]);
      }
    }
  }

  /** The nodes that make up the interval. */
  #cover(first: number, last: number): number[] {
    const nodes: number[] = [];
    let [low, high] = [first + this.#leaves, last + this.#leaves + 1];
    for (; low < high; low >>= 1, high >>= 1) {
      if (low & 1) nodes.push(low++);
      if (high & 1) nodes.push(--high);
    }
    return nodes;
  }

  /** The nodes that overlap the interval and extend beyond it. */
  #above(first: number, last: number): Set<number> {
    const nodes = new Set<number>();
    for (const node of this.#cover(first, last)) {
      for (let above = node >> 1; above > 0 && !nodes.has(above); above >>= 1) nodes.add(above);
    }
    return nodes;
  }
}

function insert(parts: Parts, start: number, end: number): void {
  // The first part that ends at the start or later, by binary search.
  let [low, high] = [0, parts.length / 2];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (parts[2 * middle + 1] < start) low = middle + 1;
    else high = middle;
  }
  let stop = low;
  let [from, to] = [start, end];
  for (; 2 * stop < parts.length && parts[2 * stop] <= to; stop++) {
    from = Math.min(from, parts[2 * stop]);
    to = Math.max(to, parts[2 * stop + 1]);
  }
  parts.splice(2 * low, 2 * (stop - low), from, to);
}
