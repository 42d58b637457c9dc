import {
  type FunctionBuilder,
  f32x4,
  f64x2,
  type I32,
  type Local,
  type ModuleBuilder,
  type V128,
  v128,
} from "../../wasm/index.ts";
import { reluKernel } from "../elementwise/activation.kernel.ts";
import { both, demotePair, type Pair, promotePair } from "../normalize/doublePair.ts";
import { advance, doubleBytes, type Epilogue, floatBytes, type Gemm, pointer, vectorBytes } from "./gemm.problem.ts";

/**
 * What becomes of every element of a product before it is stored, in this order: the bias of its
 * column is added, it is scaled and shifted by column, and an activation is applied. The bits are
 * those of ops that read and write the whole matrix one after the other.
 */

/** ReLU as an epilogue's activation. */
export const reluEpilogue = (f: FunctionBuilder, module: ModuleBuilder): Epilogue["activation"] => {
  return (values) => reluKernel.lane([values], { attrs: {}, f, module, lanes: f32x4 });
};

type Problem = Pick<Gemm, "bias" | "epilogue">;

/** Four neighbouring columns, from `first` on. */
export const quad = (first: number): readonly number[] => [first, first + 1, first + 2, first + 3];

/** What the columns of C have, through pointers that go along with the tiles. */
export class Columns {
  readonly #problem: Problem;
  readonly #bias: Local<"i32"> | undefined;
  readonly #scale: Local<"i32"> | undefined;

  /** Its pointers are at the first column. */
  constructor(f: FunctionBuilder, problem: Problem) {
    this.#problem = problem;
    const { bias, epilogue } = problem;
    this.#bias = bias === undefined ? undefined : pointer(f, bias);
    this.#scale = epilogue?.affine && pointer(f, epilogue.affine.scale);
  }

  /** Whether columns have a scale and a shift, which take four registers for four columns. */
  get areScaled(): boolean {
    return this.#scale !== undefined;
  }

  /** Goes back to the first column. */
  rewind(f: FunctionBuilder): void {
    const { bias, epilogue } = this.#problem;
    if (this.#bias !== undefined && bias !== undefined) f.set(this.#bias, bias);
    if (this.#scale !== undefined && epilogue?.affine !== undefined) f.set(this.#scale, epilogue.affine.scale);
  }

  /** Goes on as far as a pointer into a row of C does. */
  advance(f: FunctionBuilder, bytes: number): void {
    if (this.#bias !== undefined) advance(f, this.#bias, bytes);
    if (this.#scale !== undefined) advance(f, this.#scale, 2 * bytes);
  }

  /**
   * Loads what four columns have, counted from the pointers; one of them may come up several times.
   * Returns what becomes of sums in their places.
   */
  finisher(f: FunctionBuilder, columns: readonly number[]): (sums: V128) => V128 {
    const { affine, activation } = this.#problem.epilogue ?? {};
    const bias = this.#bias && f.let(floatsAt(this.#bias, columns));
    const doubles = (offset: number): Pair | undefined =>
      this.#scale && both((half) => f.let(doublesAt(this.#scale as I32, columns, half, offset)));
    const [scale, shift] = affine === undefined ? [] : [doubles(0), doubles(affine.shift - affine.scale)];
    return (sums) => {
      let values = bias === undefined ? sums : f32x4.add(sums, bias);
      if (scale !== undefined && shift !== undefined) {
        const wide = promotePair(f.let(values));
        values = demotePair(both((half) => f64x2.add(f64x2.mul(wide[half], scale[half]), shift[half])));
      }
      return activation === undefined ? values : activation(f.let(values));
    };
  }
}

/**
 * The same for rows of C that hold finished sums, `n` wide. The bias, if the columns have one, is
 * added; they are at the first column, before and after.
 */
export function emitFinish(
  f: FunctionBuilder,
  columns: Columns,
  { c, cStride, rows, n }: { readonly c: I32; readonly cStride: number; readonly rows: number; readonly n: number },
): void {
  const at = pointer(f, c);
  const [quads, rest] = [Math.floor(n / 4), n % 4];
  f.times(rows, () => {
    f.times(quads, () => {
      f.storeV128(at, columns.finisher(f, quad(0))(v128.load(at)));
      columns.advance(f, vectorBytes);
      advance(f, at, vectorBytes);
    });
    if (rest > 0) {
      const lanes = quad(0).slice(0, rest);
      const finished = f.let(columns.finisher(f, lanes)(floatsAt(at, lanes)));
      for (const lane of lanes) f.storeLane32(at, finished, lane, lane * floatBytes);
    }
    columns.advance(f, -quads * vectorBytes);
    advance(f, at, cStride - quads * vectorBytes);
  });
}

const isRun = (columns: readonly number[]) => columns.every((column, i) => column === columns[0] + i);
const isOne = (columns: readonly number[]) => columns.every((column) => column === columns[0]);

/** A float32 of each of up to four columns. */
function floatsAt(at: I32, columns: readonly number[]): V128 {
  const offset = columns[0] * floatBytes;
  if (isOne(columns)) return v128.load32Splat(at, offset);
  if (columns.length === 4 && isRun(columns)) return v128.load(at, offset);
  return columns.reduce<V128>(
    (vector, column, lane) => v128.load32Lane(at, vector, lane, column * floatBytes),
    f32x4.const(0),
  );
}

/** A float64 of the first or the last two of up to four columns. */
function doublesAt(at: I32, columns: readonly number[], half: 0 | 1, from: number): V128 {
  const two = columns.slice(2 * half, 2 * half + 2);
  if (two.length === 0) return f64x2.const(0);
  const offset = from + two[0] * doubleBytes;
  if (isOne(two)) return v128.load64Splat(at, offset);
  if (isRun(two)) return v128.load(at, offset);
  return v128.load64Lane(at, v128.load64Zero(at, offset), 1, from + two[1] * doubleBytes);
}
