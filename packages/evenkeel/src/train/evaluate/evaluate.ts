import {
  type Check,
  checkDeclared,
  type GivenOptions,
  mismatch,
  optional,
  plainObject,
  required,
  wrongState,
} from "../../core/index.ts";
import { isModuleClass } from "../../nn/module/callable.ts";
import { cat, noGrad, Tensor } from "../../tensor/index.ts";
import { type Batch, checkLoader, type Example, inputsOf, type Loader, rowBatches, toExample } from "../batches.ts";
import { batchNormLayers, needsTwoRows } from "../batchNorm/layers.ts";
import type { Scores } from "../fit/history.ts";
import { keepingModes, type Model } from "../modelState.ts";
import { checkMetrics, type Metrics, Scoreboard } from "./scoreboard.ts";

/**
 * A loss: a function, or a module such as `new nn.MSELoss()`, that returns the mean over the rows
 * as one value.
 */
export type Loss = (output: Tensor, target: Tensor) => Tensor;

const losses: Check<Loss> = {
  expected: "a module such as new nn.MSELoss(), or a function",
  isKind: (value) => typeof value === "function" && !isModuleClass(value),
  fits: () => true,
  cure: (value) => (isModuleClass(value) ? "make one with new" : undefined),
};

export const evaluateOptions = {
  /** Mean loss of a batch; a module such as `new nn.MSELoss()`, or a function. */
  loss: required(losses),
  /** Further numbers to report, by name: `{ mae: train.mae() }`. */
  metrics: optional(plainObject<Metrics>("an object such as { mae: train.mae() }")),
};

export interface EvaluateOptions<K extends string = never> extends GivenOptions<typeof evaluateOptions> {
  /** Further numbers to report, by name: `{ mae: train.mae() }`. */
  readonly metrics?: Metrics<K> | undefined;
}

/** Returns a model's output for a batch, and the loss as one value. */
export type Forward = (inputs: Batch, target: Tensor) => { readonly output: Tensor; readonly loss: Tensor };

/**
 * @throws from the pass: RangeError if the loss returns more than one value; errors of model and
 *   loss
 */
export function forwardPass(model: Model, lossOf: Loss): Forward {
  return (inputs, target) => {
    const output = callModel(model, inputs);
    const loss = lossOf(output, target);
    if (loss instanceof Tensor && loss.numel() === 1) return { output, loss };
    const given = loss instanceof Tensor ? `${loss.numel()} values` : typeof loss;
    throw mismatch("wrong-value", "", `the loss gave ${given}`, "a tensor of one value", 'use reduction "mean"');
  };
}

/**
 * Calls the model on one batch.
 * @throws TypeError if it does not return a tensor
 */
export function callModel(model: Model, inputs: Batch): Tensor {
  const output: unknown = model(...inputs);
  if (output instanceof Tensor) return output;
  throw mismatch(
    "wrong-type",
    "",
    `the model gave ${output === null ? "null" : typeof output}`,
    "one Tensor",
    "return it from forward",
  );
}

/**
 * Scores batch after batch in the model's current mode, without gradients; yields the loss of each
 * batch.
 */
export function* scoreBatches<K extends string>(
  model: Model,
  loader: Loader,
  forward: Forward,
  board: Scoreboard<K>,
): Generator<{ readonly example: Example; readonly loss: number }, void, undefined> {
  for (const batch of rowBatches(loader, needsTwoRows(batchNormLayers(model)))) {
    const example = toExample(batch);
    const value = noGrad(() => {
      const { output, loss } = forward(example.inputs, example.target);
      const value = loss.item();
      board.add(value, example.rows, output, example.target);
      return value;
    });
    yield { example, loss: value };
  }
  if (board.rows === 0) throw noBatches("the loader");
}

export function noBatches(name: string): Error {
  return wrongState(
    "",
    `${name} gives no batches: its dataset is empty, or dropLast drops the only batch`,
    "use a smaller batchSize",
  );
}

/** {@link evaluate} in the model's current mode. */
export function scoreAsIs<K extends string>(model: Model, loader: Loader, options: EvaluateOptions<K>): Scores<K> {
  checkDeclared("evaluate", options, evaluateOptions);
  checkLoader(loader, "the loader");
  checkMetrics(options.metrics);
  const board = new Scoreboard(options.metrics);
  for (const _ of scoreBatches(model, loader, forwardPass(model, options.loss), board));
  return board.scores();
}

/**
 * The loss and the metrics over all rows of a loader, in eval mode and without gradients. All rows
 * have the same weight, whatever the size of their batch. The modes of all modules are restored.
 *
 * @throws TypeError if a loader, a loss or a metric is invalid; Error if the loader gives no
 *   batches; errors of the model
 */
export function evaluate<K extends string = never>(
  model: Model,
  loader: Loader,
  options: EvaluateOptions<K>,
): Scores<K> {
  return keepingModes(model, () => {
    model.eval();
    return scoreAsIs(model, loader, options);
  });
}

/**
 * The output of `model(...inputs)`, computed in eval mode and without gradients. The modes of all
 * modules are restored.
 *
 * @throws errors of the model
 */
export function predict(model: Model, ...inputs: Tensor[]): Tensor;
/**
 * The outputs for all batches of a loader, concatenated, computed in eval mode and without
 * gradients. A batch may be a single tensor, or have a target, which is ignored. The modes of all
 * modules are restored.
 *
 * @throws TypeError if it is no loader; Error if it gives no batches; errors of the model
 */
export function predict(model: Model, loader: Loader<Batch | Tensor>): Tensor;
export function predict(model: Model, ...inputs: Tensor[] | [Loader<Batch | Tensor>]): Tensor {
  const [first] = inputs;
  if (!(first instanceof Tensor)) checkLoader(first, "the loader");
  return keepingModes(model, () => {
    model.eval();
    return noGrad(() => {
      if (first instanceof Tensor) return callModel(model, inputs as Tensor[]);
      const outputs: Tensor[] = [];
      for (const batch of rowBatches(first, needsTwoRows(batchNormLayers(model))))
        outputs.push(callModel(model, inputsOf(batch)));
      if (outputs.length === 0) throw noBatches("the loader");
      return cat(outputs);
    });
  });
}
