import type { Tensor } from "evenkeel";
import type { Random } from "../random.ts";

/**
 * Code that makes a normalization, beside BatchNorm1d and LayerNorm, for an input of these
 * dimensions.
 */
export function normOf({ shape, ndim }: Tensor, random: Random): string {
  const channels = shape[1] ?? 1;
  const settings = (list: readonly string[]) => {
    const some = random.some(list, 0.3);
    return some.length > 0 ? `, { ${some.join(", ")} }` : "";
  };
  const groups = random.pick([1, channels, 2, 3].filter((count) => channels % count === 0));
  const momentum = random.pick(["momentum: null", "momentum: 0.3"]);
  const places = ndim === 4 ? random.pick([2, 3]) : random.pick([1, 2]);
  const instance = `${shape[ndim === places + 1 ? 0 : 1] ?? 1}${settings([
    "eps: 0.1",
    momentum,
    "affine: true",
    "trackRunningStats: true",
  ])}`;
  const batch = `${channels}${settings(["eps: 0.1", momentum, "affine: false", "trackRunningStats: false"])}`;
  const last = random.chance(0.3) && ndim > 2 ? `[${shape.slice(-2)}]` : (shape.at(-1) ?? 1);
  return `new nn.${random.pick([
    `GroupNorm(${groups || 1}, ${channels}${settings(["eps: 0.1", "affine: false"])})`,
    `RMSNorm(${last}${settings(["eps: 0.1", "elementwiseAffine: false"])})`,
    `LocalResponseNorm(${random.pick([1, 2, 3])}, { alpha: 0.4${random.pick(["", ", beta: 0.5", ", k: 2"])} })`,
    `InstanceNorm${places}d(${instance})`,
    ...(ndim === 4 ? [`BatchNorm2d(${batch})`] : []),
    ...(ndim === 5 ? [`BatchNorm3d(${batch})`] : []),
  ])}`;
}
