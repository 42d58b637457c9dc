import type { Tensor } from "../../../tensor/index.ts";
import { type InplaceOption, leadingSetting } from "../../checks.ts";
import { checkSlopes, highestSlope, lowestSlope, type RReLURange, rrelu } from "../../functional/activation/rrelu.ts";
import { formatFloat } from "../../print/format.ts";
import { Inplace } from "./inplace.ts";

export interface RReLUOptions extends RReLURange, InplaceOption {}

/**
 * ReLU whose slope for each negative value is drawn from `lower` (default 1/8) to `upper` (default
 * 1/3) in training, and is their mean in eval. https://arxiv.org/abs/1505.00853,
 * https://pytorch.org/docs/stable/generated/torch.nn.RReLU.html
 * @throws RangeError if `lower` is above `upper`
 */
export class RReLU extends Inplace {
  readonly lower: number;
  readonly upper: number;

  constructor(lower?: number | RReLUOptions, upper?: number, options?: InplaceOption) {
    const owner = new.target.name;
    const rest = upper === undefined ? options : { upper, ...options };
    const settings = leadingSetting<RReLUOptions>(owner, ["lower", "upper", "inplace"], lower, rest);
    super(settings);
    const { lower: low = lowestSlope, upper: high = highestSlope } = settings;
    checkSlopes(owner, low, high);
    this.lower = low;
    this.upper = high;
  }

  override forward(input: Tensor): Tensor {
    return rrelu(input, { lower: this.lower, upper: this.upper, training: this.training });
  }

  protected override settings(): string[] {
    return [`lower=${formatFloat(this.lower)}`, `upper=${formatFloat(this.upper)}`];
  }
}
