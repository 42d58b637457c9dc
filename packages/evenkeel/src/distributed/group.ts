import { refuseInStep, wrongState, wrongType } from "../core/index.ts";
import { type Communicator, ProcessGroup, ranks } from "../ops/collective/index.ts";

/** The process group of this process, under PyTorch's names: https://pytorch.org/docs/stable/distributed.html */

const methods = ["allReduce", "broadcast", "allGather", "gather", "barrier", "abort"] as const;

/**
 * Makes this process a rank of a group. All ranks call it, before they make a
 * DistributedDataParallel.
 * @throws TypeError if it is no Communicator @throws Error if there is a group already
 */
export function init(communicator: Communicator): void {
  refuseInStep("distributed.init()", "call it before the step");
  const { rank, size } = (communicator ?? {}) as Partial<Communicator>;
  const isWhole = Number.isSafeInteger(rank) && Number.isSafeInteger(size) && (rank as number) >= 0;
  if (typeof communicator !== "object" || !isWhole || (rank as number) >= (size as number)) {
    throw wrongType("distributed.init", "the communicator", communicator, "a Communicator with a rank and a size");
  }
  for (const method of methods) {
    if (typeof communicator[method] === "function") continue;
    throw wrongType("distributed.init", `${method} of the communicator`, communicator[method], "a function");
  }
  if (ranks.group !== null) {
    throw wrongState(
      "distributed.init",
      `this process is rank ${ranks.group.rank} of a group of ${ranks.group.size} already`,
      "call distributed.destroyProcessGroup() first",
    );
  }
  ranks.group = new ProcessGroup(communicator);
}

/** Whether this process is a rank of a group. */
export function isInitialized(): boolean {
  return ranks.group !== null;
}

/** The number of this process in its group, from 0. @throws Error without a group */
export function getRank(): number {
  return groupFor("getRank").rank;
}

/** How many ranks the group has. @throws Error without a group */
export function getWorldSize(): number {
  return groupFor("getWorldSize").size;
}

/** What the group communicates by. @throws Error without a group */
export function getCommunicator(): Communicator {
  return groupFor("getCommunicator").communicator;
}

/** Returns when all ranks have called it. @throws Error without a group */
export function barrier(): void {
  refuseInStep("distributed.barrier()", "call it between two steps");
  groupFor("barrier").communicator.barrier();
}

/** Leaves the group. The communicator stays as it is: whoever made it closes it. */
export function destroyProcessGroup(): void {
  refuseInStep("distributed.destroyProcessGroup()", "call it after the step");
  ranks.group = null;
}

/** The group. @throws Error without one */
export function groupFor(caller: string): ProcessGroup {
  if (ranks.group !== null) return ranks.group;
  throw wrongState(`distributed.${caller}`, "there is no process group", "call distributed.init(communicator) first");
}
