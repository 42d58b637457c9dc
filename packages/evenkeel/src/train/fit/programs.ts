import { type Compiled, type CompileOptions, compile } from "../../compile/index.ts";
import { clipGradNorm, Optimizer } from "../../optim/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { callModel, type Forward, forwardPass, type Loss } from "../evaluate/evaluate.ts";
import type { Model } from "../modelState.ts";

/** What `fit` needs of an optimizer; SGD, Adam and AdamW are such. */
export interface StepOptimizer {
  readonly paramGroups: readonly { readonly params: readonly Tensor[]; readonly lr: number }[];
  zeroGrad(): void;
  step(): unknown;
}

export interface ProgramsOptions {
  readonly loss: Loss;
  readonly optimizer: StepOptimizer;
  readonly clipGradNorm?: number | undefined;
  /** How they are compiled. */
  readonly compile: Pick<CompileOptions, "compile" | "check">;
}

/**
 * What a training runs: compiled, so that whoever trains one model many times keeps them. Gradients
 * and the optimizer's update are two programs: between them the host looks whether loss and
 * gradients are finite.
 */
export class TrainingPrograms {
  /** Inputs and target in, output and loss out; gradients are left with the parameters. */
  readonly gradientsOf: Compiled<Tensor[], readonly [output: Tensor, loss: Tensor]>;
  /** One step of the optimizer, and the norm of the gradients where they are clipped. */
  readonly update: () => Tensor | undefined;
  /** Output and loss of rows that are not trained on. */
  readonly forward: Compiled<Parameters<Forward>, ReturnType<Forward>>;
  /** Output of rows without a target. */
  readonly outputs: Compiled<Tensor[], Tensor>;
  readonly #compiled: readonly { recheck(): void }[];

  constructor(model: Model, { loss, optimizer, clipGradNorm: maxNorm, compile: how }: ProgramsOptions) {
    const forward = forwardPass(model, loss);
    this.forward = compile(forward, how);
    this.outputs = compile((...inputs: Tensor[]) => callModel(model, inputs), how);
    this.gradientsOf = compile((...tensors: Tensor[]) => {
      const { output, loss } = forward(tensors.slice(0, -1), tensors[tensors.length - 1]);
      optimizer.zeroGrad();
      loss.backward();
      return [output.detach(), loss] as const;
    }, how);
    const update = () => {
      const norm = maxNorm === undefined ? undefined : clipGradNorm(paramsOf(optimizer), maxNorm);
      optimizer.step();
      return norm;
    };
    // What an optimizer of somebody else's does in its step is not known to be tensor operations
    // alone.
    const compiled = optimizer instanceof Optimizer ? compile(update, how) : undefined;
    this.update = compiled ?? update;
    this.#compiled = [this.gradientsOf, this.forward, this.outputs, ...(compiled ? [compiled] : [])];
  }

  /** Looks at the next step again: something may have changed. */
  recheck(): void {
    for (const program of this.#compiled) program.recheck();
  }
}

export function paramsOf({ paramGroups }: StepOptimizer): Tensor[] {
  return paramGroups.flatMap((group) => [...group.params]);
}
