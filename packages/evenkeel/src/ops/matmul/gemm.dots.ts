import { type FunctionBuilder, f32x4, i32, type Local, type V128, v128 } from "../../wasm/index.ts";
import { Columns } from "./gemm.epilogue.ts";
import { advance, floatBytes, type Gemm, plus, pointer, vectorBytes } from "./gemm.problem.ts";
import { maximumSums, multiplyAdd, type Registers, registers } from "./gemm.tiles.ts";

/**
 * A * B by dot products: both operands lie with k contiguous (A by rows, B by columns), and every
 * sum is a vector of four partial sums. For few rows or few columns, where transposing an operand
 * would cost more than the product.
 */
export function emitDotProducts(f: FunctionBuilder, gemm: Gemm): void {
  const shared = registers(f);
  const height = Math.floor(maximumSums / Math.min(gemm.n, 4));
  const blocks = Math.floor(gemm.m / height);
  if (blocks > 0) emitRows(f, shared, gemm, 0, height, blocks);
  if (gemm.m % height > 0) emitRows(f, shared, gemm, blocks * height, gemm.m % height, 1);
}

interface DotTile {
  readonly rows: number;
  readonly columns: number;
  /** Pointers to the tile's first row of A, first column of B and first element of C; constant. */
  readonly a: Local<"i32">;
  readonly b: Local<"i32">;
  readonly c: Local<"i32">;
  /** What its columns have. */
  readonly of: Columns;
}

function emitRows(f: FunctionBuilder, shared: Registers, gemm: Gemm, start: number, rows: number, blocks: number) {
  const { n, a, b, c, cStride } = gemm;
  const columns = Math.min(n, 4);
  const tile: DotTile = {
    rows,
    columns,
    a: f.local("i32"),
    b: f.local("i32"),
    c: f.local("i32"),
    of: new Columns(f, gemm),
  };
  const cStart = pointer(f, plus(c, start * cStride));
  const moving = f.locals("i32", 3);
  f.set(tile.a, plus(a.address, start * a.rowStride));
  f.times(blocks, () => {
    f.set(tile.b, b.address);
    f.set(tile.c, cStart);
    tile.of.rewind(f);
    const step = (count: number) => {
      advance(f, tile.b, count * b.columnStride);
      advance(f, tile.c, count * floatBytes);
      tile.of.advance(f, count * floatBytes);
    };
    f.times(Math.floor(n / columns), () => {
      emitTile(f, shared, gemm, tile, moving);
      step(columns);
    });
    if (n % columns > 0) {
      // The last four columns, some of them for a second time.
      step((n % columns) - columns);
      emitTile(f, shared, gemm, tile, moving);
    }
    advance(f, tile.a, rows * a.rowStride);
    advance(f, cStart, rows * cStride);
  });
}

function emitTile(
  f: FunctionBuilder,
  shared: Registers,
  gemm: Gemm,
  tile: DotTile,
  [a, b, end]: readonly Local<"i32">[],
): void {
  const { sums } = shared;
  const { rows, columns } = tile;
  const step = (load: (address: Local<"i32">, offset: number) => V128) => {
    for (let j = 0; j < columns; j++) f.set(shared.held[j], load(b, j * gemm.b.columnStride));
    for (let i = 0; i < rows; i++) {
      f.set(shared.passing, load(a, i * gemm.a.rowStride));
      for (let j = 0; j < columns; j++) {
        const sum = sums[i * columns + j];
        f.set(sum, multiplyAdd(shared.passing, shared.held[j], sum, gemm.fast));
      }
    }
  };
  for (let s = 0; s < rows * columns; s++) f.set(sums[s], f32x4.const(0));
  f.set(a, tile.a);
  f.set(b, tile.b);
  const quads = Math.floor(gemm.k / 4);
  if (quads > 0) {
    f.set(end, i32.add(a, quads * vectorBytes));
    f.repeat(() => {
      step((address, offset) => v128.load(address, offset));
      advance(f, a, vectorBytes);
      advance(f, b, vectorBytes);
      return i32.ne(a, end);
    });
  }
  if (gemm.k % 4 > 0) step((address, offset) => loadFew(address, offset, gemm.k % 4));
  for (let first = 0; first < rows * columns; first += 4) {
    storeGroup(f, shared, gemm, tile, first, Math.min(4, rows * columns - first));
  }
}

/** 1 to 3 floats, and zeros behind them. */
function loadFew(address: Local<"i32">, offset: number, count: number): V128 {
  if (count === 1) return v128.load32Zero(address, offset);
  const two = v128.load64Zero(address, offset);
  return count === 2 ? two : v128.load32Lane(address, two, 2, offset + 2 * floatBytes);
}

/** Adds up `count` of the sums, from `first` on, and writes them. */
function storeGroup(f: FunctionBuilder, shared: Registers, gemm: Gemm, tile: DotTile, first: number, count: number) {
  const [s0, s1, s2, s3] = [0, 1, 2, 3].map((i) => shared.sums[first + Math.min(i, count - 1)]);
  const low = shared.passing;
  const high = shared.held[0];
  f.set(low, f32x4.add(f32x4.shuffle(s0, s1, [0, 4, 1, 5]), f32x4.shuffle(s0, s1, [2, 6, 3, 7])));
  f.set(high, f32x4.add(f32x4.shuffle(s2, s3, [0, 4, 1, 5]), f32x4.shuffle(s2, s3, [2, 6, 3, 7])));
  f.set(low, f32x4.add(f32x4.shuffle(low, high, [0, 1, 4, 5]), f32x4.shuffle(low, high, [2, 3, 6, 7])));
  const places = Array.from({ length: count }, (_, i) => {
    const at = first + i;
    return { row: Math.floor(at / tile.columns), column: at % tile.columns };
  });
  f.set(
    low,
    tile.of.finisher(
      f,
      places.map(({ column }) => column),
    )(low),
  );
  const offsets = places.map(({ row, column }) => row * gemm.cStride + column * floatBytes);
  if (count === 4 && offsets.every((offset, i) => offset === offsets[0] + i * floatBytes)) {
    f.storeV128(tile.c, low, offsets[0]);
  } else {
    for (const [lane, offset] of offsets.entries()) f.storeLane32(tile.c, low, lane, offset);
  }
}
