import { formatShape, mismatch, refuse, sizeOf, wrongShape } from "../../core/index.ts";
import * as ops from "../../ops/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { requireTensor } from "../checks.ts";

/**
 * input * weight^T + bias, over the last dimension: input [..., in], weight [out, in], bias [out]
 * -> [..., out]. https://pytorch.org/docs/stable/generated/torch.nn.functional.linear.html
 * @throws RangeError if the last dimension of the input is not what the weight expects
 */
export function linear(input: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  const leading = checkLinear(input, weight, bias);
  const [outFeatures, inFeatures] = weight.shape;
  const rows = leading.length === 1 ? input : input.reshape([sizeOf(leading), inFeatures]);
  const output = bias === null ? ops.matmul(rows, weight, { transposeB: true }) : ops.linear(rows, weight, bias);
  return leading.length === 1 ? output : output.reshape([...leading, outFeatures]);
}

/** Gives the leading dimensions of the input. */
function checkLinear(input: Tensor, weight: Tensor, bias: Tensor | null): readonly number[] {
  requireTensor("linear", "input", input);
  requireTensor("linear", "weight", weight);
  if (bias !== null) requireTensor("linear", "bias", bias);
  if (weight.ndim !== 2) {
    throw wrongShape("linear", "weight", weight.shape, "2 dimensions [out, in]");
  }
  if (input.ndim === 0) {
    throw mismatch("wrong-shape", "linear", "input is a single value", `[..., ${weight.shape[1]}]`, "reshape it");
  }
  const features = input.shape[input.ndim - 1];
  if (features !== weight.shape[1]) {
    throw refuse(
      "wrong-shape",
      "linear",
      `input ${formatShape(input.shape)} has ${features} features in its last dimension, but the ` +
        `weight ${formatShape(weight.shape)} expects ${weight.shape[1]}`,
      `change the input, or make the layer with ${features} inputs`,
    );
  }
  if (bias !== null && (bias.ndim !== 1 || bias.shape[0] !== weight.shape[0])) {
    throw wrongShape("linear", "bias", bias.shape, `[${weight.shape[0]}]`);
  }
  return input.shape.slice(0, -1);
}
