import type { Composition } from "./composition.ts";

/**
 * A fault that is known and not yet mended: what has to do with it is left out of the hunt. Empty
 * is what it should be.
 */
export interface KnownFault {
  readonly what: string;
  readonly concerns: (composition: Composition) => boolean;
}

export const knownFaults: readonly KnownFault[] = [];
