/** The ends of an axis. */
export type Range = [least: number, most: number];

/** The ends of an axis with some room, given the least and the most of the values; null if there are none. */
export function linearRange(least: number | null, most: number | null): Range {
  if (least === null || most === null) return [0, 1];
  const room = 0.05 * (most - least) || 0.1 * Math.abs(most) || 1;
  // An axis that nearly reaches 0 begins there.
  return [least >= 0 && least < 0.3 * most ? 0 : least - room, most + room];
}

/** The same for a logarithmic axis: at least half a power of ten, so that noise does not look like a cliff. */
export function logRange(least: number | null, most: number | null): Range {
  if (least === null || most === null || !(least > 0)) return [0.1, 1];
  const [low, high] = [Math.log10(least), Math.log10(most)];
  const missing = Math.max(0, 0.5 - (high - low)) / 2;
  return [10 ** (low - missing - 0.05), 10 ** (high + missing + 0.05)];
}

/** The ticks of a logarithmic axis: powers of ten, few enough to be read; on a short axis 2 and 5 as well. */
export function logTicks(least: number, most: number): number[] {
  const [first, last] = [Math.floor(Math.log10(least)), Math.floor(Math.log10(most))];
  const powers = last - Math.ceil(Math.log10(least)) + 1;
  const factors = powers > 3 ? [1] : [1, 2, 5];
  const every = Math.max(1, Math.ceil(powers / 8));
  const ticks: number[] = [];
  for (let power = first; power <= last; power++) {
    if (power % every !== 0) continue;
    for (const factor of factors) ticks.push(Number(`${factor}e${power}`));
  }
  return ticks.filter((tick) => tick >= least && tick <= most);
}

/**
 * Where an axis of errors ends, from 0: above nine tenths of the values with room, so that the first
 * steps, which may be off by hundreds, do not flatten all that follows. Undefined without values.
 */
export function errorRange(curves: readonly (readonly number[])[]): Range | undefined {
  const values = curves.flatMap((curve) => curve.filter(Number.isFinite)).sort((a, b) => a - b);
  if (values.length === 0) return undefined;
  const usual = values[Math.floor(0.9 * (values.length - 1))];
  const most = Math.min(values[values.length - 1], 1.5 * usual);
  return [0, 1.05 * most || 1];
}

/** The ticks of a linear axis: round numbers, about so many. */
export function linearTicks(least: number, most: number, about: number): number[] {
  const wanted = (most - least) / Math.max(1, about);
  if (!(wanted > 0) || !Number.isFinite(wanted)) return Number.isFinite(least) ? [least] : [];
  const power = Math.floor(Math.log10(wanted));
  const factor = [1, 2, 5].find((one) => one * 10 ** power >= wanted) ?? 10;
  // As text: 3 times 0.1 has digits that nobody wants to read.
  const at = (i: number) => Number(`${i * factor}e${power}`);
  const [first, last] = [Math.ceil(least / at(1)), Math.floor(most / at(1))];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => at(first + i));
}
