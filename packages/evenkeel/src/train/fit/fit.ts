import type { Model } from "../modelState.ts";
import { callbackFor, type FitOptions, planFit, takes } from "./fitOptions.ts";
import { TrainingLoop } from "./loop.ts";
import { Training } from "./training.ts";

/**
 * Trains a model: for every epoch the training batches in train mode, one optimizer step each, then
 * the validation rows in eval mode. Begins by itself; see {@link Training} for how to follow it and
 * how to await its history.
 *
 * - The modes of all modules are set as needed, and afterwards as they were found, also after an error.
 * - Scores weigh every row the same, whatever the size of its batch; the loss must be the mean over its batch's rows.
 * - BatchNorm never gets a batch of one row: a single row (385 rows at batch size 32) joins the batch before it, and that
 *   batch's event says `joined`.
 * - Time to breathe: every `yieldEvery` milliseconds the event loop gets a turn.
 * - A step that fails changes neither parameters nor buffers nor the optimizer nor the default generator.
 *
 * @throws at the call: TypeError, RangeError or Error for options that are missing, unknown or do
 *   not fit, also for a checkpoint to resume from: nothing has changed then
 * @throws later, from the loop or the promise: NonFiniteLossError at the first loss or gradient
 *   that is NaN or infinite, naming the column, target, parameter or layer; RangeError if all there
 *   is is one row and the model has BatchNorm, Error if a loader gives no batches; whatever model,
 *   loss, optimizer, metrics and callbacks throw
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
