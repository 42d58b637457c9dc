import { type FunctionBuilder, f32x4, i32, type Local, v128 } from "../../../wasm/index.ts";
import { advance, floatBytes, pointer, vectorBytes } from "../../matmul/gemm.problem.ts";
import type { Axis } from "./axis.ts";
import { type Panel, panelBytes, panelsBytes, panelsOf } from "./panels.ts";

/**
 * Converts weights [O, C / groups, kh, kw] to panels [group][panel][row][column][input][channels of
 * the panel], and back.
 */
export interface WeightTurn {
  readonly groups: number;
  /** The channels of a group that are summed over, and the channels of the panels. */
  readonly inputs: number;
  readonly outputs: number;
  readonly rows: Axis;
  readonly columns: Axis;
  /**
   * The address of the weights, and the strides in bytes of groups, inputs, outputs and kernel
   * rows.
   */
  readonly weight: {
    readonly address: number;
    readonly group: number;
    readonly input: number;
    readonly output: number;
  };
  readonly kernelRow: number;
  readonly panels: number;
}

/** Bytes of the panels. */
export function weightPanelBytes({
  groups,
  inputs,
  outputs,
  rows,
  columns,
}: Omit<WeightTurn, "weight" | "kernelRow" | "panels">) {
  return groups * rows.taps.length * columns.taps.length * inputs * panelsBytes(panelsOf(outputs));
}

/** Copies the weights into panels. */
export function emitPackWeights(f: FunctionBuilder, turn: WeightTurn): void {
  const vector = f.local("v128");
  const { output } = turn.weight;
  forEachStep(f, stepsOf(turn), (panel, weight, target) => {
    for (const [v, start] of panel.vectors.entries()) {
      const from = (start / floatBytes) * output;
      f.set(vector, v128.load32Zero(weight, from));
      for (let lane = 1; lane < panel.lanes; lane++) {
        f.set(vector, v128.load32Lane(weight, vector, lane, from + lane * output));
      }
      f.storeV128(target, vector, v * vectorBytes);
    }
  });
}

/** Copies panels back to weights. */
export function emitUnpackWeights(f: FunctionBuilder, turn: WeightTurn): void {
  const vector = f.local("v128");
  const { output } = turn.weight;
  forEachStep(f, stepsOf(turn), (panel, weight, source) => {
    for (const [v, start] of panel.vectors.entries()) {
      f.set(vector, v128.load(source, v * vectorBytes));
      for (let lane = 0; lane < panel.lanes; lane++) {
        f.storeLane32(weight, vector, lane, (start / floatBytes + lane) * output);
      }
    }
  });
}

/** The offsets of the taps of one dimension in the kernel, in bytes: equally spaced. */
function tapsOf({ taps }: Axis, place: number): Taps {
  if (taps.length === 0) return noTaps;
  const distance = taps.length > 1 ? taps[1].weight - taps[0].weight : 0;
  return { count: taps.length, start: taps[0].weight * place, distance: distance * place };
}

interface Taps {
  readonly count: number;
  readonly start: number;
  readonly distance: number;
}

const noTaps: Taps = { count: 0, start: 0, distance: 0 };

/** A kernel as one step: all of its positions at once. */
export const oneTap: Taps = { count: 1, start: 0, distance: 0 };

/** The range of {@link forEachStep}. */
export interface Steps extends Pick<WeightTurn, "groups" | "inputs" | "outputs" | "weight" | "panels"> {
  readonly down: Taps;
  readonly across: Taps;
}

const stepsOf = ({ rows, columns, kernelRow, ...turn }: WeightTurn): Steps => ({
  ...turn,
  down: tapsOf(rows, kernelRow),
  across: tapsOf(columns, floatBytes),
});

/** Visits the steps of all panels in memory order, with the weight of the panel's first channel. */
export function forEachStep(
  f: FunctionBuilder,
  { groups, inputs, outputs, weight, panels, down, across }: Steps,
  visit: (panel: Panel, weight: Local<"i32">, step: Local<"i32">) => void,
): void {
  if (down.count * across.count === 0) return;
  const step = pointer(f, panels);
  /** Repeats with a pointer that advances. */
  const nest = (from: Local<"i32">, { count, start, distance }: Taps, body: (at: Local<"i32">) => void) => {
    const at = f.let(i32.add(from, start));
    f.times(count, () => {
      body(at);
      advance(f, at, distance);
    });
  };
  const oneGroup = (group: Local<"i32">) => {
    for (const panel of panelsOf(outputs)) {
      const channel = weight.output / floatBytes;
      const along = { count: panel.count, start: panel.start * channel, distance: panelBytes(panel) * channel };
      nest(group, along, (first) =>
        nest(first, down, (row) =>
          nest(row, across, (tap) =>
            nest(tap, { count: inputs, start: 0, distance: weight.input }, (at) => {
              visit(panel, at, step);
              advance(f, step, panelBytes(panel));
            }),
          ),
        ),
      );
    }
  };
  nest(pointer(f, weight.address), { count: groups, start: 0, distance: weight.group }, oneGroup);
}

/** Writes the initial zeros of a gradient's panels. */
export function emitClear(f: FunctionBuilder, address: number, bytes: number): void {
  if (bytes > vectorBytes * 4) f.fill(address, 0, bytes);
  else for (let at = 0; at < bytes; at += vectorBytes) f.storeV128(address + at, f32x4.const(0));
}
