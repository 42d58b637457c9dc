import { distributed, type Tensor } from "evenkeel";

/** How the rows of a batch are divided. */

export const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

/** Those of this rank, of all; without a group all. */
export function ownRows(all: Tensor, division: readonly number[]): Tensor {
  if (!distributed.isInitialized()) return all;
  const rank = distributed.getRank();
  return all.narrow(0, sum(division.slice(0, rank)), division[rank]);
}
