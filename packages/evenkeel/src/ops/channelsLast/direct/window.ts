import {
  type FunctionBuilder,
  type FunctionRef,
  f32x4,
  i32,
  type Local,
  type ModuleBuilder,
} from "../../../wasm/index.ts";
import { advance, floatBytes, vectorBytes } from "../../matmul/gemm.problem.ts";
import { type Registers, registers } from "../../matmul/gemm.tiles.ts";
import {
  type Flush,
  inPieces,
  loadLanes,
  longestRun,
  runTile,
  startSums,
  stepTile,
  storeLanes,
  sumsOf,
  type Tile,
} from "./tile.ts";

/** The sums over the windows of some pixels, by one panel of weights. */
export interface WindowSums {
  /** The offsets of the pixels, in bytes, in the input and in the output. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** The offsets of the panel's vectors in the output, and their numbers of channels. */
  readonly vectors: readonly number[];
  readonly lanes: number;
  /** The contiguous floats of a window, and the number of such runs. */
  readonly run: number;
  readonly runs: number;
  /** Skipped floats of a kernel row: their weights are passed over after each run. */
  readonly skip: number;
  /**
   * Whether a table has the starts of the runs; if not, there is one run, and it starts at the
   * pixel.
   */
  readonly table: boolean;
  readonly bias: boolean;
  readonly depthwise: boolean;
  readonly fast: boolean;
}

/**
 * (first pixel of the input, panel, first pixel of the output, bias, first and end of the table).
 */
export type SumWindows = FunctionRef<readonly ["i32", "i32", "i32", "i32", "i32", "i32"], null>;

export function sumWindowsFunction(module: ModuleBuilder, sums: WindowSums): SumWindows {
  return module.shared(`sumWindows ${JSON.stringify(sums)}`, () =>
    module.function("sumWindows", ["i32", "i32", "i32", "i32", "i32", "i32"], (f, x, w, y, bias, entry, end) => {
      const tile: Tile = {
        rows: sums.from,
        vectors: sums.vectors.map((_, v) => v * vectorBytes),
        lanes: 4,
        own: sums.depthwise ? sums : undefined,
        fast: sums.fast,
      };
      const vectors = registers(f);
      const flush = startSums(f, vectors, tile, sums.run * sums.runs);
      const pointers = { x, w, entry, end };
      if (!sums.table) inPieces(f, sums.run, flush, (terms) => runTile(f, vectors, tile, x, w, terms));
      else if (sums.run === 1 && sums.skip === 0) emitFloats(f, vectors, tile, pointers, flush);
      else emitRuns(f, vectors, tile, sums, pointers, flush);
      flush?.total();
      emitStores(f, vectors, tile, sums, y, bias);
    }),
  );
}

interface Pointers {
  readonly x: Local<"i32">;
  readonly w: Local<"i32">;
  readonly entry: Local<"i32">;
  readonly end: Local<"i32">;
}

/** Runs whose starts are in the table. */
function emitRuns(
  f: FunctionBuilder,
  registers: Registers,
  tile: Tile,
  { run, skip }: WindowSums,
  { x, w, entry, end }: Pointers,
  flush?: Flush,
): void {
  const a = f.local("i32");
  f.repeat(() => {
    f.set(a, i32.add(x, i32.load(entry)));
    inPieces(f, run, flush, (terms) => runTile(f, registers, tile, a, w, terms));
    advance(f, w, skip * tile.vectors.length * vectorBytes);
    advance(f, entry, floatBytes);
    return i32.ne(entry, end);
  });
}

/** Single floats whose offsets are in the table. */
function emitFloats(
  f: FunctionBuilder,
  registers: Registers,
  tile: Tile,
  { x, w, entry, end }: Pointers,
  flush?: Flush,
): void {
  const a = f.local("i32");
  const until = (last: Local<"i32">) =>
    f.repeat(() => {
      f.set(a, i32.add(x, i32.load(entry)));
      stepTile(f, registers, tile, a, w);
      advance(f, w, tile.vectors.length * vectorBytes);
      advance(f, entry, floatBytes);
      return i32.ne(entry, last);
    });
  if (flush === undefined) {
    until(end);
    return;
  }
  const pieceEnd = f.local("i32");
  f.repeat(() => {
    f.set(pieceEnd, i32.add(entry, longestRun * floatBytes));
    f.if(i32.gtU(pieceEnd, end), () => f.set(pieceEnd, end));
    until(pieceEnd);
    flush.add();
    return i32.ne(entry, end);
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
  if (bias) {
    for (const [v, offset] of vectors.entries()) {
      f.set(registers.passing, loadLanes(biasAt, offset, lanes));
      for (const row of to.keys()) {
        const sum = sums[row * vectors.length + v];
        f.set(sum, f32x4.add(sum, registers.passing));
      }
    }
  }
  // Row by row: V8 makes one store of 256 bits of two that follow each other.
  for (const [row, place] of to.entries()) {
    for (const [v, offset] of vectors.entries())
      storeLanes(f, y, sums[row * vectors.length + v], place + offset, lanes);
  }
}
