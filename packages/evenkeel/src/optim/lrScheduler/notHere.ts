import { notHere } from "../../core/index.ts";

/** Names of torch.optim.lr_scheduler that this library lacks; see nn/notHere.ts. */

/** @deprecated It is not here. */
export const ChainedScheduler: never = /* @__PURE__ */ notHere(
  "optim.ChainedScheduler",
  "step the schedulers one after the other",
);
/** @deprecated It is not here. */
export const ConstantLR: never = /* @__PURE__ */ notHere(
  "optim.ConstantLR",
  "use LinearLR with endFactor equal to startFactor, or LambdaLR",
);
/** @deprecated It is not here. */
export const CosineAnnealingWarmRestarts: never = /* @__PURE__ */ notHere(
  "optim.CosineAnnealingWarmRestarts",
  "use LambdaLR with a function of epoch % period",
);
/** @deprecated It is not here. */
export const CyclicLR: never = /* @__PURE__ */ notHere("optim.CyclicLR", "use OneCycleLR, or LambdaLR");
/** @deprecated It is not here. */
export const MultiplicativeLR: never = /* @__PURE__ */ notHere(
  "optim.MultiplicativeLR",
  "use LambdaLR, with the product of the factors",
);
/** @deprecated It is not here. */
export const PolynomialLR: never = /* @__PURE__ */ notHere(
  "optim.PolynomialLR",
  "use LambdaLR, as in { lrLambda: (epoch) => (1 - Math.min(epoch / 10, 1)) ** 2 }",
);
/** @deprecated It is not here. */
export const SequentialLR: never = /* @__PURE__ */ notHere(
  "optim.SequentialLR",
  "use LambdaLR, or step another scheduler from an epoch on",
);
