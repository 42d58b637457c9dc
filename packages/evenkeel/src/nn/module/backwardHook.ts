import { describe, refuse, refuseGiven } from "../../core/index.ts";
import { reshape } from "../../ops/index.ts";
import { cat, isGradEnabled, Tensor, zeros } from "../../tensor/index.ts";
import { type Callable, className } from "./callable.ts";
import type { FullBackwardHook, Gradients } from "./hooks.ts";

/**
 * Watches one call of a module for its full backward hooks. Inputs and outputs pass through
 * separate tensors, whose gradients are those of this call only, even if the caller uses its
 * tensors elsewhere.
 */
export class BackwardWatch {
  readonly #module: Callable;
  readonly #hooks: readonly FullBackwardHook<Callable>[];
  /** Set between the arrival of the gradient at the output and its arrival at the inputs. */
  #gradOutput: Gradients | null = null;
  #inputCount = 0;
  #inputsWatched = false;

  constructor(module: Callable, hooks: readonly FullBackwardHook<Callable>[]) {
    this.#module = module;
    this.#hooks = hooks;
  }

  /** The inputs for `forward`. */
  watchInputs<In extends unknown[]>(inputs: In): In {
    this.#inputCount = inputs.length;
    const watched = passThrough(inputs, (gradInput) => {
      // Double backward reaches the inputs without passing the output; torch does not call the
      // hooks then either.
      if (this.#gradOutput === null) return gradInput;
      const gradOutput = this.#gradOutput;
      this.#gradOutput = null;
      return this.#run(gradInput, gradOutput);
    });
    this.#inputsWatched = watched !== inputs;
    return watched as In;
  }

  /** The output for the caller. */
  watchOutput<Out>(output: Out): Out {
    const outputs: unknown[] = Array.isArray(output) ? output : [output];
    if (!outputs.some((value) => value instanceof Tensor)) {
      throw refuseGiven(
        "wrong-type",
        "",
        `a full backward hook of ${className(this.#module)} needs an output that is a Tensor or a list of them`,
        output,
        "remove the hook or register it on a submodule",
      );
    }
    const watched = passThrough(outputs, (gradOutput) => {
      if (this.#inputsWatched) this.#gradOutput = gradOutput;
      else this.#run(new Array<null>(this.#inputCount).fill(null), gradOutput);
      return gradOutput;
    });
    return (Array.isArray(output) ? watched : watched[0]) as Out;
  }

  #run(gradInput: Gradients, gradOutput: Gradients): Gradients {
    let current = gradInput;
    for (const hook of this.#hooks) {
      const result = hook(this.#module, current, gradOutput);
      if (result === undefined) continue;
      this.#check(result, gradInput);
      current = result;
    }
    return current;
  }

  #check(result: Gradients, gradInput: Gradients): void {
    const name = className(this.#module);
    if (!Array.isArray(result) || result.length !== gradInput.length) {
      throw refuseGiven(
        "wrong-value",
        "",
        `a full backward hook of ${name} must return one gradient for each of its ${gradInput.length} inputs`,
        Array.isArray(result) ? result.length : result,
      );
    }
    for (const [i, gradient] of result.entries()) {
      if (gradient !== null && gradInput[i] === null) {
        throw refuse(
          "wrong-value",
          "",
          `a full backward hook of ${name} gave a gradient for input ${i}, which requires none`,
          "return null",
        );
      }
      if (gradient !== null && !(gradient instanceof Tensor)) {
        throw refuse(
          "wrong-type",
          "",
          `a full backward hook of ${name} gave ${describe(gradient)} as a gradient`,
          "return a Tensor or null",
        );
      }
    }
  }
}

/**
 * Replaces the tensors that require a gradient by copies with the same values, and calls
 * `onGradients` with the gradients of all copies at once. Returns the list itself if there is
 * nothing to watch.
 */
function passThrough(values: readonly unknown[], onGradients: (gradients: Gradients) => Gradients): readonly unknown[] {
  if (!isGradEnabled()) return values;
  const indices = [...values.keys()].filter((i) => values[i] instanceof Tensor && values[i].requiresGrad);
  const tensors = indices.map((i) => values[i] as Tensor);
  if (tensors.length === 0) return values;

  const spread = (gradients: readonly Tensor[]): Gradients => {
    const all = new Array<Tensor | null>(values.length).fill(null);
    for (const [k, i] of indices.entries()) all[i] = gradients[k];
    return all;
  };
  const gather = (gradients: Gradients): Tensor[] =>
    indices.map((i, k) => gradients[i] ?? zeros(tensors[k].shape, { dtype: tensors[k].dtype }));

  const copies = tensors.length === 1 ? watchOne(tensors[0]) : watchTogether(tensors);
  copies.watched.registerHook((gradient) => copies.join(gather(onGradients(spread(copies.split(gradient))))));
  const replaced = [...values];
  for (const [k, i] of indices.entries()) replaced[i] = copies.tensors[k];
  return replaced;
}

/** A tensor that carries several gradients, and the functions that pack and unpack them. */
interface Copies {
  readonly tensors: readonly Tensor[];
  readonly watched: Tensor;
  split(gradient: Tensor): Tensor[];
  join(gradients: readonly Tensor[]): Tensor;
}

function watchOne(tensor: Tensor): Copies {
  const watched = reshape(tensor, { shape: tensor.shape });
  return { tensors: [watched], watched, split: (gradient) => [gradient], join: ([gradient]) => gradient };
}

/**
 * An op has one differentiable output, so several tensors go through one flat tensor: their
 * gradients come together.
 */
function watchTogether(tensors: readonly Tensor[]): Copies {
  const sizes = tensors.map((tensor) => tensor.numel());
  const join = (parts: readonly Tensor[]): Tensor => cat(parts.map((part) => part.reshape([-1])));
  const split = (flat: Tensor): Tensor[] =>
    flat.split(sizes).map((part, k) => part.reshape([...tensors[k].shape]).to(tensors[k].dtype));
  const watched = join(tensors);
  return { tensors: split(watched), watched, split, join };
}
