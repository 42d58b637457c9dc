import type { FunctionBuilder } from "../../wasm/index.ts";
import { Columns } from "./gemm.epilogue.ts";
import { advance, floatBytes, type Gemm, pointer, vectorBytes } from "./gemm.problem.ts";
import { coverColumns, maximumSums, registers, sumTile, type Tile } from "./gemm.tiles.ts";

/**
 * A * B for 1 to 3 columns, when A lies with its columns contiguous and has at least 4 rows: the
 * tiles of the transposed product, vectors of four rows of C, written lane by lane.
 */
export function emitTurned(f: FunctionBuilder, gemm: Gemm): void {
  const { m, n, k, a, b, c, cStride } = gemm;
  const shared = registers(f);
  const columns = new Columns(f, gemm);
  const width = Math.floor(maximumSums / n);
  const vectors = coverColumns(m);
  const aRows = pointer(f, a.address);
  const cRows = pointer(f, c);
  const at = { a: f.local("i32"), b: f.local("i32") };
  const emitTile = (offsets: readonly number[]) => {
    const tile: Tile = {
      rows: n,
      vectors: offsets,
      a: at.a,
      b: at.b,
      rowStride: b.columnStride,
      aStep: b.rowStride,
      bStep: a.columnStride,
      fast: gemm.fast,
    };
    f.set(at.a, b.address);
    f.set(at.b, aRows);
    sumTile(f, shared, tile, k);
    for (let column = 0; column < n; column++) {
      const finish = columns.finisher(f, [column, column, column, column]);
      for (const [v, offset] of offsets.entries()) {
        const sum = shared.sums[column * offsets.length + v];
        f.set(sum, finish(sum));
        for (let lane = 0; lane < 4; lane++) {
          const row = offset / floatBytes + lane;
          f.storeLane32(cRows, sum, lane, row * cStride + column * floatBytes);
        }
      }
    }
  };
  const move = (rows: number) => {
    advance(f, aRows, rows * floatBytes);
    advance(f, cRows, rows * cStride);
  };
  // As for outer products: full tiles in a loop, and one more whose last vector may overlap.
  const regular = Math.floor(Math.floor(m / 4) / width);
  f.times(regular, () => {
    emitTile(vectors.slice(0, width));
    move(width * 4);
  });
  const rest = vectors.slice(regular * width);
  if (rest.length === 0) return;
  const back = rest[0] - regular * width * vectorBytes;
  if (back !== 0) move(back / floatBytes);
  emitTile(rest.map((offset) => offset - rest[0]));
}
