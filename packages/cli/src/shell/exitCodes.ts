/** The exit codes of the process. */
export const exitCodes = { finished: 0, failed: 1, misuse: 2, interrupted: 130 } as const;
