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
  if (reduction === "sum" && sources.length <= 4) {
    const sum = into instanceof Float32Array ? sumOfSingles : sumOfDoubles;
    sum(into, sources);
    return;
  }
  for (let start = 0; start < into.length; start += block) {
    const count = Math.min(block, into.length - start);
    const [first, ...others] = sources;
    for (let i = 0; i < count; i++) sums[i] = first[start + i];
    for (const source of others) steps[reduction](source, start, count);
    for (let i = 0; i < count; i++) into[start + i] = sums[i];
  }
}

/** Sums of few arrays take a third of the time without sums in between. */
function sumOfFew() {
  return (into: Floats, [a, b, c, d]: readonly Floats[]): void => {
    const { length } = into;
    if (b === undefined) into.set(a);
    else if (c === undefined) for (let i = 0; i < length; i++) into[i] = a[i] + b[i];
    else if (d === undefined) for (let i = 0; i < length; i++) into[i] = a[i] + b[i] + c[i];
    else for (let i = 0; i < length; i++) into[i] = a[i] + b[i] + c[i] + d[i];
  };
}

/** One for each type: V8 makes slower code of a loop that sees both. */
const [sumOfSingles, sumOfDoubles] = [sumOfFew(), sumOfFew()];

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
