import { formatProblem, isFloat, type Problem, type Text, text, withProblem } from "../../core/index.ts";
import type { Tensor } from "../../tensor/index.ts";

/** The origin of the first value that is NaN or infinite. */
export type NonFinitePlace =
  /**
   * In the data: row of the batch and column of input number `input`, all from 0; `name` if
   * `columns` has it.
   */
  | {
      readonly kind: "input";
      readonly input: number;
      readonly row: number;
      readonly column?: number;
      readonly name?: string;
    }
  /** In the targets: row of the batch, from 0. */
  | { readonly kind: "target"; readonly row: number }
  /**
   * In the model before the step: a parameter, or a buffer such as a running variance, by its name
   * in the state dict.
   */
  | { readonly kind: "parameter" | "buffer"; readonly name: string }
  /**
   * Computed by a layer from finite values ("output"), or by the code between layers just before it
   * ("input").
   */
  | { readonly kind: "layer"; readonly name: string; readonly type: string; readonly at: "input" | "output" }
  /** Computed by the loss function from finite outputs and targets. */
  | { readonly kind: "loss" }
  /**
   * The loss is finite, but the gradient of this parameter is not; if several are not, the one
   * nearest to the loss.
   */
  | { readonly kind: "gradient"; readonly name: string };

interface NonFiniteDetails {
  readonly phase: "train" | "validation";
  readonly epoch: number;
  readonly step: number;
  readonly batch: number;
  readonly loss: number;
  readonly where: NonFinitePlace;
}

/**
 * A loss or a gradient was NaN or infinite. The failed step was undone: parameters, buffers,
 * optimizer and default generator are as before it.
 */
export class NonFiniteLossError extends Error {
  override readonly name = "NonFiniteLossError";
  /** Whether the batch was of the training or of the validation rows. */
  readonly phase: "train" | "validation";
  /** From 1. */
  readonly epoch: number;
  /** In training, the step that failed, from 1; in validation, the steps done. */
  readonly step: number;
  /** Index of the batch in its pass over the data, from 1. */
  readonly batch: number;
  /** The loss: NaN, Infinity or -Infinity, or finite if a gradient was not. */
  readonly loss: number;
  readonly where: NonFinitePlace;

  constructor(details: NonFiniteDetails, advice: Text) {
    const { phase, epoch, step, batch, loss, where } = details;
    const what = where.kind === "gradient" ? "a gradient is not finite" : `the loss is ${loss}`;
    const when = `epoch ${epoch}, ${phase} batch ${batch} (step ${step})`;
    const statement = text`${what} at ${when}: ${describePlace(where)}. ${advice} Nothing of this step was applied.`;
    const problem: Problem = { code: "not-finite", where: { caller: "" }, statement };
    super(formatProblem(problem));
    withProblem(this, problem);
    this.phase = phase;
    this.epoch = epoch;
    this.step = step;
    this.batch = batch;
    this.loss = loss;
    this.where = where;
  }
}

function describePlace(where: NonFinitePlace): string {
  switch (where.kind) {
    case "input": {
      const column = where.column === undefined ? "" : `, column ${where.column}`;
      const name = where.name === undefined ? "" : ` ("${where.name}")`;
      const input = where.input === 0 ? "the input" : `input ${where.input}`;
      return `${input} is not finite in row ${where.row} of the batch${column}${name}`;
    }
    case "target":
      return `the target is not finite in row ${where.row} of the batch`;
    case "parameter":
    case "buffer":
      return `the ${where.kind} "${where.name}" is not finite`;
    case "layer":
      if (where.name === "") return `what ${where.type}.forward itself computes, after its layers, is not finite`;
      return where.at === "output"
        ? `the output of layer "${where.name}" (${where.type}) is the first that is not finite`
        : `what is computed just before layer "${where.name}" (${where.type}) is not finite`;
    case "gradient":
      return `that of parameter "${where.name}", the nearest to the loss among those that are not`;
    case "loss":
      return "inputs, targets, parameters and all layer outputs are finite, so the loss function made it";
    default:
      return where satisfies never;
  }
}

/** Index of the first element that is NaN or infinite, -1 if there is none. */
export function firstNonFinite({ data, dtype }: Tensor): number {
  if (!isFloat(dtype)) return -1;
  for (let i = 0; i < data.length; i++) if (data[i] - data[i] !== 0) return i; // x - x is 0 for finite x; a function call for each would take longer
  return -1;
}

/**
 * Whether all elements are finite. Summing all differences x - x, four at a time, takes less time
 * than testing each.
 */
export function allFinite({ data, dtype }: Tensor): boolean {
  if (!isFloat(dtype)) return true;
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = data.length - (data.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += data[i] - data[i];
    b += data[i + 1] - data[i + 1];
    c += data[i + 2] - data[i + 2];
    d += data[i + 3] - data[i + 3];
  }
  for (let i = whole; i < data.length; i++) a += data[i] - data[i];
  return a + b + c + d === 0;
}
