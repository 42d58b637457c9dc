/**
 * Indices of at most `most` of `count` items, evenly spaced and always the same, for charts that
 * would otherwise have a dot for each of a million rows.
 */
export function sample(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.floor(((i + 0.5) * count) / most));
}
