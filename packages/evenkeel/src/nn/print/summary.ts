import {
  because,
  checkOptions,
  checkShape,
  type DType,
  formatShape,
  refuse,
  refuseGiven,
  type Shape,
} from "../../core/index.ts";
import { noGrad, type Tensor, zeros } from "../../tensor/index.ts";
import { tensorsIn } from "../../tensor/tensorsIn.ts";
import { keepState } from "../flow/keepingState.ts";
import { isUninitialized } from "../lazy/uninitialized.ts";
import { Callable, className } from "../module/callable.ts";
import { clone } from "../module/clone.ts";
import { ownChildren, ownParameters } from "../module/members.ts";
import type { AnyModule, Module } from "../module/module.ts";
import { inspect } from "./print.ts";
import { type BatchShape, formatSummary, type SummaryRow, type SummaryTotals } from "./summaryTable.ts";

export interface SummaryOptions {
  /** The dtype of the input, or one per input. Default that of the first parameter. */
  readonly dtype?: DType | readonly DType[] | undefined;
}

/** The result of {@link summary}. Prints as a table. */
export class ModelSummary {
  /** The model itself and every module below it, in the order of `namedModules`. */
  readonly rows: readonly SummaryRow[];
  readonly totals: SummaryTotals;

  constructor(rows: readonly SummaryRow[], totals: SummaryTotals) {
    this.rows = rows;
    this.totals = totals;
  }

  toString(): string {
    return formatSummary(this.rows, this.totals);
  }

  [inspect](): string {
    return this.toString();
  }
}

/**
 * Rows of the trial batch: one would not do for layers that look at a batch, and eval mode hides
 * most others.
 */
const batchSize = 2;

/**
 * The layers of a model with the shapes they give and the parameters they hold, found by sending a
 * batch of zeros through it, in eval mode and without gradients. `inputShape` leaves out the batch:
 * `[9]` for inputs of [N, 9]; several inputs take a list of shapes. Modes, buffers, hooks and the
 * default generator are left as they were; of a model with lazy layers it is a copy that is looked
 * at, whose layers are then those that they would become.
 *
 * @throws TypeError if `model` is no module
 * @throws RangeError if the model does not take inputs of that shape; it names the layer that
 *   refused
 */
export function summary(
  model: AnyModule,
  inputShape: Shape | readonly Shape[],
  options: SummaryOptions = {},
): ModelSummary {
  if (!(model instanceof Callable)) {
    throw refuseGiven("wrong-type", "", "summary takes a module as its first argument", model);
  }
  checkOptions("summary", options, ["dtype"]);
  return summaryOf(hasUninitialized(model) ? clone(model) : model, inputShape, options);
}

function summaryOf(model: AnyModule, inputShape: Shape | readonly Shape[], options: SummaryOptions): ModelSummary {
  const inputs = trialInputs(model, inputShape, options.dtype);
  const modules = model.namedModules();
  const calls = new Map<Module, Call[]>(modules.map(([, module]) => [module, []]));
  const restore = keepState(model);
  /** The modules being run, innermost last. */
  const running: Module[] = [];
  const removers = modules.flatMap(([, module]) => [
    module.registerForwardPreHook((self) => void running.push(self)),
    module.registerForwardHook((self, given, output) => {
      running.pop();
      calls.get(self)?.push({ inputs: tensorsIn(given), outputs: tensorsIn(output) });
    }),
  ]);
  try {
    model.eval();
    noGrad(() => model(...inputs));
  } catch (error) {
    const failed = modules.find(([, module]) => module === running.at(-1));
    throw refusal(model, inputs, failed, error);
  } finally {
    for (const remove of removers) remove();
    restore();
  }
  return summarize(model, modules, calls);
}

interface Call {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

function trialInputs(model: AnyModule, inputShape: Shape | readonly Shape[], dtype: SummaryOptions["dtype"]): Tensor[] {
  const several = Array.isArray(inputShape) && inputShape.length > 0 && inputShape.every(Array.isArray);
  const shapes = (several ? inputShape : [inputShape]) as readonly Shape[];
  for (const shape of shapes) checkShape(shape, "inputShape", "summary");
  const dtypes = Array.isArray(dtype) ? (dtype as readonly DType[]) : shapes.map(() => dtype as DType | undefined);
  if (dtypes.length !== shapes.length) {
    throw refuse(
      "wrong-shape",
      "summary",
      `there are ${shapes.length} input shapes but ${dtypes.length} dtypes`,
      "give one for each",
    );
  }
  const usual = model.parameters()[0]?.dtype ?? "float32";
  return shapes.map((shape, i) => zeros([batchSize, ...shape], { dtype: dtypes[i] ?? usual }));
}

const hasUninitialized = (model: AnyModule): boolean =>
  [...model.parameters(), ...model.buffers()].some((member) => isUninitialized(member));

function refusal(model: AnyModule, inputs: Tensor[], failed: [string, Module] | undefined, error: unknown): Error {
  const shapes = inputs.map(({ shape }) => formatShape(shape)).join(" and ");
  const where = failed === undefined || failed[0] === "" ? "" : `"${failed[0]}" (${className(failed[1])}): `;
  const message = error instanceof Error ? error.message : String(error);
  return because(
    refuse(
      "wrong-shape",
      "summary",
      `${className(model)} cannot run on inputs of shape ${shapes}: ${where}${message}\ninputShape is ` +
        `the shape of one row, to which a batch of ${batchSize} is added`,
      "{ dtype } sets another dtype",
    ),
    error,
  );
}

function summarize(model: AnyModule, modules: readonly [string, Module][], calls: Map<Module, Call[]>): ModelSummary {
  const counted = new Set<Tensor>();
  let activationBytes = 0;
  const rows = modules.map(([name, module]): SummaryRow => {
    const own = ownParameters(module).flatMap(([, parameter]) => (counted.has(parameter) ? [] : parameter));
    for (const parameter of own) counted.add(parameter);
    const made = calls.get(module) ?? [];
    const isLeaf = ownChildren(module).length === 0;
    if (isLeaf) activationBytes += sum(made.flatMap(({ outputs }) => outputs).map(bytesPerRow));
    return {
      name,
      type: className(module),
      depth: name === "" ? 0 : name.split(".").length,
      inputShapes: made[0]?.inputs.map(batchShape) ?? [],
      outputShapes: made[0]?.outputs.map(batchShape) ?? [],
      calls: made.length,
      isLeaf,
      params: sum(own.map((parameter) => parameter.numel())),
      trainable: sum(own.map((parameter) => (parameter.requiresGrad ? parameter.numel() : 0))),
    };
  });
  const buffers = model.buffers();
  return new ModelSummary(rows, {
    params: sum(rows.map(({ params }) => params)),
    trainable: sum(rows.map(({ trainable }) => trainable)),
    buffers: sum(buffers.map((buffer) => buffer.numel())),
    paramBytes: sum(model.parameters().map(({ data }) => data.byteLength)),
    bufferBytes: sum(buffers.map(({ data }) => data.byteLength)),
    activationBytes,
  });
}

function batchShape({ shape }: Tensor): BatchShape {
  return shape[0] === batchSize ? ["N", ...shape.slice(1)] : shape;
}

function bytesPerRow({ shape, data }: Tensor): number {
  return shape[0] === batchSize ? data.byteLength / batchSize : data.byteLength;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
