import {
  flag,
  type GivenOptions,
  numberAbove,
  optional,
  orElse,
  refuse,
  resolveOptions,
  wrongType,
  wrongValue,
} from "../core/index.ts";
import { div, noGrad, stack, Tensor, tensor } from "../tensor/index.ts";

const clipOptions = {
  /** The p of the p-norm; Infinity takes the largest magnitude (2). */
  normType: optional(orElse(numberAbove(0), Number.POSITIVE_INFINITY), 2),
  /** Throws instead of scaling by a norm that is infinite or NaN (false). */
  errorIfNonfinite: optional(flag(), false),
};

export interface ClipGradNormOptions extends GivenOptions<typeof clipOptions> {}

/**
 * Scales the gradients of `parameters` together, in place, so that their norm as one vector is at
 * most `maxNorm`. Parameters without a gradient are skipped. Returns the norm before clipping, a
 * single number. https://pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html
 * @throws TypeError if the arguments are of the wrong kind
 * @throws RangeError if `maxNorm` is negative or `normType` is not above 0
 * @throws Error with `errorIfNonfinite` and such a norm; the gradients are unchanged after each of
 *   them
 */
export function clipGradNorm(
  parameters: Tensor | Iterable<Tensor>,
  maxNorm: number,
  options: ClipGradNormOptions = {},
): Tensor {
  const { normType, errorIfNonfinite } = resolveOptions("clipGradNorm", options, clipOptions);
  requireLimit("clipGradNorm", "maxNorm", maxNorm);
  const grads = gradientsOf("clipGradNorm", parameters);
  if (grads.length === 0) return tensor(0);
  return noGrad(() => {
    const total = normOf(stack(grads.map((grad) => normOf(grad, normType))), normType);
    if (errorIfNonfinite && !Number.isFinite(total.item())) {
      throw refuse(
        "not-finite",
        "",
        `The total norm of order ${normType} for gradients from parameters is ${total.item()}, so it ` +
          "cannot be clipped. To scale the gradients by it anyway, set errorIfNonfinite to false",
      );
    }
    const scale = div(maxNorm, total.add(1e-6)).clamp({ max: 1 });
    for (const grad of grads) grad.mul_(scale);
    return total;
  });
}

/**
 * Clips each gradient of `parameters`, in place, to [-clipValue, clipValue].
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_value_.html
 * @throws TypeError if the arguments are of the wrong kind
 * @throws RangeError if `clipValue` is negative
 */
export function clipGradValue(parameters: Tensor | Iterable<Tensor>, clipValue: number): void {
  requireLimit("clipGradValue", "clipValue", clipValue);
  const grads = gradientsOf("clipGradValue", parameters);
  noGrad(() => {
    for (const grad of grads) grad.clamp_({ min: -clipValue, max: clipValue });
  });
}

export { clipGradNorm as clipGradNorm_, clipGradValue as clipGradValue_ };

function normOf(x: Tensor, p: number): Tensor {
  return p === Number.POSITIVE_INFINITY ? x.abs().max() : x.norm(p);
}

function requireLimit(caller: string, name: string, value: number): void {
  if (typeof value !== "number") {
    throw wrongType(caller, name, value, "a number");
  }
  if (!(value >= 0)) throw wrongValue(caller, name, value, "a number of at least 0");
}

function gradientsOf(caller: string, parameters: Tensor | Iterable<Tensor>): Tensor[] {
  if (!(parameters instanceof Tensor) && typeof parameters?.[Symbol.iterator] !== "function") {
    throw wrongType(caller, "parameters", parameters, "a Tensor or an iterable of Tensors");
  }
  const list = parameters instanceof Tensor ? [parameters] : [...parameters];
  return list.flatMap((param, index) => {
    if (!(param instanceof Tensor)) {
      throw wrongType(caller, `parameter ${index}`, param, "a Tensor");
    }
    return param.grad === null ? [] : [param.grad];
  });
}
