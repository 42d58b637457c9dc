import type { FunctionBuilder, Local } from "../../wasm/index.ts";
import { Columns } from "./gemm.epilogue.ts";
import { advance, type Gemm, pointer, vectorBytes } from "./gemm.problem.ts";
import { coverColumns, maximumSums, type Registers, registers, storeTile, sumTile, type Tile } from "./gemm.tiles.ts";

/**
 * A * B by tiles, reading the operands in place: for matrices that fit the caches. B has contiguous
 * rows and at least 4 columns; A is read at any strides.
 */
export function emitOuterProducts(f: FunctionBuilder, gemm: Gemm): void {
  const { a, c, cStride, m } = gemm;
  const shared = registers(f);
  const aRow = pointer(f, a.address);
  const cRow = pointer(f, c);
  f.times(Math.floor(m / 4), () => {
    emitRows(f, shared, gemm, 4, aRow, cRow);
    advance(f, aRow, 4 * a.rowStride);
    advance(f, cRow, 4 * cStride);
  });
  if (m % 4 > 0) emitRows(f, shared, gemm, m % 4, aRow, cRow);
}

/** 1 to 4 rows of C: tiles side by side, each as wide as there are registers for. */
function emitRows(
  f: FunctionBuilder,
  shared: Registers,
  gemm: Gemm,
  rows: number,
  aRow: Local<"i32">,
  cRow: Local<"i32">,
): void {
  const { a, b, n, k, cStride } = gemm;
  const width = Math.floor(maximumSums / rows);
  const vectors = coverColumns(n);
  const bColumn = pointer(f, b.address);
  const c = pointer(f, cRow);
  const columns = new Columns(f, gemm);
  const at = { a: f.local("i32"), b: f.local("i32") };
  const emitTile = (offsets: readonly number[]) => {
    const tile: Tile = {
      rows,
      vectors: offsets,
      a: at.a,
      b: at.b,
      rowStride: a.rowStride,
      aStep: a.columnStride,
      bStep: b.rowStride,
      fast: gemm.fast,
    };
    f.set(at.a, aRow);
    f.set(at.b, bColumn);
    sumTile(f, shared, tile, k);
    storeTile(f, shared, tile, c, cStride, columns);
  };
  const move = (bytes: number) => {
    for (const pointer of [bColumn, c]) advance(f, pointer, bytes);
    columns.advance(f, bytes);
  };
  // Full tiles run in a loop; the rest is one tile, whose last vector may overlap.
  const regular = Math.floor(Math.floor(n / 4) / width);
  const step = width * vectorBytes;
  f.times(regular, () => {
    emitTile(vectors.slice(0, width));
    move(step);
  });
  const rest = vectors.slice(regular * width);
  if (rest.length === 0) return;
  if (rest[0] !== regular * step) move(rest[0] - regular * step);
  emitTile(rest.map((offset) => offset - rest[0]));
}
