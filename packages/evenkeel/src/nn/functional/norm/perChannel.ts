import { formatShape, refuse, wrongShape } from "../../../core/index.ts";
import { requireFloat, requireSameDtype } from "../../../ops/shapes.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { requireTensor } from "../../checks.ts";

/**
 * Checks an input [N, C, ...] and what it has one value per channel of: scale and shift, running
 * statistics. Those that are null are left out.
 * @throws TypeError if a dtype differs @throws RangeError if a shape does not fit
 */
export function checkPerChannel(owner: string, input: Tensor, values: Readonly<Record<string, Tensor | null>>): void {
  requireTensor(owner, "input", input);
  requireFloat(owner, "input", input);
  if (input.ndim < 2) {
    throw wrongShape(owner, "input", input.shape, "[N, C, ...]");
  }
  const channels = input.shape[1];
  for (const [name, value] of Object.entries(values)) {
    if (value === null) continue;
    requireTensor(owner, name, value);
    if (value.ndim !== 1 || value.shape[0] !== channels) {
      throw wrongShape(
        owner,
        name,
        value.shape,
        `[${channels}], one value per channel of the input ${formatShape(input.shape)} (dimension 1)`,
      );
    }
    requireSameDtype(owner, input, "input", value, name);
  }
}

/** Running statistics come together. @throws TypeError for one without the other */
export function checkBothOrNeither(owner: string, runningMean: Tensor | null, runningVar: Tensor | null): void {
  if ((runningMean === null) === (runningVar === null)) return;
  throw refuse("missing", owner, "only one of runningMean and runningVar is given", "give both, or neither");
}
