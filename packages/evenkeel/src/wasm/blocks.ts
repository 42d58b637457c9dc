/**
 * Arrays in a memory are whole vectors, and so are the gaps behind them: kernels may run over an
 * array's end to the next multiple.
 */
export const alignment = 16;

export const pageBytes = 65_536;

export const roundUp = (bytes: number, multiple = alignment): number => Math.ceil(bytes / multiple) * multiple;

/** The bytes of an array, including the gap after it. */
export const blockBytes = (bytes: number): number => Math.max(roundUp(bytes), alignment);
