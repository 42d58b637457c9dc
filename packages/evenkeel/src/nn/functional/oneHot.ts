import { checkOptions, formatShape } from "../../core/index.ts";
import { requireDtype } from "../../ops/shapes.ts";
import { arange, type Tensor } from "../../tensor/index.ts";
import { requireTensor } from "../checks.ts";
import { positionOf } from "./position.ts";

const optionNames = ["numClasses"];

/**
 * A 1 at each class and 0 elsewhere, int32: [...] -> [..., numClasses]. Without `numClasses` there are as many classes
 * as the largest one asks for. https://pytorch.org/docs/stable/generated/torch.nn.functional.one_hot.html
 * @throws TypeError if the classes are not int32
 * @throws RangeError if a class is negative or not below `numClasses`
 */
export function oneHot(classes: Tensor, options: { numClasses?: number } = {}): Tensor {
  checkOptions("oneHot", options, optionNames);
  const { numClasses } = options;
  requireTensor("oneHot", "classes", classes);
  requireDtype("oneHot", "classes", classes, ["int32"], "convert them with .int()");
  const count = numClasses ?? countClasses(classes);
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`oneHot: numClasses is ${count}, expected a whole number of at least 1`);
  }
  const outside = classes.data.findIndex((c) => c < 0 || c >= count);
  if (outside >= 0) {
    throw new RangeError(
      `oneHot: class ${classes.data[outside]} at ${formatShape(positionOf(outside, classes.shape))} is out of range, ` +
        `expected 0 to ${count - 1}`,
    );
  }
  return classes
    .unsqueeze(-1)
    .eq(arange(count, { dtype: "int32" }))
    .int();
}

function countClasses(classes: Tensor): number {
  if (classes.numel() === 0) throw new RangeError("oneHot: there are no classes to count; give numClasses");
  return Math.max(0, classes.max().item()) + 1;
}
