/**
 * Counts what happens to tensors beside their values: another memory, a gradient recorded or no more, a hook. Whoever has
 * looked at many tensors need not look again while the count is the same.
 */
export const tensorChanges = { count: 0 };
