import { NonFiniteLossError } from "evenkeel/train";
import { exitCodes } from "../../shell/exitCodes.ts";
import { optionOf } from "../../shell/optionOf.ts";
import { UsageError } from "../../shell/usageError.ts";

/** A training that failed, by no fault of the program: said in one message. */
export class TrainingError extends Error {
  override readonly name = "TrainingError";
  readonly exitCode = exitCodes.failed;
}

/** Options whose flags have other names. */
const flags: Readonly<Record<string, string>> = { kinds: "kind" };
const options = new Set([
  ...["target", "task", "features", "ignore", "kinds", "batchSize", "epochs", "lr", "optimizer", "weightDecay"],
  ...[
    "schedule",
    "loss",
    "clipGradNorm",
    "seed",
    "patience",
    "classWeights",
    "statistics",
    "refit",
    "hidden",
    "norm",
    "dropout",
  ],
]);

/**
 * What the library says of options and tables, in the words of the command: "--batch-size is 1, …". Other errors are handed back.
 *
 * @param begun whether the training had begun
 */
export function explainedError(error: unknown, begun: boolean): unknown {
  if (error instanceof NonFiniteLossError) return new TrainingError(error.message, { cause: error });
  if (begun || !(error instanceof RangeError || error instanceof TypeError)) return error;
  // The library names the function that complains; what the language itself throws has no such beginning.
  const [, said] = /^[\w.]+: (.*)$/s.exec(error.message) ?? [];
  if (said === undefined) return error;
  const message = said.replace(/^\w+(?=:? )/, (name) => (options.has(name) ? optionOf(flags[name] ?? name) : name));
  return new UsageError(message, { cause: error });
}
