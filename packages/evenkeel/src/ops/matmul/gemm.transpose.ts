import { type FunctionBuilder, f32x4, type I32, type Local, v128 } from "../../wasm/index.ts";
import { advance, floatBytes, type Operand, plus, pointer, vectorBytes } from "./gemm.problem.ts";

/** The 4 x 4 transpose of four vectors, into four others. */
export function transpose4(
  f: FunctionBuilder,
  rows: readonly Local<"v128">[],
  columns: readonly Local<"v128">[],
  low: Local<"v128">,
): void {
  const [r0, r1, r2, r3] = rows;
  const [c0, c1, c2, c3] = columns;
  f.set(low, f32x4.shuffle(r0, r1, [0, 4, 1, 5]));
  f.set(c2, f32x4.shuffle(r0, r1, [2, 6, 3, 7]));
  f.set(c1, f32x4.shuffle(r2, r3, [0, 4, 1, 5]));
  f.set(c3, f32x4.shuffle(r2, r3, [2, 6, 3, 7]));
  f.set(c0, f32x4.shuffle(low, c1, [0, 1, 4, 5]));
  f.set(c1, f32x4.shuffle(low, c1, [2, 3, 6, 7]));
  f.set(low, f32x4.shuffle(c2, c3, [0, 1, 4, 5]));
  f.set(c3, f32x4.shuffle(c2, c3, [2, 3, 6, 7]));
  f.set(c2, low);
}

/**
 * Writes [rows, columns] with contiguous rows as [columns, stride / 4], columns of it becoming
 * rows. The stride is a multiple of 16; what stands behind each row of the result is not defined.
 */
export function emitTranspose(
  f: FunctionBuilder,
  from: Operand,
  rows: number,
  columns: number,
  to: number,
  stride: number,
): void {
  const read = f.locals("v128", 4);
  const turned = f.locals("v128", 4);
  const low = f.local("v128");
  const source = f.local("i32");
  const target = f.local("i32");
  const quads = Math.floor(columns / 4);

  const band = (sourceStart: Local<"i32">, targetStart: Local<"i32">, height: number) => {
    // A last band of fewer than 4 rows reads its last row in place of those that are missing.
    const rowAt = (i: number) => Math.min(i, height - 1) * from.rowStride;
    f.set(source, sourceStart);
    f.set(target, targetStart);
    f.times(quads, () => {
      for (let i = 0; i < 4; i++) f.set(read[i], v128.load(source, rowAt(i)));
      transpose4(f, read, turned, low);
      for (let i = 0; i < 4; i++) f.storeV128(target, turned[i], i * stride);
      advance(f, source, vectorBytes);
      advance(f, target, 4 * stride);
    });
    for (let j = 0; j < columns % 4; j++) {
      f.set(read[0], v128.load32Zero(source, rowAt(0) + j * floatBytes));
      for (let i = 1; i < 4; i++) {
        f.set(read[0], v128.load32Lane(source, read[0], i, rowAt(i) + j * floatBytes));
      }
      f.storeV128(target, read[0], j * stride);
    }
  };

  const bands = Math.floor(rows / 4);
  const sourceStart = pointer(f, plus(from.address, 0));
  const targetStart = pointer(f, to);
  f.times(bands, () => {
    band(sourceStart, targetStart, 4);
    advance(f, sourceStart, 4 * from.rowStride);
    advance(f, targetStart, vectorBytes);
  });
  if (rows % 4 > 0) band(sourceStart, targetStart, rows % 4);
}

/**
 * Writes [rows, columns] without gaps as [columns, rows], and nothing behind that. The columns are a
 * multiple of 4, and few: the code is written out for each four.
 */
export function emitTransposeTight(f: FunctionBuilder, from: I32, rows: number, columns: number, to: I32): void {
  const quads = Array.from({ length: columns / 4 }, (_, quad) => quad * 4);
  const [line, stride] = [columns * floatBytes, rows * floatBytes];
  const [source, target] = [pointer(f, from), pointer(f, to)];
  const read = f.locals("v128", 4);
  const turned = f.locals("v128", 4);
  const low = f.local("v128");
  if (rows < 4) {
    for (let row = 0; row < rows; row++) {
      for (const quad of quads) {
        f.set(low, v128.load(source, row * line + quad * floatBytes));
        for (let lane = 0; lane < 4; lane++)
          f.storeLane32(target, low, lane, (quad + lane) * stride + row * floatBytes);
      }
    }
    return;
  }
  const move = (count: number) => {
    advance(f, source, count * line);
    advance(f, target, count * floatBytes);
  };
  const band = () => {
    for (const quad of quads) {
      for (let i = 0; i < 4; i++) f.set(read[i], v128.load(source, i * line + quad * floatBytes));
      transpose4(f, read, turned, low);
      for (let i = 0; i < 4; i++) f.storeV128(target, turned[i], (quad + i) * stride);
    }
  };
  f.times(Math.floor(rows / 4), () => {
    band();
    move(4);
  });
  if (rows % 4 === 0) return;
  // The last four rows, some of them for a second time.
  move((rows % 4) - 4);
  band();
}
