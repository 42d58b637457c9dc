import { type Compiled, type CompileOptions, compile } from "../../compile/index.ts";
import { Division, duringDivision, KnownRows, weighByRows } from "../../ops/collective/index.ts";
import { type AveragedModel, clipGradNorm, Optimizer } from "../../optim/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { callModel, type Forward, forwardPass, type Loss } from "../evaluate/evaluate.ts";
import type { Model } from "../modelState.ts";
import type { Ranks } from "../ranks/ranks.ts";

/** What `fit` requires of an optimizer; SGD, Adam and AdamW have it. */
export interface StepOptimizer {
  readonly paramGroups: readonly { readonly params: readonly Tensor[]; readonly lr: number }[];
  zeroGrad(): void;
  step(): unknown;
}

export interface ProgramsOptions {
  readonly loss: Loss;
  readonly optimizer: StepOptimizer;
  readonly clipGradNorm?: number | undefined;
  /** Updated with each step; rows that are not trained on are then scored with its `module`. */
  readonly average?: AveragedModel<Model> | undefined;
  /** What metrics are given of the output for a training batch; by default the output. */
  readonly judged?: ((output: Tensor) => Tensor) | undefined;
  /** How to compile the steps. */
  readonly compile: Pick<CompileOptions, "compile" | "check">;
  /** The ranks among which batches are divided. */
  readonly ranks?: Ranks | undefined;
  /** As in `KnownRows`. Default: 1. */
  readonly perRow?: number | undefined;
}

/**
 * The compiled programs of a training; a caller that trains one model many times keeps them.
 * Gradients and the optimizer's update are two programs, because the host checks in between that
 * loss and gradients are finite.
 */
export class TrainingPrograms {
  /** From inputs and target to output and loss; gradients are stored in the parameters. */
  readonly gradientsOf: Compiled<Tensor[], readonly [output: Tensor, loss: Tensor]>;
  /**
   * The same for the share of this rank in a batch of `total` rows. The gradients are this rank's
   * part of those of the batch: their sum over the ranks is the gradient.
   */
  readonly gradientsOfShare: Compiled<[total: number, ...tensors: Tensor[]], readonly [output: Tensor, loss: Tensor]>;
  /**
   * The same for rows that this rank alone has, if any: `shares` says how many all have of the batch.
   */
  readonly gradientsOfRows: Compiled<Tensor[], readonly [output: Tensor, loss: Tensor]>;
  /** The rows of each rank in the batch that `gradientsOfRows` is given a part of. */
  readonly shares: KnownRows;
  /** One optimizer step; returns the norm of the gradients if they are clipped. */
  readonly update: () => Tensor | undefined;
  /** Output and loss of rows that are not trained on. */
  readonly forward: Compiled<Parameters<Forward>, ReturnType<Forward>>;
  /** Output of rows without a target. */
  readonly outputs: Compiled<Tensor[], Tensor>;
  readonly #compiled: readonly { recheck(): void }[];

  constructor(model: Model, options: ProgramsOptions) {
    const { loss, optimizer, clipGradNorm: maxNorm, average, judged = (output) => output, compile: how } = options;
    const { ranks, perRow = 1 } = options;
    this.shares = Object.assign(new KnownRows(), { perRow });
    const scored = average?.module ?? model;
    const forward = forwardPass(model, loss);
    this.forward = compile(forwardPass(scored, loss), how);
    this.outputs = compile((...inputs: Tensor[]) => callModel(scored, inputs), how);
    this.gradientsOf = compile((...tensors: Tensor[]) => {
      const { output, loss } = forward(tensors.slice(0, -1), tensors[tensors.length - 1]);
      optimizer.zeroGrad();
      loss.backward();
      return [judged(output.detach()), loss] as const;
    }, how);
    this.gradientsOfShare = compile((total: number, ...tensors: Tensor[]) => {
      const [first] = tensors;
      const rows = first.shape[0];
      const division = new Division(ranks!.group, rows, knownRows(ranks!.rowsOf(total)));
      const { output, loss } = duringDivision(division, () =>
        forward(tensors.slice(0, -1), tensors[tensors.length - 1]),
      );
      optimizer.zeroGrad();
      loss.mul(rows / total).backward();
      return [judged(output.detach()), loss] as const;
    }, how);
    this.gradientsOfRows = compile((...tensors: Tensor[]) => {
      const { group } = ranks!;
      const division = new Division(group, tensors[0].shape[0], this.shares);
      const { output, loss } = duringDivision(division, () =>
        forward(tensors.slice(0, -1), tensors[tensors.length - 1]),
      );
      optimizer.zeroGrad();
      // The gradients of ranks are added up, and a division is made for their mean.
      weighByRows(loss, { division })
        .mul(1 / group.size)
        .backward();
      return [judged(output.detach()), loss] as const;
    }, how);
    const update = () => {
      const norm = maxNorm === undefined ? undefined : clipGradNorm(paramsOf(optimizer), maxNorm);
      optimizer.step();
      average?.updateParameters(model);
      return norm;
    };
    // The step of a custom optimizer may do more than tensor operations, so it is not compiled.
    const compiled = optimizer instanceof Optimizer ? compile(update, how) : undefined;
    this.update = compiled ?? update;
    this.#compiled = [
      this.gradientsOf,
      this.gradientsOfShare,
      this.gradientsOfRows,
      this.forward,
      this.outputs,
      ...(compiled ? [compiled] : []),
    ];
  }

  /** Has the next step checked, because something may have changed. */
  recheck(): void {
    for (const program of this.#compiled) program.recheck();
  }
}

export function paramsOf({ paramGroups }: StepOptimizer): Tensor[] {
  return paramGroups.flatMap((group) => [...group.params]);
}

function knownRows(rows: readonly number[]): KnownRows {
  return Object.assign(new KnownRows(), { rows });
}
