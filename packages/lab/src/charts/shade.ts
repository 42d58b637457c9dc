/** The strongest shade; text on it is still readable. See shade.test.ts. */
export const strongest = 0.42;

/** How much of --good lies over the surface for a share from 0 (nothing) to 1 (all). */
export function opacityOf(share: number): number {
  return strongest * Math.min(1, Math.max(0, share));
}

/** The same as a background. One hue from pale to strong: no two colours have to be told apart. */
export function shadeOf(share: number): string {
  return `color-mix(in srgb, var(--good) ${(100 * opacityOf(share)).toFixed(1)}%, transparent)`;
}
