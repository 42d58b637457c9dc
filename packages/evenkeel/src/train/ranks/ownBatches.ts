import { wrongState } from "../../core/index.ts";
import type { Loader, RowBatch } from "../batches.ts";
import type { Model } from "../modelState.ts";
import { agreed } from "./agreed.ts";
import type { Ranks } from "./ranks.ts";

/**
 * The network of a DistributedDataParallel, whose ranks have batches of their own; undefined for
 * another model. It is known by a method, so that pages without one do not ship it.
 */
export function networkOfRanks(model: Model): Model | undefined {
  const { noSync, module } = model as { readonly noSync?: unknown; readonly module?: Model };
  return typeof noSync === "function" ? module : undefined;
}

/**
 * The batches of this rank. Before each the ranks agree that all of them have one, and on the
 * signal.
 * @throws Error, on all ranks, if some have fewer batches than others
 */
export function* inStep<T>(ranks: Ranks, batches: Iterable<T>): Generator<T, void, undefined> {
  let count = 0;
  for (const batch of batches) {
    checkAlike(ranks, ranks.sumOf(false), count);
    if (ranks.signal.aborted) return;
    count++;
    yield batch;
  }
  checkAlike(ranks, ranks.sumOf(true), count);
}

/** Batches of which every rank has rows of its own. */
export function* sharedBatches(
  loader: Loader,
  sharesOf: (batch: number) => readonly number[] | undefined,
): Generator<RowBatch, void, undefined> {
  let batch = 0;
  for (const tensors of loader) yield { tensors, rows: tensors[0].shape[0], joined: false, shares: sharesOf(batch++) };
}

/** @param finished how many ranks have no further batch */
function checkAlike({ group: { size } }: Ranks, finished: number, count: number): void {
  if (finished === 0 || finished === size) return;
  throw agreed(
    wrongState(
      "fit",
      `in an epoch, ${finished} of ${size} ranks have no batch after the first ${count}, and the others have`,
      "give each rank as many batches: distributed.DistributedSampler with pad, or dropLast",
    ),
    0,
  );
}
