import { notHere } from "../../core/index.ts";

/**
 * Names of torch.nn.utils that this library lacks; see nn/notHere.ts. They are in PyTorch's
 * spelling, as a port has them.
 */

const vectors = "flatten each and cat them: cat(net.parameters().map((p) => p.flatten()))";
const reparametrized = "compute the weight in forward, from a Parameter of your own";

/** @deprecated It is not here. */
export const clip_grad_norm_: never = /* @__PURE__ */ notHere("nn.utils.clip_grad_norm_", "use optim.clipGradNorm");
/** @deprecated It is not here. */
export const clip_grad_value_: never = /* @__PURE__ */ notHere("nn.utils.clip_grad_value_", "use optim.clipGradValue");
/** @deprecated It is not here. */
export const clipGradNorm: never = /* @__PURE__ */ notHere("nn.utils.clipGradNorm", "use optim.clipGradNorm");
/** @deprecated It is not here. */
export const clipGradValue: never = /* @__PURE__ */ notHere("nn.utils.clipGradValue", "use optim.clipGradValue");
/** @deprecated It is not here. */
export const fuse_conv_bn_eval: never = /* @__PURE__ */ notHere(
  "nn.utils.fuse_conv_bn_eval",
  "write nn.utils.fuseConvBatchNorm",
);
/** @deprecated It is not here. */
export const fuse_linear_bn_eval: never = /* @__PURE__ */ notHere(
  "nn.utils.fuse_linear_bn_eval",
  "write nn.utils.fuseLinearBatchNorm",
);
/** @deprecated It is not here. */
export const parameters_to_vector: never = /* @__PURE__ */ notHere("nn.utils.parameters_to_vector", vectors);
/** @deprecated It is not here. */
export const spectral_norm: never = /* @__PURE__ */ notHere("nn.utils.spectral_norm", reparametrized);
/** @deprecated It is not here. */
export const vector_to_parameters: never = /* @__PURE__ */ notHere(
  "nn.utils.vector_to_parameters",
  "split the vector by numel() and copy_ each part, reshaped",
);
/** @deprecated It is not here. */
export const weight_norm: never = /* @__PURE__ */ notHere("nn.utils.weight_norm", reparametrized);
