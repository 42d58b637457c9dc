import { because, checkOptions, refuse, wrongValue } from "../../core/index.ts";
import * as ops from "../../ops/index.ts";
import { requireDtype } from "../../ops/shapes.ts";
import type { Tensor } from "../../tensor/index.ts";
import { requireTensor } from "../checks.ts";

const optionNames = ["numClasses"];

/**
 * A 1 at each class and 0 elsewhere, int32: [...] -> [..., numClasses]. Without `numClasses` there
 * are as many classes as the largest one asks for, which a compiled step cannot know beforehand.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.one_hot.html
 * @throws TypeError if the classes are not int32
 * @throws RangeError if a class is negative or not below `numClasses`; in a compiled step too
 * @throws Error in a compiled step without `numClasses`
 */
export function oneHot(classes: Tensor, options: { numClasses?: number | undefined } = {}): Tensor {
  checkOptions("oneHot", options, optionNames);
  const { numClasses } = options;
  requireTensor("oneHot", "classes", classes);
  requireDtype("oneHot", "classes", classes, ["int32"], "convert them with .int()");
  const count = numClasses ?? countClasses(classes);
  if (!Number.isInteger(count) || count < 1) {
    throw wrongValue("oneHot", "numClasses", count, "a whole number of at least 1");
  }
  return ops.oneHot<Tensor>(classes, { classes: count });
}

function countClasses(classes: Tensor): number {
  if (classes.numel() === 0) throw refuse("wrong-value", "oneHot", "there are no classes to count", "give numClasses");
  const largest = classes.max();
  try {
    return Math.max(0, largest.item()) + 1;
  } catch (cause) {
    throw because(
      refuse(
        "not-supported",
        "oneHot",
        "without numClasses the classes are counted, but they have no values while the step is traced",
        "give numClasses, as in F.oneHot(classes, { numClasses: 3 })",
      ),
      cause,
    );
  }
}
