import type { TypedArray } from "../core/index.ts";
import { defineExact, type ExactFunctions, panelWidth } from "../ops/matmul/gemm.exact.ts";
import { pageBytes, roundUp } from "../wasm/blocks.ts";
import { ModuleBuilder } from "../wasm/index.ts";

/**
 * Products of matrices in arrays of the garbage collector, by WebAssembly code for all sizes: block
 * by block through a memory of a fixed size. The bits are those of ops/matmul/product.ts.
 */

/** The arguments of `product`, after the name of the op. */
export interface Product {
  readonly a: TypedArray;
  readonly transposeA: boolean;
  readonly b: TypedArray;
  readonly transposeB: boolean;
  readonly y: TypedArray;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly bias?: TypedArray | undefined;
}

/**
 * Rows, columns and terms that are multiplied at a time: the panels of B stay in the L2 cache, one
 * of A in the L1 cache.
 */
const blockM = 256;
const blockN = 128;
const blockK = 256;

const doubleBytes = 8;
/** Behind each area: functions read and write beyond the end of the last row. */
const slackBytes = 4 * blockK * doubleBytes;

/** The areas of the memory, by their addresses. */
const rawA = slackBytes;
const rawB = behind(rawA, blockM * blockK);
const panelsA = behind(rawB, blockK * blockN);
const panelsB = behind(panelsA, blockM * blockK);
const sums = behind(panelsB, blockK * blockN);
const result = behind(sums, blockM * blockN);
const end = behind(result, blockM * blockN);

function behind(start: number, count: number): number {
  return start + count * doubleBytes + slackBytes;
}

export class Products {
  readonly #functions: ExactFunctions;
  readonly #floats: Float32Array;
  readonly #doubles: Float64Array;

  /** @throws if the engine refuses to compile */
  constructor() {
    const module = new ModuleBuilder();
    defineExact(module);
    const memory = new WebAssembly.Memory({ initial: Math.ceil(end / pageBytes) });
    this.#functions = module.instantiate(memory) as unknown as ExactFunctions;
    this.#floats = new Float32Array(memory.buffer);
    this.#doubles = new Float64Array(memory.buffer);
  }

  /** Sets y; all arrays are float32, or all are float64, and no size is 0. */
  multiply(product: Product): void {
    const { m, n, k } = product;
    for (let column = 0; column < n; column += blockN) {
      const columns = Math.min(blockN, n - column);
      for (let row = 0; row < m; row += blockM) {
        const rows = Math.min(blockM, m - row);
        this.#begin(product.bias, column, rows, columns);
        for (let term = 0; term < k; term += blockK) {
          this.#add(product, row, rows, column, columns, term, Math.min(blockK, k - term));
        }
        this.#finish(product, row, rows, column, columns);
      }
    }
  }

  /** Sets the sums of a block to zeros, or to the bias in every row. */
  #begin(bias: TypedArray | undefined, column: number, rows: number, columns: number): void {
    const width = roundUp(columns, panelWidth);
    const start = sums / doubleBytes;
    const stop = start + roundUp(rows, panelWidth) * width;
    if (bias === undefined) {
      this.#doubles.fill(0, start, stop);
      return;
    }
    this.#doubles.set(bias.subarray(column, column + columns), start);
    for (let at = start + width; at < stop; at += width) this.#doubles.copyWithin(at, start, start + width);
  }

  /** Adds the products of a block of A and a block of B. */
  #add(
    { a, transposeA, b, transposeB, m, n, k }: Product,
    row: number,
    rows: number,
    column: number,
    columns: number,
    term: number,
    terms: number,
  ): void {
    const countA = Math.ceil(rows / panelWidth);
    const countB = Math.ceil(columns / panelWidth);
    this.#pack(a, !transposeA, transposeA ? m : k, row, rows, term, terms, rawA, panelsA);
    this.#pack(b, transposeB, transposeB ? k : n, column, columns, term, terms, rawB, panelsB);
    const rowBytes = countB * panelWidth * doubleBytes;
    this.#functions.multiply(panelsA, panelsB, sums, rowBytes, countA, countB, terms);
  }

  /**
   * Copies `count` rows of A or columns of B, of `terms` terms each, into panels. `along`: its lines
   * in memory, of `length` values, are those rows or columns; otherwise each holds a term of all.
   */
  #pack(
    source: TypedArray,
    along: boolean,
    length: number,
    first: number,
    count: number,
    term: number,
    terms: number,
    raw: number,
    to: number,
  ): void {
    const isDouble = source instanceof Float64Array;
    const into = isDouble ? this.#doubles : this.#floats;
    const [lines, width] = along ? [count, terms] : [terms, count];
    const from = along ? first * length + term : term * length + first;
    const at = raw / into.BYTES_PER_ELEMENT;
    if (width === length) into.set(source.subarray(from, from + lines * width), at);
    else {
      for (let line = 0; line < lines; line++) {
        const start = from + line * length;
        into.set(source.subarray(start, start + width), at + line * width);
      }
    }
    const { packAcross32, packAcross64, packAlong32, packAlong64 } = this.#functions;
    const [across, turned] = isDouble ? [packAcross64, packAlong64] : [packAcross32, packAlong32];
    (along ? turned : across)(raw, to, Math.ceil(count / panelWidth), terms, width * into.BYTES_PER_ELEMENT);
  }

  /** Rounds the sums, and copies them into their part of y. */
  #finish({ y, n }: Product, row: number, rows: number, column: number, columns: number): void {
    const isDouble = y instanceof Float64Array;
    const from = isDouble ? this.#doubles : this.#floats;
    const { finish32, finish64 } = this.#functions;
    const panels = Math.ceil(columns / panelWidth);
    (isDouble ? finish64 : finish32)(sums, result, rows, panels, columns * from.BYTES_PER_ELEMENT);
    const start = result / from.BYTES_PER_ELEMENT;
    if (columns === n) {
      y.set(from.subarray(start, start + rows * n), row * n);
      return;
    }
    for (let i = 0; i < rows; i++) {
      const at = start + i * columns;
      y.set(from.subarray(at, at + columns), (row + i) * n + column);
    }
  }
}
