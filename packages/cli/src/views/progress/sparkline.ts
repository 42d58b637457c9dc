const steps = "▁▂▃▄▅▆▇█";

/**
 * Values as a small drawing of at most `width` characters: the means of equal parts, scaled from
 * the lowest to the highest; in logarithms if a linear scale would be flat after its beginning. NaN
 * is a gap.
 */
export function sparkline(values: readonly number[], width: number): string {
  const parts = Math.min(width, values.length);
  const means = Array.from({ length: parts }, (_, part) => {
    const [start, end] = [part, part + 1].map((edge) => Math.round((edge * values.length) / parts));
    const known = values.slice(start, end).filter(Number.isFinite);
    return known.length === 0 ? Number.NaN : known.reduce((sum, value) => sum + value, 0) / known.length;
  });
  const known = means.filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const along = low > 0 && high > 8 * low ? Math.log : (value: number) => value;
  return means
    .map((value) => {
      if (!Number.isFinite(value)) return " ";
      const share = high === low ? 0 : (along(value) - along(low)) / (along(high) - along(low));
      return steps[Math.round(share * (steps.length - 1))];
    })
    .join("");
}
