import { type Text, text } from "../../core/index.ts";
import { noGrad, Tensor } from "../../tensor/index.ts";
import type { Batch, Example } from "../batches.ts";
import type { Model } from "../modelState.ts";
import { firstNonFinite, type NonFinitePlace } from "./nonFinite.ts";

/**
 * Finds where the values of a batch stop being finite: in the data, in the model, or in a layer, by
 * running the batch again with hooks. It changes what a forward pass changes; the caller restores
 * that.
 */
export function diagnoseLoss(model: Model, { inputs, target }: Example, columns?: readonly string[]): NonFinitePlace {
  return (
    inputPlace(inputs, columns) ??
    targetPlace(target) ??
    statePlace(model) ??
    layerPlace(model, inputs) ?? { kind: "loss" }
  );
}

/**
 * The parameter with a non-finite gradient in the layer that ran last, because gradients flow from
 * there. It changes what a forward pass changes.
 */
export function diagnoseGradient(model: Model, { inputs }: Example, bad: ReadonlySet<Tensor>): NonFinitePlace {
  const layers: string[] = [];
  observe(model, inputs, { after: (layer) => layers.unshift(layer.name) });
  const named = [...model.namedParameters()].filter(([, parameter]) => bad.has(parameter)).reverse();
  for (const layer of layers) {
    const found = named.find(([name]) => name.slice(0, Math.max(name.lastIndexOf("."), 0)) === layer);
    if (found !== undefined) return { kind: "gradient", name: found[0] };
  }
  return { kind: "gradient", name: named[0]?.[0] ?? "(of the optimizer, outside of the model)" };
}

/** Advice for the user. */
export function advise(where: NonFinitePlace, model: Model, learningRate: number): Text {
  if (where.kind === "input") return "Fill or remove the missing values of that column before training.";
  if (where.kind === "target") return "Remove the rows without a target, or fill them.";
  const rate = Number(learningRate.toPrecision(3));
  const cure = (verb: string) =>
    text`${verb} a smaller learning rate (it was ${rate}) or ${{ option: "clipGradNorm" }}.`;
  if (where.kind === "parameter") return text`If an earlier step made it so, ${cure("try")}`;
  let [largest, holder] = [0, ""];
  for (const [name, { data }] of model.namedParameters()) {
    for (let i = 0; i < data.length; i++) {
      if (Math.abs(data[i]) > largest) [largest, holder] = [Math.abs(data[i]), name];
    }
  }
  if (holder === "") return cure("Try");
  return text`The largest parameter is ${Number(largest.toPrecision(3))}, in "${holder}"; if it has grown, ${cure("try")}`;
}

function inputPlace(inputs: Batch, columns?: readonly string[]): NonFinitePlace | undefined {
  for (const [input, tensor] of inputs.entries()) {
    const index = firstNonFinite(tensor);
    if (index < 0) continue;
    const [rows, width] = tensor.shape;
    const perRow = tensor.numel() / rows;
    const row = Math.floor(index / perRow);
    if (width === undefined) return { kind: "input", input, row };
    const column = Math.floor((index % perRow) / (perRow / width));
    // Names belong to the columns of the first input.
    const name = input === 0 ? columns?.[column] : undefined;
    return { kind: "input", input, row, column, ...(name === undefined ? {} : { name }) };
  }
  return undefined;
}

function targetPlace(target: Tensor): NonFinitePlace | undefined {
  const index = firstNonFinite(target);
  return index < 0 ? undefined : { kind: "target", row: Math.floor(index / (target.numel() / target.shape[0])) };
}

function statePlace(model: Model): NonFinitePlace | undefined {
  const bad = <T extends Tensor>([, tensor]: [string, T]) => firstNonFinite(tensor) >= 0;
  const parameter = [...model.namedParameters()].find(bad);
  if (parameter !== undefined) return { kind: "parameter", name: parameter[0] };
  // In training mode running statistics are written, not read.
  const buffer = model.training ? undefined : [...model.namedBuffers()].find(bad);
  return buffer && { kind: "buffer", name: buffer[0] };
}

function layerPlace(model: Model, inputs: Batch): NonFinitePlace | undefined {
  let place: NonFinitePlace | undefined;
  const see = (at: "input" | "output") => (layer: Layer, values: readonly unknown[]) => {
    if (place !== undefined || values.every((value) => !(value instanceof Tensor) || firstNonFinite(value) < 0)) return;
    place = { kind: "layer", ...layer, at };
  };
  observe(model, inputs, { before: see("input"), after: see("output") });
  return place;
}

interface Layer {
  /** Path in the model; "" is the model itself. */
  readonly name: string;
  readonly type: string;
}

interface Observer {
  readonly before?: (layer: Layer, inputs: readonly unknown[]) => void;
  readonly after?: (layer: Layer, outputs: readonly unknown[]) => void;
}

/**
 * Runs the model without gradients and calls back with the inputs and outputs of each layer, inner
 * layers before those around them.
 */
function observe(model: Model, inputs: Batch, { before, after }: Observer): void {
  const removers: (() => void)[] = [];
  try {
    for (const [name, module] of model.namedModules()) {
      const layer = { name, type: module.constructor.name };
      // Braces, because a hook's return value would replace its argument.
      removers.push(
        module.registerForwardPreHook((_, values) => {
          before?.(layer, values);
        }),
        module.registerForwardHook((_, __, output) => {
          after?.(layer, [output].flat());
        }),
      );
    }
    noGrad(() => model(...inputs));
  } finally {
    for (const remove of removers) remove();
  }
}
