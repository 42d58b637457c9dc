import type { Scoreboard } from "../evaluate/scoreboard.ts";
import type { Ranks } from "./ranks.ts";

/**
 * Adds up the scores of all ranks, in their order, so that all have the same bytes; and agrees on
 * the signal.
 * @param failed whether this rank found something wrong
 * @returns whether any rank did
 */
export function gatherScores(ranks: Ranks, board: Scoreboard<string>, failed = false): boolean {
  const all = ranks.gather(Float64Array.of(failed ? 1 : 0, ranks.vote(), ...board.state()));
  board.merge(all.map((numbers) => numbers.subarray(2)));
  ranks.count(all.reduce((votes, numbers) => votes + numbers[1], 0));
  return all.some(([failed]) => failed > 0);
}
