import { tensor } from "evenkeel";

/** Tensors and a gradient, without a layer. */
export function run(): unknown {
  const x = tensor([1, 2, 3], { requiresGrad: true });
  x.mul(x).sum().backward();
  return x.grad?.toArray();
}
