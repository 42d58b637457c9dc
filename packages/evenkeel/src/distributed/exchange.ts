import { checkOptions, checkValue, guard, oneOf, refuse, wholeNumber, wrongType } from "../core/index.ts";
import * as ops from "../ops/collective/index.ts";
import { noGrad, Tensor } from "../tensor/index.ts";
import { groupFor } from "./group.ts";

/**
 * Exchanges of tensors between the ranks. All ranks make the same calls in the same order, with
 * tensors of the same shape and dtype; compiled steps repeat them at every run.
 */

export interface AllReduceOptions {
  /** How the elements of all ranks are combined. Default "sum". */
  readonly op?: ops.Reduction | undefined;
}

/**
 * Replaces the elements of `tensor` by their sums, minima or maxima over all ranks, and returns it.
 * No gradient flows through it. https://pytorch.org/docs/stable/distributed.html#torch.distributed.all_reduce
 * @throws TypeError for whole numbers and bools @throws Error without a process group
 */
export function allReduce(tensor: Tensor, options: AllReduceOptions = {}): Tensor {
  const group = groupOf("allReduce", tensor);
  checkOptions("allReduce", options, ["op"]);
  const { op = "sum" } = options;
  checkValue("allReduce", "op", op, oneOf(["sum", "min", "max"]));
  if (!tensor.isFloatingPoint) {
    throw refuse("wrong-dtype", "allReduce", `the tensor is ${tensor.dtype}`, "convert it with .double()");
  }
  if (group.size === 1) return tensor;
  return noGrad(() => tensor.copy_(ops.allReduce<Tensor>(tensor, { group, reduction: op })));
}

/**
 * Replaces the elements of `tensor` on every rank by those of rank `root`, and returns it.
 * https://pytorch.org/docs/stable/distributed.html#torch.distributed.broadcast
 * @throws RangeError if there is no such rank @throws Error without a process group
 */
export function broadcast(tensor: Tensor, root = 0): Tensor {
  const group = groupOf("broadcast", tensor);
  checkValue("broadcast", "root", root, wholeNumber(0, group.size - 1));
  if (group.size > 1) ops.broadcast<Tensor>(tensor, { group, root });
  return tensor;
}

/**
 * The tensors of all ranks, in their order. No gradient flows through it.
 * https://pytorch.org/docs/stable/distributed.html#torch.distributed.all_gather
 * @throws RangeError if they have different sizes @throws Error without a process group
 */
export function allGather(tensor: Tensor): Tensor[] {
  const group = groupOf("allGather", tensor);
  const all = noGrad(() => ops.allGather<Tensor>(tensor, { group }));
  return Array.from({ length: group.size }, (_, rank) => all.select(0, rank));
}

function groupOf(caller: string, tensor: unknown): ops.ProcessGroup {
  if (!(tensor instanceof Tensor)) throw wrongType(caller, "the argument", tensor, "a Tensor");
  guard(ops.ranks, ["group"]);
  return groupFor(caller);
}
