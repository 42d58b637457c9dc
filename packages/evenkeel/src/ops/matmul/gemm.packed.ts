import {
  type FunctionBuilder,
  type FunctionRef,
  f32,
  f32x4,
  type I32,
  i32,
  type Local,
  type ModuleBuilder,
  v128,
} from "../../wasm/index.ts";
import { Columns, emitFinish } from "./gemm.epilogue.ts";
import { emitPack, packBytes } from "./gemm.panels.ts";
import { advance, floatBytes, type Gemm, pointer, vectorBytes } from "./gemm.problem.ts";
import { longestRun, registers, sumRun, type Tile } from "./gemm.tiles.ts";
import { wideColumns, wideTileFunction } from "./gemm.wideTile.ts";

/**
 * Large products, as K. Goto and R. van de Geijn do them ("Anatomy of high-performance matrix
 * multiplication", ACM TOMS 34, 2008): blocks of B and A are copied into panels that the tiles read
 * from end to end. Every k-block is summed from zero; the first is added to the bias or to zeros,
 * the others to what C holds by then, in order.
 */

/**
 * A tile is 4 x 8: A lies in panels of 4 rows, B in panels of 8 columns. With vectors of 256 bits it
 * is 4 x 16. The order of the sums is the same.
 */
const tileRows = 4;
const narrowColumns = 8;
const columnsOf = ({ wide }: ModuleBuilder): number => (wide ? wideColumns : narrowColumns);

/**
 * Block sizes: B's block (256 KiB) fits the L2 cache and a panel of A the L1 cache. Tiles proceed
 * along the rows of C, not down its columns: rows a power of two apart share a few sets of each
 * cache, and evict each other.
 */
const blockK = longestRun;
const blockM = 64;
const blockN = 512;

/** A tile of either width. */
const tileBytes = tileRows * wideColumns * floatBytes;

/**
 * Bytes of scratch: the block of B, the block of A, one tile, and a row of zeros; with panels of
 * either width.
 */
export function packedScratch({ m, n, k }: { m: number; n: number; k: number }): number {
  const { panelsB, panelsA } = blockBytes(m, n, k);
  return panelsB + panelsA + tileBytes + Math.min(n, blockN) * floatBytes;
}

function blockBytes(m: number, n: number, k: number) {
  const depth = Math.min(k, blockK);
  return {
    panelsB: packBytes(Math.min(n, blockN), depth, wideColumns),
    panelsA: packBytes(Math.min(m, blockM), depth, tileRows),
  };
}

export function emitPacked(f: FunctionBuilder, module: ModuleBuilder, gemm: Gemm): void {
  const { m, n, k, a, b, c, cStride, bias, epilogue, scratch } = gemm;
  const { panelsA, panelsB } = blockBytes(m, n, k);
  const packedB = scratch;
  const packedA = scratch + panelsB;
  const buffer = packedA + panelsA;
  const zeros = buffer + tileBytes;
  const multiply = multiplyFunction(module, gemm.fast);
  const tileColumns = columnsOf(module);
  const aAt = f.locals("i32", 2);
  const bAt = f.locals("i32", 2);
  const cAt = f.locals("i32", 2);
  const start = pointer(f, bias ?? zeros);
  const finishing = epilogue && new Columns(f, { epilogue });
  if (bias === undefined) f.fill(zeros, 0, Math.min(n, blockN) * floatBytes);
  f.set(bAt[0], b.address);
  f.set(cAt[0], c);
  eachBlock(f, n, blockN, (width) => {
    f.set(aAt[0], a.address);
    f.set(bAt[1], bAt[0]);
    const addBlock = (depth: number, first: boolean, last: boolean) => {
      const columns = { from: bAt[1], across: b.columnStride, along: b.rowStride };
      emitPack(f, module, columns, packedB, width, depth, tileColumns);
      f.set(aAt[1], aAt[0]);
      f.set(cAt[1], cAt[0]);
      eachBlock(f, m, blockM, (height) => {
        const rows = { from: aAt[1], across: a.rowStride, along: a.columnStride };
        emitPack(f, module, rows, packedA, height, depth, tileRows);
        const [addend, addendStride] = first ? [start, 0] : [cAt[1], cStride];
        f.call(multiply, packedA, packedB, cAt[1], cStride, addend, addendStride, height, width, depth, buffer);
        if (finishing && last) emitFinish(f, finishing, { c: cAt[1], cStride, rows: height, n: width });
        advance(f, aAt[1], height * a.rowStride);
        advance(f, cAt[1], height * cStride);
      });
      advance(f, aAt[0], depth * a.columnStride);
      advance(f, bAt[1], depth * b.rowStride);
    };
    const depth = Math.min(k, blockK);
    const lastDepth = k === depth ? 0 : k % blockK || blockK;
    addBlock(depth, true, lastDepth === 0);
    eachBlock(f, k - depth - lastDepth, blockK, (depth) => addBlock(depth, false, false));
    if (lastDepth > 0) addBlock(lastDepth, false, true);
    advance(f, bAt[0], width * b.columnStride);
    advance(f, cAt[0], width * floatBytes);
    if (bias !== undefined) advance(f, start, width * floatBytes);
    finishing?.advance(f, width * floatBytes);
  });
}

/** Full blocks in a loop, then the rest. */
function eachBlock(f: FunctionBuilder, total: number, size: number, body: (size: number) => void): void {
  f.times(Math.floor(total / size), () => body(size));
  if (total % size > 0) body(total % size);
}

type Multiply = FunctionRef<readonly ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], null>;

/**
 * (panels of A, panels of B, C, stride of C, addend, its stride, rows, columns, k, tile buffer):
 * sets C to the addend and the product of a block of A and a block of B, row of tiles by row of
 * tiles. The addend may be C.
 */
function multiplyFunction(module: ModuleBuilder, fast: boolean): Multiply {
  return module.shared(fast ? "gemmBlockFast" : "gemmBlock", () =>
    module.function(
      "gemmBlock",
      ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"],
      (f, a, b, c, cStride, addend, addendStride, rows, columns, k, buffer) => {
        const tileColumns = columnsOf(module);
        const tile = { a: f.local("i32"), b: f.local("i32"), end: f.local("i32"), at: f.local("i32") };
        const columnsLeft = f.local("i32");
        const addendAt = f.local("i32");
        const depthB = f.let(i32.mul(k, tileColumns * floatBytes));
        const depthA = f.let(i32.mul(k, tileRows * floatBytes));
        const isFull = i32.and(i32.geS(rows, tileRows), i32.geS(columnsLeft, tileColumns));
        const target = { c: tile.at, cStride, addend: addendAt, addendStride, rows, columns: columnsLeft, buffer };
        const emitTile = (module.wide ? wideTiles : narrowTiles)(f, module, fast, tile, isFull, target);
        f.repeat(() => {
          f.set(columnsLeft, columns);
          f.set(tile.b, b);
          f.set(tile.at, c);
          f.set(addendAt, addend);
          f.repeat(() => {
            // The panels of B follow each other: `b` ends where the next tile starts.
            f.set(tile.a, a);
            f.set(tile.end, i32.add(tile.b, depthB));
            emitTile();
            f.set(tile.at, i32.add(tile.at, tileColumns * floatBytes));
            f.set(addendAt, i32.add(addendAt, tileColumns * floatBytes));
            f.set(columnsLeft, i32.sub(columnsLeft, tileColumns));
            return i32.geS(columnsLeft, 1);
          });
          f.set(a, i32.add(a, depthA));
          f.set(c, i32.add(c, i32.mul(cStride, tileRows)));
          f.set(addend, i32.add(addend, i32.mul(addendStride, tileRows)));
          f.set(rows, i32.sub(rows, tileRows));
          return i32.geS(rows, 1);
        });
      },
    ),
  );
}

/** Where the panels of a tile lie; `b` is to be at `end` behind it. */
interface Panels {
  readonly a: Local<"i32">;
  readonly b: Local<"i32">;
  readonly end: Local<"i32">;
}

/** The part of C that a tile covers, what is added to it, and memory for a tile that it covers in part. */
interface Target {
  readonly c: Local<"i32">;
  readonly cStride: Local<"i32">;
  readonly addend: Local<"i32">;
  readonly addendStride: Local<"i32">;
  readonly rows: Local<"i32">;
  readonly columns: Local<"i32">;
  readonly buffer: Local<"i32">;
}

type EmitTiles = (
  f: FunctionBuilder,
  module: ModuleBuilder,
  fast: boolean,
  panels: Panels,
  isFull: I32,
  target: Target,
) => () => void;

/** Tiles in the loop itself: the call of a function would cost 5 to 7% in Node 20. */
const narrowTiles: EmitTiles = (f, module, fast, { a, b, end }, isFull, target) => {
  const { c, cStride, addend, addendStride, rows, columns, buffer } = target;
  const shared = registers(f);
  const tile: Tile = {
    rows: tileRows,
    vectors: [0, vectorBytes],
    ...{ a, b, rowStride: floatBytes, aStep: tileRows * floatBytes, bStep: narrowColumns * floatBytes, fast },
  };
  const row = f.local("i32");
  const addendRow = f.local("i32");
  return () => {
    sumRun(f, shared, tile, end);
    f.if(
      isFull,
      () => {
        f.set(row, c);
        f.set(addendRow, addend);
        for (let i = 0; i < tileRows; i++) {
          for (let v = 0; v < 2; v++) {
            const offset = v * vectorBytes;
            f.storeV128(row, f32x4.add(v128.load(addendRow, offset), shared.sums[i * 2 + v]), offset);
          }
          if (i === tileRows - 1) break;
          f.set(row, i32.add(row, cStride));
          f.set(addendRow, i32.add(addendRow, addendStride));
        }
      },
      () => {
        for (const [s, sum] of shared.sums.entries()) f.storeV128(buffer, sum, s * vectorBytes);
        f.call(addTileFunction(module), buffer, c, cStride, addend, addendStride, rows, columns);
      },
    );
  };
};

/** Tiles of a function of their own. */
const wideTiles: EmitTiles = (f, module, fast, { a, b, end }, isFull, target) => {
  const { c, cStride, addend, addendStride, rows, columns, buffer } = target;
  const full = wideTileFunction(module, fast, true);
  const plain = wideTileFunction(module, fast, false);
  return () => {
    f.if(
      isFull,
      () => f.call(full, a, b, end, c, cStride, addend, addendStride),
      () => {
        f.call(plain, a, b, end, buffer, wideColumns * floatBytes, 0, 0);
        f.call(addTileFunction(module), buffer, c, cStride, addend, addendStride, rows, columns);
      },
    );
    f.set(b, end);
  };
};

type AddTile = FunctionRef<readonly ["i32", "i32", "i32", "i32", "i32", "i32", "i32"], null>;

/**
 * (tile, C, stride of C, addend, its stride, rows, columns): sets that part of C on which a tile at
 * its edge lies.
 */
function addTileFunction(module: ModuleBuilder): AddTile {
  return module.shared("gemmAddTile", () =>
    module.function(
      "gemmAddTile",
      ["i32", "i32", "i32", "i32", "i32", "i32", "i32"],
      (f, tile, c, cStride, addend, addendStride, rows, columns) => {
        const tileColumns = columnsOf(module);
        const smaller = (a: Local<"i32">, limit: number): I32 =>
          i32.add(limit, i32.mul(i32.ltS(a, limit), i32.sub(a, limit)));
        f.set(rows, smaller(rows, tileRows));
        f.set(columns, i32.mul(smaller(columns, tileColumns), floatBytes));
        const column = f.local("i32");
        f.repeat(() => {
          f.set(column, 0);
          f.loop(column, columns, floatBytes, () => {
            const sum = f32.add(f32.load(i32.add(addend, column)), f32.load(i32.add(tile, column)));
            f.storeF32(i32.add(c, column), sum);
          });
          f.set(tile, i32.add(tile, tileColumns * floatBytes));
          f.set(c, i32.add(c, cStride));
          f.set(addend, i32.add(addend, addendStride));
          f.set(rows, i32.sub(rows, 1));
          return i32.ne(rows, 0);
        });
      },
    ),
  );
}
