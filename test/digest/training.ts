import { compile, type Explanation, type Tensor } from "evenkeel";
import type * as nn from "evenkeel/nn";
import type { Adam, AdamW } from "evenkeel/optim";

/** A training whose every bit is compared between engines. */
export interface Training {
  readonly model: nn.Module;
  readonly optimizer: Adam | AdamW;
  readonly loss: (output: Tensor, target: Tensor) => Tensor;
  readonly batch: (rows: number) => readonly [Tensor, Tensor];
  readonly steps: number;
  readonly batchSize: number;
  /** Rows of every tenth batch, as at the end of an epoch. */
  readonly lastBatch: number;
  /** How many rows the trained model is evaluated on. Default 0: it is not. */
  readonly evaluated?: number;
}

export interface Trained {
  /** Losses, then the state that training leaves, then outputs in evaluation. */
  readonly tensors: readonly Tensor[];
  /** The programs of the training step and of the evaluation. */
  readonly explanations: readonly Explanation[];
}

export function train(training: Training, compiled: boolean): Trained {
  const { model, optimizer, loss, batch, steps, batchSize, lastBatch, evaluated = 0 } = training;
  const step = compile(
    (x: Tensor, target: Tensor) => {
      optimizer.zeroGrad();
      const value = loss(model(x), target);
      value.backward();
      optimizer.step();
      return value;
    },
    { compile: compiled },
  );
  const losses = Array.from({ length: steps }, (_, i) => step(...batch(i % 10 === 9 ? lastBatch : batchSize)));
  // A digest of NaN would prove nothing. Every batch is drawn anew, so the loss goes down at first only.
  const [first, last] = [losses[0].item(), losses[steps - 1].item()];
  if (!(last < first) && !(steps > 200 && Number.isFinite(last))) {
    throw new Error(`the training does not train: the loss went from ${first} to ${last}`);
  }
  const moments = [...optimizer.state.values()].flatMap((state) => Object.values(state));
  const state = [...losses, ...model.parameters(), ...model.buffers(), ...moments];
  if (evaluated === 0) return { tensors: state, explanations: [step.explain()] };
  model.eval();
  const forward = compile((x: Tensor) => model(x), { compile: compiled });
  const outputs = forward(batch(evaluated)[0]);
  return { tensors: [...state, outputs], explanations: [step.explain(), forward.explain()] };
}
