import {
  type FunctionBuilder,
  type FunctionRef,
  f32x4,
  i32,
  type Local,
  type ModuleBuilder,
} from "../../../wasm/index.ts";
import { advance, floatBytes, vectorBytes } from "../../matmul/gemm.problem.ts";
import { longestRun, type Registers, registers } from "../../matmul/gemm.tiles.ts";
import { clearSums, loadLanes, runTile, stepTile, storeLanes, sumsOf, type Tile } from "./tile.ts";

/** The sums over the windows of some pixels, by one panel of weights. */
export interface WindowSums {
  /** Where the pixels stand, in bytes: in the input and in the output. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** Where the panel's vectors stand in the output, and how many lanes of them are channels. */
  readonly vectors: readonly number[];
  readonly lanes: number;
  /** Floats that lie side by side in a window, and how many such runs there may be. */
  readonly run: number;
  readonly runs: number;
  /** Whether the runs start where a table says; otherwise there is one, and it starts at the pixel. */
  readonly table: boolean;
  readonly bias: boolean;
  readonly fast: boolean;
}

/** (first pixel of the input, panel, first pixel of the output, bias, first and end of the table). */
export type SumWindows = FunctionRef<readonly ["i32", "i32", "i32", "i32", "i32", "i32"], null>;

export function sumWindowsFunction(module: ModuleBuilder, sums: WindowSums): SumWindows {
  return module.shared(`sumWindows ${JSON.stringify(sums)}`, () =>
    module.function("sumWindows", ["i32", "i32", "i32", "i32", "i32", "i32"], (f, x, w, y, bias, entry, end) => {
      const tile: Tile = {
        rows: sums.from,
        vectors: sums.vectors.map((_, v) => v * vectorBytes),
        lanes: 4,
        fast: sums.fast,
      };
      const vectors = registers(f);
      clearSums(f, vectors, tile);
      const flush = sums.run * sums.runs > longestRun ? totals(f, vectors, tile) : undefined;
      if (sums.table) emitRuns(f, vectors, tile, sums, { x, w, entry, end }, flush?.add);
      else emitRun(f, vectors, tile, sums.run, x, w, flush?.add);
      flush?.take();
      emitStores(f, vectors, tile, sums, y, bias);
    }),
  );
}

/** Sums of sums: no more than {@link longestRun} terms are added one by one. */
function totals(f: FunctionBuilder, registers: Registers, tile: Tile) {
  const pairs = sumsOf(registers, tile).map((sum) => ({ sum, total: f.local("v128") }));
  return {
    add: () => {
      for (const { sum, total } of pairs) f.set(total, f32x4.add(total, sum));
      clearSums(f, registers, tile);
    },
    take: () => {
      for (const { sum, total } of pairs) f.set(sum, total);
    },
  };
}

interface Pointers {
  readonly x: Local<"i32">;
  readonly w: Local<"i32">;
  readonly entry: Local<"i32">;
  readonly end: Local<"i32">;
}

/** All runs of the table, in blocks of as many as may be added one by one. */
function emitRuns(
  f: FunctionBuilder,
  registers: Registers,
  tile: Tile,
  { run, runs }: WindowSums,
  { x, w, entry, end }: Pointers,
  flush?: () => void,
): void {
  const a = f.local("i32");
  const perBlock = Math.floor(longestRun / run);
  const blocks = flush !== undefined && perBlock > 0 && perBlock < runs;
  const blockEnd = blocks ? f.local("i32") : end;
  const block = () =>
    f.repeat(() => {
      f.set(a, i32.add(x, i32.load(entry)));
      emitRun(f, registers, tile, run, a, w, perBlock === 0 ? flush : undefined);
      advance(f, entry, floatBytes);
      return i32.ne(entry, blockEnd);
    });
  if (!blocks) {
    block();
    if (perBlock > 0) flush?.();
    return;
  }
  f.repeat(() => {
    f.set(blockEnd, i32.add(entry, perBlock * floatBytes));
    f.if(i32.gtU(blockEnd, end), () => f.set(blockEnd, end));
    block();
    flush();
    return i32.ne(entry, end);
  });
}

/** One run, cut into pieces of equal length where it is long: the first takes the rest. */
function emitRun(
  f: FunctionBuilder,
  registers: Registers,
  tile: Tile,
  run: number,
  a: Local<"i32">,
  w: Local<"i32">,
  flush?: () => void,
): void {
  if (run === 1) {
    stepTile(f, registers, tile, a, w);
    advance(f, w, tile.vectors.length * vectorBytes);
    return;
  }
  const pieces = flush === undefined ? 1 : Math.ceil(run / longestRun);
  const length = Math.floor(run / pieces);
  runTile(f, registers, tile, a, w, run - (pieces - 1) * length);
  flush?.();
  f.times(pieces - 1, () => {
    runTile(f, registers, tile, a, w, length);
    flush?.();
  });
}

function emitStores(
  f: FunctionBuilder,
  registers: Registers,
  tile: Tile,
  { to, vectors, lanes, bias }: WindowSums,
  y: Local<"i32">,
  biasAt: Local<"i32">,
): void {
  const sums = sumsOf(registers, tile);
  for (const [v, offset] of vectors.entries()) {
    if (bias) f.set(registers.passing, loadLanes(biasAt, offset, lanes));
    for (const [row, place] of to.entries()) {
      const sum = sums[row * vectors.length + v];
      if (bias) f.set(sum, f32x4.add(sum, registers.passing));
      storeLanes(f, y, sum, place + offset, lanes);
    }
  }
}
