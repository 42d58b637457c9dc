import { notHere, notHereNamespace } from "../core/index.ts";

/**
 * Names of torch.optim that this library lacks; see nn/notHere.ts. Own optimizers are subclasses of
 * Optimizer: docs/06-optimizers.md.
 */

/** @deprecated It is not here. */
export const ASGD: never = /* @__PURE__ */ notHere(
  "optim.ASGD",
  "use optim.SGD, and average the weights yourself; or derive from optim.Optimizer",
);
/** @deprecated It is not here. */
export const Adadelta: never = /* @__PURE__ */ notHere(
  "optim.Adadelta",
  "use optim.Adam; or derive from optim.Optimizer",
);
/** @deprecated It is not here. */
export const Adagrad: never = /* @__PURE__ */ notHere(
  "optim.Adagrad",
  "use optim.Adam; or derive from optim.Optimizer",
);
/** @deprecated It is not here. */
export const Adamax: never = /* @__PURE__ */ notHere("optim.Adamax", "use optim.Adam; or derive from optim.Optimizer");
/** @deprecated It is not here. */
export const LBFGS: never = /* @__PURE__ */ notHere("optim.LBFGS", "use optim.Adam; or derive from optim.Optimizer");
/** @deprecated It is not here. */
export const NAdam: never = /* @__PURE__ */ notHere("optim.NAdam", "use optim.Adam; or derive from optim.Optimizer");
/** @deprecated It is not here. */
export const RAdam: never = /* @__PURE__ */ notHere("optim.RAdam", "use optim.AdamW; or derive from optim.Optimizer");
/** @deprecated It is not here. */
export const RMSprop: never = /* @__PURE__ */ notHere(
  "optim.RMSprop",
  "use optim.Adam, which adds momentum and bias correction; or derive from optim.Optimizer",
);
/** @deprecated It is not here. */
export const Rprop: never = /* @__PURE__ */ notHere("optim.Rprop", "use optim.Adam; or derive from optim.Optimizer");
/** @deprecated It is not here. */
export const SparseAdam: never = /* @__PURE__ */ notHere(
  "optim.SparseAdam",
  "use optim.Adam: all gradients are dense here; or derive from optim.Optimizer",
);
/** @deprecated It is lrScheduler here. */
export const lr_scheduler: never = /* @__PURE__ */ notHereNamespace("optim.lr_scheduler", "write optim.lrScheduler");
