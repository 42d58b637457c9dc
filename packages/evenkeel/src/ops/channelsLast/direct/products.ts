import { sizeOf } from "../../../core/index.ts";
import type { Divide, FunctionBuilder, ModuleBuilder, Placed } from "../../../wasm/index.ts";
import { floatBytes } from "../../matmul/gemm.problem.ts";
import { areasOf, type Convolution, type WeightPlace } from "../convolution.ts";
import type { GroupedPlace } from "../place.ts";
import { type Axis, backwardAxes, bordersSeen, forwardAxis } from "./axis.ts";
import { emitCorrelation, tableBytes } from "./correlation.ts";
import { emitWeightGradient } from "./weightGradient.ts";
import { emitClear, emitPackWeights, emitUnpackWeights, type WeightTurn, weightPanelBytes } from "./weights.ts";

/**
 * The three products of any convolution, by definition: in-place correlations, with weights in
 * panels.
 */

interface Products {
  readonly f: FunctionBuilder;
  readonly module: ModuleBuilder;
  readonly convolution: Convolution;
  readonly weight: WeightPlace;
  readonly scratch: number;
  readonly fast: boolean;
  readonly divide?: Divide | undefined;
}

type Turn = Omit<WeightTurn, "panels" | "weight" | "kernelRow"> & { readonly depthwise: boolean };

/** Depthwise convolutions process all groups together. */
function together({ groups, inputs, outputs }: Convolution) {
  if (groups > 1 && inputs === 1 && outputs === 1) return { groups: 1, inputs, outputs: groups, depthwise: true };
  return { groups, inputs, outputs, depthwise: false };
}

function forwardTurn(convolution: Convolution): Turn {
  const { rows, columns } = convolution;
  return { ...together(convolution), rows: forwardAxis(rows), columns: forwardAxis(columns) };
}

function correlationAreas(start: number, turn: Turn) {
  const channels = turn.groups * (turn.depthwise ? turn.outputs : turn.inputs);
  const x = { address: 0, image: 0, row: 0, pixel: channels * floatBytes, group: 0 };
  return areasOf(start, { panels: weightPanelBytes(turn), table: tableBytes({ ...turn, x }) });
}

export function forwardScratch(convolution: Convolution): number {
  return correlationAreas(0, forwardTurn(convolution)).end;
}

export function emitForward({
  f,
  module,
  convolution,
  weight,
  scratch,
  fast,
  divide,
  x,
  y,
  bias,
}: Products & {
  readonly x: GroupedPlace;
  readonly y: GroupedPlace;
  readonly bias: number;
}): void {
  const turn = forwardTurn(convolution);
  const { panels, table } = correlationAreas(scratch, turn).at;
  emitPackWeights(f, {
    ...turn,
    weight: { ...weight, group: turn.outputs * weight.output },
    kernelRow: weight.row,
    panels,
  });
  emitCorrelation(f, module, { ...turn, images: convolution.images, x, y, bias, panels, table, fast }, divide);
}

/**
 * The correlations that make up the gradient by the input: of dy, with input and output channels
 * swapped.
 */
function backwardTurns(convolution: Convolution): Turn[] {
  const { groups, inputs, outputs, depthwise } = together(convolution);
  const channels = depthwise ? { inputs, outputs } : { inputs: outputs, outputs: inputs };
  return backwardAxes(convolution.rows).flatMap((rows) =>
    backwardAxes(convolution.columns).map((columns) => ({ groups, ...channels, depthwise, rows, columns })),
  );
}

/** The border of dy that the gradient by the input reads. */
export function borderOfDy({ rows, columns }: Convolution): [rows: [number, number], columns: [number, number]] {
  const widest = (axes: Axis[]): [number, number] => {
    const seen = axes.map(bordersSeen);
    return [Math.max(...seen.map(([before]) => before)), Math.max(...seen.map(([, after]) => after))];
  };
  return [widest(backwardAxes(rows)), widest(backwardAxes(columns))];
}

export function inputGradientScratch(convolution: Convolution): number {
  return Math.max(0, ...backwardTurns(convolution).map((turn) => correlationAreas(0, turn).end));
}

/** dx, if dy has the border of {@link borderOfDy}. */
export function emitInputGradient({
  f,
  module,
  convolution,
  weight,
  scratch,
  fast,
  divide,
  dy,
  dx,
  dxMemory,
}: Products & {
  readonly dy: GroupedPlace;
  readonly dx: GroupedPlace;
  /** All of dx, with its border. */
  readonly dxMemory: Placed;
}): void {
  const turns = backwardTurns(convolution);
  const unseen = turns.some(({ rows, columns }) => rows.taps.length * columns.taps.length === 0);
  if (unseen) f.fill(dxMemory.address, 0, sizeOf(dxMemory.shape) * floatBytes);
  for (const turn of turns) {
    const { panels, table } = correlationAreas(scratch, turn).at;
    const { address, input, output, row } = weight;
    const turned = { address, input: output, output: input, group: turn.inputs * output };
    emitPackWeights(f, { ...turn, weight: turned, kernelRow: row, panels });
    emitCorrelation(f, module, { ...turn, images: convolution.images, x: dy, y: dx, panels, table, fast }, divide);
  }
}

export function weightGradientScratch(convolution: Convolution): number {
  return weightPanelBytes(forwardTurn(convolution));
}

export function emitWeightProducts({
  f,
  module,
  convolution,
  weight,
  scratch,
  fast,
  divide,
  dy,
  x,
}: Products & {
  readonly dy: GroupedPlace;
  readonly x: GroupedPlace;
}): void {
  const turn = forwardTurn(convolution);
  emitClear(f, scratch, weightPanelBytes(turn));
  emitWeightGradient(f, module, { ...turn, images: convolution.images, x, dy, panels: scratch, fast }, divide);
  const panels = {
    ...turn,
    weight: { ...weight, group: turn.outputs * weight.output },
    kernelRow: weight.row,
    panels: scratch,
  };
  emitUnpackWeights(f, panels);
}
