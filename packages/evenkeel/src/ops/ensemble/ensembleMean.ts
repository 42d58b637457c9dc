import { defineOp, formatShape, refuse, type Spec, unfused } from "../../core/index.ts";
import { logSigmoid } from "../elementwise/activation.ts";
import { neg, sub } from "../elementwise/elementwise.ts";
import { logsumexp, mean } from "../reduce/reduce.ts";
import { requireFloat } from "../shapes.ts";
import { logSoftmax } from "../softmax/softmax.ts";
import { type EnsembleMeanOf, meanOfMembers } from "./ensembleMean.loops.ts";

export interface EnsembleMeanAttrs {
  /** "sigmoid" and "softmax": the outputs are logits, and their probabilities are averaged. */
  readonly of: EnsembleMeanOf;
}

/**
 * The mean over the members of an ensemble, [N, k, outputs] -> [N, outputs]: of their values, or of
 * the probabilities whose logits they are, as the logits of that mean. Those of "softmax" are the
 * logarithms of the probabilities themselves.
 */
export const ensembleMean = defineOp({
  name: "ensembleMean",
  inputs: ["input"],
  shape: ([x], _: EnsembleMeanAttrs): Spec[] => {
    requireFloat("ensembleMean", "input", x);
    if (x.shape.length !== 3 || x.shape[1] === 0) {
      throw refuse(
        "wrong-shape",
        "ensembleMean",
        `input has shape ${formatShape(x.shape)}, expected [N, members, outputs] with a member at least`,
      );
    }
    return [{ shape: [x.shape[0], x.shape[2]], dtype: x.dtype }];
  },
  reference: ([x], [y], { of }) => meanOfMembers(of, x, y),
  grad: unfused(([x], { of }: EnsembleMeanAttrs) => {
    const members = { dims: [1], keepdim: false };
    if (of === "values") return [mean(x, members)];
    if (of === "sigmoid") return [sub(logsumexp(logSigmoid(x), members), logsumexp(logSigmoid(neg(x)), members))];
    return [sub(logsumexp(logSoftmax(x, { dim: 2 }), members), Math.log(x.shape[1]))];
  }),
});
