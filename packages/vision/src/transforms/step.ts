import { Tensor } from "evenkeel";
import { check, describe, fn, mismatch, wrongType } from "evenkeel/problem";
import { type Image, isPicture } from "../picture.ts";

/** Something that makes one picture, or tensor, of another. */
export interface Transform {
  apply(image: Image): Image;
}

/** A transform, or a function that does the same. */
export type Step = Transform | ((image: Image) => Image);

/**
 * Transforms one after another.
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.Compose.html
 *
 * @example
 * new Compose([new RandomCrop(28, { padding: 2 }), new ToTensor(), new Normalize([0.1307], [0.3081])])
 */
export class Compose implements Transform {
  readonly transforms: readonly Step[];

  /** @throws TypeError if one of them is no transform */
  constructor(transforms: readonly Step[]) {
    if (!Array.isArray(transforms)) {
      throw wrongType("Compose", "transforms", transforms, "an array of transforms");
    }
    this.transforms = transforms.flatMap((step) => toSteps("Compose", step));
  }

  apply(image: Image): Image {
    return run(this.transforms, image);
  }
}

/**
 * A function of your own as a transform.
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.Lambda.html
 */
export class Lambda implements Transform {
  readonly lambda: (image: Image) => Image;

  /** @throws TypeError if it is no function */
  constructor(lambda: (image: Image) => Image) {
    check("Lambda", "lambda", lambda, fn());
    this.lambda = lambda;
  }

  apply(image: Image): Image {
    return this.lambda(image);
  }
}

/** @throws TypeError if it is neither a transform nor a function */
export function toSteps(caller: string, step: Step): readonly Step[] {
  if (step instanceof Compose) return step.transforms;
  if (typeof step === "function" && !/^class\b/.test(Function.prototype.toString.call(step))) return [step];
  if (typeof (step as Partial<Transform> | null | undefined)?.apply === "function" && typeof step === "object")
    return [step];
  const cure = typeof step === "function" ? `write new ${step.name}(...)` : undefined;
  throw wrongType(caller, "transform", step, "a transform such as new ToTensor(), or a function", cure);
}

export function run(steps: readonly Step[], image: Image): Image {
  return steps.reduce((current, step) => (typeof step === "function" ? step(current) : step.apply(current)), image);
}

/**
 * Applies the transforms of a dataset to a picture.
 * @throws TypeError if the result is not a tensor, which batches need
 */
export function asTensor(caller: string, steps: readonly Step[], image: Image): Tensor {
  const made = run(steps, image);
  if (made instanceof Tensor) return made;
  throw mismatch(
    "wrong-type",
    caller,
    `the transforms made ${isPicture(made) ? "a picture" : describe(made)}`,
    "a Tensor",
    "let new ToTensor() be one of them",
  );
}

/** @throws TypeError if it is neither a picture nor a tensor of at least two dimensions */
export function sizeOf(caller: string, image: Image): [height: number, width: number] {
  if (isPicture(image)) return [image.height, image.width];
  if (image instanceof Tensor && image.ndim >= 2) return image.shape.slice(-2) as [number, number];
  const given = image instanceof Tensor ? `a tensor of shape [${image.shape.join(", ")}]` : describe(image);
  throw mismatch("wrong-type", caller, `${given} given`, "a picture, or a tensor of shape [..., height, width]");
}
