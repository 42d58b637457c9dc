import type { Reduction } from "./types.ts";

export type Floats = Float32Array | Float64Array;

/** So many doubles stay in the first cache. */
const block = 1024;
const sums = new Float64Array(block);

/**
 * Combines arrays of one length into `into`, which may be one of them. Sums are made in double, in
 * the order of the list, and rounded once. The smallest and the largest are those of
 * Math.min and Math.max: NaN if NaN is among them.
 */
export function combine(into: Floats, sources: readonly Floats[], reduction: Reduction): void {
  for (let start = 0; start < into.length; start += block) {
    const count = Math.min(block, into.length - start);
    const [first, ...others] = sources;
    for (let i = 0; i < count; i++) sums[i] = first[start + i];
    for (const source of others) steps[reduction](source, start, count);
    for (let i = 0; i < count; i++) into[start + i] = sums[i];
  }
}

type Step = (source: Floats, start: number, count: number) => void;

const steps: Readonly<Record<Reduction, Step>> = {
  sum: (source, start, count) => {
    for (let i = 0; i < count; i++) sums[i] += source[start + i];
  },
  min: (source, start, count) => {
    for (let i = 0; i < count; i++) sums[i] = Math.min(sums[i], source[start + i]);
  },
  max: (source, start, count) => {
    for (let i = 0; i < count; i++) sums[i] = Math.max(sums[i], source[start + i]);
  },
};
