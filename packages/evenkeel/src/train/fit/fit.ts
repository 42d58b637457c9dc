import type { Model } from "../modelState.ts";
import { callbackFor, type FitOptions, planFit, takes } from "./fitOptions.ts";
import { TrainingLoop } from "./loop.ts";
import { Training } from "./training.ts";

/**
 * Trains a model. Each epoch runs the training batches in training mode, with an optimizer step
 * each, and then the validation rows in eval mode. The training starts by itself; see {@link
 * Training} for how to follow it and how to await its history.
 *
 * - The modes of all modules are set as needed and restored, also after an error.
 * - All rows have the same weight in scores, whatever the size of their batch; the loss must be the
 *   mean over its batch's rows.
 * - BatchNorm never gets a batch of one row: a single row (385 rows at batch size 32) joins the
 *   batch before it, and that batch's event says `joined`.
 * - The event loop gets a turn every `yieldEvery` milliseconds.
 * - A step that fails changes neither parameters nor buffers nor the optimizer nor the default
 *   generator.
 *
 * @throws from the call: TypeError, RangeError or Error for options that are missing, unknown or
 *   invalid, including the checkpoint to resume from; nothing has changed then
 * @throws later, from the loop or the promise: NonFiniteLossError at the first loss or gradient
 *   that is NaN or infinite, naming the column, target, parameter or layer; RangeError if there is
 *   only one row and the model has BatchNorm, Error if a loader gives no batches; errors of model,
 *   loss, optimizer, metrics and callbacks
 */
export function fit<K extends string = never>(model: Model, options: FitOptions<K>): Training<K> {
  const plan = planFit(model, options);
  const loop = new TrainingLoop(model, plan);
  const callback = callbackFor(options);
  return new Training(loop.events(), () => loop.cancel(), {
    call: (event) => {
      if (takes(options, event)) loop.handedOut(event);
      return callback(event);
    },
    handedOut: (event) => loop.handedOut(event),
  });
}
