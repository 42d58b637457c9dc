import type { Module } from "../packages/evenkeel/src/nn/index.ts";
import { noGrad, randn } from "../packages/evenkeel/src/tensor/index.ts";

/** A layer with weights and running statistics that are none that it began with. */
export function trained<M extends Module>(net: M): M {
  noGrad(() => {
    for (const [name, value] of Object.entries(net.stateDict())) {
      if (value.ndim === 0) continue;
      const noise = randn(value.shape).to(value.dtype);
      value.copy_(name.endsWith("running_var") ? noise.abs().add(0.1) : value.add(noise.mul(0.3)));
    }
  });
  return net;
}
