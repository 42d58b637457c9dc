import { Ranks, togetherAsync } from "./ranks.ts";

/**
 * Does work of each rank alone, such as reading a file, and agrees on how it ended: if it failed on
 * some rank, every rank throws, the first of those its own error, the others an
 * {@link OtherRankError}. All ranks call it at the same place. With one rank it is the work.
 *
 * @throws errors of the work; `failedRank()` then says whose error it is
 */
export async function agreeOn<T>(work: () => T | Promise<T>): Promise<T> {
  return togetherAsync(Ranks.of(undefined), work);
}

/**
 * Checks that all ranks have the same, such as the digest of a table that each has read.
 * @param what names it: "table"
 * @throws Error on every rank if one has something else
 */
export function sameOnAllRanks(what: string, own: string, cure: string): void {
  Ranks.of(undefined)?.same(what, own, cure);
}
