import * as ops from "../../ops/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Task } from "../schema/schema.ts";
import { meanOf } from "./layers.ts";

/**
 * The one output of a network of several members, [N, members, outputs] -> [N, outputs]: what it
 * gives in eval mode. For regression the mean of their values. For classes their probabilities are
 * averaged: the result is the logit of the mean probability (binary) or the logarithm of the mean
 * probabilities (multiclass), so that cross entropy of it is the log loss of the mean, and
 * `Preprocessing.decode` gives the mean.
 *
 * @example
 * const each = net(x); // in training, [N, members, outputs]
 * const predictions = preprocessing.decode(combineMembers(each.detach(), schema.task));
 * @throws RangeError if the output has another number of dimensions
 */
export function combineMembers(output: Tensor, task: Task): Tensor {
  return ops.ensembleMean<Tensor>(output, { of: meanOf[task] });
}
