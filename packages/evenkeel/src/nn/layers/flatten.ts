import type { Tensor } from "../../tensor/index.ts";
import { checkDim, requireTensor } from "../checks.ts";
import { Module } from "../module.ts";

/** Makes one dimension of those from startDim (default 1) to endDim (default -1): [N, C, L] -> [N, C * L]. */
export class Flatten extends Module {
  readonly startDim: number;
  readonly endDim: number;

  constructor(startDim = 1, endDim = -1) {
    super();
    checkDim("Flatten", startDim, "startDim");
    checkDim("Flatten", endDim, "endDim");
    this.startDim = startDim;
    this.endDim = endDim;
  }

  override forward(input: Tensor): Tensor {
    requireTensor("Flatten", "input", input);
    return input.flatten(this.startDim, this.endDim);
  }

  override extraRepr(): string {
    return `start_dim=${this.startDim}, end_dim=${this.endDim}`;
  }
}
