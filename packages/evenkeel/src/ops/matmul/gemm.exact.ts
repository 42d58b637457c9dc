import { type FunctionBuilder, f32x4, f64x2, i32, type Local, type ModuleBuilder, v128 } from "../../wasm/index.ts";
import { advance, floatBytes, vectorBytes } from "./gemm.problem.ts";
import { maximumSums, registers } from "./gemm.tiles.ts";
import { transpose4 } from "./gemm.transpose.ts";

/**
 * Functions for products whose sizes are known only when they run. They sum in double, and each sum
 * adds its terms one by one in the order of the inner dimension: the bits are those of product.ts.
 * A caller copies blocks of the operands in, packs them into panels of doubles, adds their products
 * to a block of C in double, and rounds that once all terms are in it.
 *
 * Arrays of panels are padded to whole panels, so that no function knows of edges. They read and
 * write up to a panel beyond a count that is no multiple of 4; what stands there is of no consequence,
 * because an element of C depends only on its own row of A and column of B.
 */

/** Rows of A and columns of B that make a panel: a tile is 4 x 4. */
export const panelWidth = 4;
const doubleBytes = 8;
const stepBytes = panelWidth * doubleBytes;

/** What {@link defineExact} exports, for a host to call. All arguments are addresses, bytes or counts. */
export interface ExactFunctions {
  /** For each k a line: (from, to, panels, k, bytes from line to line). */
  packAcross32(from: number, to: number, panels: number, k: number, line: number): void;
  packAcross64(from: number, to: number, panels: number, k: number, line: number): void;
  /** For each row of A or column of B a line: (from, to, panels, k, bytes from line to line). */
  packAlong32(from: number, to: number, panels: number, k: number, line: number): void;
  packAlong64(from: number, to: number, panels: number, k: number, line: number): void;
  /**
   * (panels of A, panels of B, C, bytes of a row of C, number of panels of A, of B, k): adds the
   * products to C.
   */
  multiply(a: number, b: number, c: number, row: number, panelsA: number, panelsB: number, k: number): void;
  /**
   * (C, its rows of `panels` times 4 doubles, to, number of rows, panels, bytes from row to row
   * there): writes the rows of C without their padding.
   */
  finish32(c: number, to: number, rows: number, panels: number, row: number): void;
  finish64(c: number, to: number, rows: number, panels: number, row: number): void;
}

/** Adds the functions to a module. */
export function defineExact(module: ModuleBuilder): void {
  for (const isDouble of [false, true]) {
    const suffix = isDouble ? "64" : "32";
    module.function(`packAcross${suffix}`, packParams, (...args) => packAcross(isDouble, ...args), { exported: true });
    module.function(`packAlong${suffix}`, packParams, (...args) => packAlong(isDouble, ...args), { exported: true });
    module.function(`finish${suffix}`, packParams, (...args) => finish(isDouble, ...args), { exported: true });
  }
  module.function("multiply", ["i32", "i32", "i32", "i32", "i32", "i32", "i32"], multiply, { exported: true });
}

const packParams = ["i32", "i32", "i32", "i32", "i32"] as const;
type I = Local<"i32">;

/** Runs `body` as often as `count` says, at least once; counts it down. */
function countDown(f: FunctionBuilder, count: I, body: () => void): void {
  f.repeat(() => {
    body();
    f.set(count, i32.sub(count, 1));
    return count;
  });
}

/** The four elements of a panel lie side by side. */
function packAcross(isDouble: boolean, f: FunctionBuilder, from: I, to: I, panels: I, k: I, line: I): void {
  const source = f.local("i32");
  const end = f.local("i32");
  const four = f.local("v128");
  const bytes = f.let(i32.mul(k, stepBytes));
  countDown(f, panels, () => {
    f.set(source, from);
    f.set(end, i32.add(to, bytes));
    f.loop(to, end, stepBytes, () => {
      if (isDouble) {
        for (const at of [0, vectorBytes]) f.storeV128(to, v128.load(source, at), at);
      } else {
        f.set(four, v128.load(source));
        storeFour(f, to, four, 0);
      }
      f.set(source, i32.add(source, line));
    });
    advance(f, from, panelWidth * (isDouble ? doubleBytes : floatBytes));
  });
}

/** Stores four floats as doubles. */
function storeFour(f: FunctionBuilder, to: I, four: Local<"v128">, offset: number): void {
  f.storeV128(to, f64x2.promoteLow(four), offset);
  f.storeV128(to, f64x2.promoteLow(f32x4.shuffle(four, four, [2, 3, 2, 3])), offset + vectorBytes);
}

/** The elements of a panel lie in four lines. */
function packAlong(isDouble: boolean, f: FunctionBuilder, from: I, to: I, panels: I, k: I, line: I): void {
  const width = isDouble ? 2 : 4;
  const source = f.locals("i32", panelWidth);
  const [start, end] = f.locals("i32", 2);
  const rows = f.locals("v128", 4);
  const turned = f.locals("v128", 4);
  const low = f.local("v128");
  const bytes = f.let(i32.mul(k, stepBytes));
  // Whole vectors of each line: what is too much is overwritten by the next panel.
  const whole = f.let(i32.and(i32.add(bytes, (width - 1) * stepBytes), -width * stepBytes));
  countDown(f, panels, () => {
    f.set(source[0], from);
    for (let i = 1; i < panelWidth; i++) f.set(source[i], i32.add(source[i - 1], line));
    f.set(start, to);
    f.set(end, i32.add(to, whole));
    f.loop(to, end, width * stepBytes, () => {
      for (const [i, each] of source.entries()) {
        f.set(rows[i], v128.load(each));
        advance(f, each, vectorBytes);
      }
      if (isDouble) {
        for (const [step, lanes] of [
          [0, [0, 1, 4, 5]],
          [1, [2, 3, 6, 7]],
        ] as const) {
          for (let v = 0; v < 2; v++) {
            const pair = f32x4.shuffle(rows[2 * v], rows[2 * v + 1], lanes);
            f.storeV128(to, pair, step * stepBytes + v * vectorBytes);
          }
        }
      } else {
        transpose4(f, rows, turned, low);
        for (const [step, four] of turned.entries()) storeFour(f, to, four, step * stepBytes);
      }
    });
    f.set(to, i32.add(start, bytes));
    f.set(from, i32.add(from, i32.mul(line, panelWidth)));
  });
}

/** Row of tiles by row of tiles. */
function multiply(f: FunctionBuilder, a: I, b: I, c: I, row: I, panelsA: I, panelsB: I, k: I): void {
  const { sums, held, passing } = registers(f);
  const [left, right, at, to, end, rest] = f.locals("i32", 6);
  const bytes = f.let(i32.mul(k, stepBytes));
  const vectors = maximumSums / panelWidth;
  const eachSum = (visit: (sum: Local<"v128">, offset: number) => void) => {
    f.set(at, to);
    for (let i = 0; i < panelWidth; i++) {
      if (i > 0) f.set(at, i32.add(at, row));
      for (let v = 0; v < vectors; v++) visit(sums[i * vectors + v], v * vectorBytes);
    }
  };
  countDown(f, panelsA, () => {
    f.set(right, b);
    f.set(to, c);
    f.set(rest, panelsB);
    countDown(f, rest, () => {
      // The panels of B follow each other, so that `right` ends where the next tile starts.
      f.set(left, a);
      f.set(end, i32.add(right, bytes));
      eachSum((sum, offset) => f.set(sum, v128.load(at, offset)));
      f.loop(right, end, stepBytes, () => {
        for (let i = 0; i < panelWidth; i++) f.set(held[i], v128.load64Splat(left, i * doubleBytes));
        for (let v = 0; v < vectors; v++) {
          f.set(passing, v128.load(right, v * vectorBytes));
          for (let i = 0; i < panelWidth; i++) {
            const sum = sums[i * vectors + v];
            f.set(sum, f64x2.add(sum, f64x2.mul(held[i], passing)));
          }
        }
        advance(f, left, stepBytes);
      });
      eachSum((sum, offset) => f.storeV128(at, sum, offset));
      advance(f, to, stepBytes);
    });
    f.set(a, i32.add(a, bytes));
    f.set(c, i32.add(c, i32.mul(row, panelWidth)));
  });
}

/** In the order of the rows: what one writes behind its end, the next overwrites. */
function finish(isDouble: boolean, f: FunctionBuilder, c: I, to: I, rows: I, panels: I, row: I): void {
  const [target, end] = f.locals("i32", 2);
  const bytes = f.let(i32.mul(panels, stepBytes));
  countDown(f, rows, () => {
    f.set(target, to);
    f.set(end, i32.add(c, bytes));
    f.loop(c, end, stepBytes, () => {
      const [low, high] = [0, vectorBytes].map((offset) => v128.load(c, offset));
      if (isDouble) {
        f.storeV128(target, low);
        f.storeV128(target, high, vectorBytes);
        advance(f, target, stepBytes);
      } else {
        f.storeV128(target, f32x4.shuffle(f32x4.demoteZero(low), f32x4.demoteZero(high), [0, 1, 4, 5]));
        advance(f, target, vectorBytes);
      }
    });
    f.set(to, i32.add(to, row));
  });
}
