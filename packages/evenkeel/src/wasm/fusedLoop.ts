import type { Expr, Local, V128 } from "./expression.ts";
import type { FunctionBuilder } from "./functionBuilder.ts";
import { i32 } from "./instructions.ts";
import {
  type LaneArray,
  type LaneType,
  laneBytes,
  laneCount,
  loadLanes,
  loadSomeLanes,
  splatLane,
  storeLanes,
} from "./laneMemory.ts";

/**
 * How an input is repeated over rows x columns: not at all, one element everywhere, the same row
 * for all rows, one element per row, or one per row from a cycle of `count` elements.
 */
export type Pattern = "full" | "scalar" | "row" | "column" | { readonly channels: number };

export interface LoopInput extends LaneArray {
  readonly pattern: Pattern;
}

/** One pass over arrays of rows x columns elements, contiguous and row-major. */
export interface FusedLoop {
  readonly f: FunctionBuilder;
  /**
   * The dtype of the computation; arrays have this dtype or bool, inputs of float lanes any dtype.
   */
  readonly lanes: LaneType;
  readonly rows: number;
  readonly columns: number;
  readonly inputs: readonly LoopInput[];
  /** May alias a full input: every element is read before it is written, and written once. */
  readonly outputs: readonly LaneArray[];
  /** The code is short: unroll it. */
  readonly unroll?: boolean;
  /**
   * Computes vectors of the outputs from vectors of the inputs. Called for several places in the
   * code.
   */
  readonly body: (inputs: readonly V128[]) => readonly V128[];
}

/** Two vectors per turn save a tenth for long arrays and short code. */
const unrolledVectors = 16;

/** The offsets of a piece of code in the full, row and column arrays. */
interface Offsets {
  readonly full: Local<"i32">;
  readonly row: Local<"i32">;
}

export function emitFusedLoop(loop: FusedLoop): void {
  const { f, lanes, rows, columns, inputs } = loop;
  if (rows * columns === 0) return;
  const scalars = inputs.map((input) =>
    input.pattern === "scalar" ? f.let(splatLane(input, lanes, i32.const(0))) : undefined,
  );
  const full = f.let(i32.const(0));
  if (inputs.every(({ pattern }) => pattern === "full" || pattern === "scalar")) {
    // Whole vectors to the end: the block has slack after its last element.
    emitVectors(loop, { full, row: full }, Math.ceil((rows * columns) / laneCount[lanes]), scalars);
    return;
  }
  const row = f.local("i32");
  const column = f.let(i32.const(0));
  const width = laneBytes[lanes];
  const vectors = Math.floor(columns / laneCount[lanes]);
  const rest = columns % laneCount[lanes];
  const channels = new Map<number, Local<"i32">>();
  for (const { pattern } of inputs) {
    if (typeof pattern === "object") channels.set(pattern.channels, f.let(i32.const(0)));
  }
  const perRow = ({ pattern }: LoopInput) =>
    pattern === "column" ? column : typeof pattern === "object" ? channels.get(pattern.channels) : undefined;
  f.repeat(() => {
    const fixed = inputs.map((input, i) => {
      const at = perRow(input);
      return at === undefined ? scalars[i] : f.let(splatLane(input, lanes, at));
    });
    f.set(row, 0);
    emitVectors(loop, { full, row }, vectors, fixed);
    if (rest > 0) {
      emitVector(loop, { full, row }, fixed, rest);
      f.set(full, i32.add(full, rest * width));
    }
    f.set(column, i32.add(column, width));
    for (const [count, at] of channels) {
      f.set(at, i32.add(at, width));
      f.set(at, i32.mul(at, i32.ne(at, count * width)));
    }
    return i32.ne(column, i32.const(rows * width));
  });
}

/** Processes `count` whole vectors; leaves `full` and `row` after the last. */
function emitVectors(
  loop: FusedLoop,
  { full, row }: Offsets,
  count: number,
  fixed: readonly (V128 | undefined)[],
): void {
  const { f, unroll = false } = loop;
  const step = (vectors: number) => {
    for (let i = 0; i < vectors; i++) {
      emitVector(loop, { full, row }, fixed);
      f.set(full, i32.add(full, 16));
      if (row !== full) f.set(row, i32.add(row, 16));
    }
  };
  const unrolled = unroll && count >= unrolledVectors ? 2 : 1;
  f.times(Math.floor(count / unrolled), () => step(unrolled));
  if (count % unrolled > 0) step(count % unrolled);
}

function emitVector(
  { f, lanes, inputs, outputs, body }: FusedLoop,
  { full, row }: Offsets,
  fixed: readonly (V128 | undefined)[],
  count = laneCount[lanes],
): void {
  const load = (input: LoopInput, at: Expr<"i32">) =>
    count === laneCount[lanes] ? loadLanes(input, lanes, at) : loadSomeLanes(input, lanes, at, count);
  const values = inputs.map((input, i) => fixed[i] ?? f.let(load(input, input.pattern === "row" ? row : full)));
  const results = body(values);
  outputs.forEach((output, i) => {
    storeLanes(f, output, lanes, full, results[i], count);
  });
}
