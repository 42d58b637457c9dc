import { setTimeout } from "node:timers/promises";
import { failedRank } from "evenkeel/train";
import type { Output } from "../terminal.ts";
import { joinedRanks } from "./join.ts";
import type { Launched } from "./launched.ts";

/** Milliseconds in which the first rank, if it fails as well, ends the others. */
const patience = 5000;

/**
 * Shows why a command failed on one of several ranks, so that it is said once: by the rank that
 * failed, or by the first if all did. What nobody has agreed on ends the processes of all ranks,
 * because they may wait for this one.
 */
export async function showFailure(text: string, output: Output, { rank }: Launched): Promise<void> {
  const own = rank === 0 ? text : `rank ${rank}: ${text}`;
  const ranks = joinedRanks();
  if (ranks === undefined) {
    // All read the same command line. If this one fails alone, it says so.
    if (rank > 0) await setTimeout(patience);
    output.writeError(own);
    return;
  }
  const failed = failedRank();
  if (failed === undefined) ranks.abort(text.trimEnd());
  if (failed === rank) output.writeError(own);
  ranks.finish();
}

/** All ranks have come to the end of their command. */
export function endRanks(): void {
  joinedRanks()?.finish();
}
