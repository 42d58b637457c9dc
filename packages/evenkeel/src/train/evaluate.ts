import { checkOptions } from "../core/index.ts";
import { cat, noGrad, Tensor } from "../tensor/index.ts";
import { type Batch, checkLoader, type Example, inputsOf, type Loader, rowBatches, toExample } from "./batches.ts";
import { needsTwoRows } from "./batchNormLayers.ts";
import type { Scores } from "./history.ts";
import { keepingModes, type Model } from "./modelState.ts";
import { checkMetrics, type Metrics, Scoreboard } from "./scoreboard.ts";

/** A loss: a function, or a module such as `new nn.MSELoss()`, that gives the mean over the rows as one value. */
export type Loss = (output: Tensor, target: Tensor) => Tensor;

export interface EvaluateOptions<K extends string = never> {
  readonly loss: Loss;
  readonly metrics?: Metrics<K>;
}

/** One value out of the loss's tensor. @throws RangeError if it holds more than one */
export function lossValue(loss: Tensor): number {
  if (loss instanceof Tensor && loss.size === 1) return loss.item();
  const given = loss instanceof Tensor ? `${loss.size} values` : typeof loss;
  throw new RangeError(`the loss gave ${given}, expected a tensor of one value; use reduction "mean"`);
}

/** Calls the model on one batch. @throws TypeError if it gives something else than a tensor */
export function callModel(model: Model, inputs: Batch): Tensor {
  const output: unknown = model(...inputs);
  if (output instanceof Tensor) return output;
  throw new TypeError(
    `the model gave ${output === null ? "null" : typeof output}, expected one Tensor; return it from forward`,
  );
}

/** Scores batch after batch in the mode that the model is in, without gradients; each turn hands out the batch's loss. */
export function* scoreBatches<K extends string>(
  model: Model,
  loader: Loader,
  loss: Loss,
  board: Scoreboard<K>,
): Generator<{ readonly example: Example; readonly loss: number }, void, undefined> {
  for (const batch of rowBatches(loader, needsTwoRows(model))) {
    const example = toExample(batch);
    const value = noGrad(() => {
      const output = callModel(model, example.inputs);
      const value = lossValue(loss(output, example.target));
      board.add(value, example.rows, output, example.target);
      return value;
    });
    yield { example, loss: value };
  }
  if (board.rows === 0) throw noBatches("the loader");
}

export function noBatches(name: string): Error {
  return new Error(
    `${name} gives no batches: its dataset is empty, or dropLast drops the only batch; use a smaller batchSize`,
  );
}

/** {@link evaluate} in the mode that the model is in. */
export function scoreAsIs<K extends string>(model: Model, loader: Loader, options: EvaluateOptions<K>): Scores<K> {
  checkOptions("evaluate", options, ["loss", "metrics"]);
  checkLoader(loader, "the loader");
  checkMetrics(options.metrics);
  const board = new Scoreboard(options.metrics);
  for (const _ of scoreBatches(model, loader, options.loss, board));
  return board.scores();
}

/**
 * The loss and the metrics over all rows of a loader, in eval mode and without gradients. Rows weigh the same whatever
 * the size of their batch. The modes of all modules are afterwards as they were.
 *
 * @throws TypeError for a loader or a metric that is none; Error if the loader gives no batches; whatever the model throws
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
 * What the model says about these inputs, in eval mode and without gradients: about tensors as `model(...inputs)` would,
 * or about a whole loader, batch after batch, concatenated. A loader's batches may have a target, which is left out, or be
 * single tensors. The modes of all modules are afterwards as they were.
 *
 * @throws TypeError for a loader that is none; Error if it gives no batches; whatever the model throws
 */
export function predict(model: Model, ...inputs: Tensor[]): Tensor;
export function predict(model: Model, loader: Loader<Batch | Tensor>): Tensor;
export function predict(model: Model, ...inputs: Tensor[] | [Loader<Batch | Tensor>]): Tensor {
  const [first] = inputs;
  if (!(first instanceof Tensor)) checkLoader(first, "the loader");
  return keepingModes(model, () => {
    model.eval();
    return noGrad(() => {
      if (first instanceof Tensor) return callModel(model, inputs as Tensor[]);
      const outputs: Tensor[] = [];
      for (const batch of rowBatches(first, needsTwoRows(model))) outputs.push(callModel(model, inputsOf(batch)));
      if (outputs.length === 0) throw noBatches("the loader");
      return cat(outputs);
    });
  });
}
