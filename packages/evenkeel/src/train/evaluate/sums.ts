/** The sums, place by place, of numbers of several ranks. */
export function sumsOf(states: readonly Float64Array[]): Float64Array {
  const sums = new Float64Array(states[0].length);
  for (const state of states) for (let i = 0; i < sums.length; i++) sums[i] += state[i];
  return sums;
}
