import { type Divide, type FunctionBuilder, type ModuleBuilder, mostParts } from "../../wasm/index.ts";
import { emitPacked, packedScratch } from "./gemm.packed.ts";
import { columnsOf, floatBytes, type Gemm, plus, roundUp, worthParts } from "./gemm.problem.ts";
import { type GemmSize, packs } from "./gemm.ts";

/**
 * A large product in parts that may run at the same time: some rows of C each, or some columns where
 * there are more of those. Their number depends on the sizes only, and every element of C is summed
 * as in the whole, so the result has the same bits however many threads there are.
 */

/** Each part copies the other operand into panels of its own: with fewer rows or columns that costs too much. */
const smallestPart = 64;

interface Parts {
  readonly count: number;
  /** How many rows or columns a part has; the last one has the rest. */
  readonly size: number;
  readonly byRows: boolean;
  /** Bytes of scratch of one part. */
  readonly scratch: number;
}

function partsOf(whole: GemmSize): Parts | undefined {
  const { m, n, k } = whole;
  if (m * n * k < worthParts || !packs(whole)) return undefined;
  const byRows = m >= n;
  const total = byRows ? m : n;
  const size = Math.max(smallestPart, roundUp(Math.ceil(total / mostParts), 16));
  const count = Math.ceil(total / size);
  if (count === 1) return undefined;
  return { count, size, byRows, scratch: roundUp(packedScratch(byRows ? { m: size, n, k } : { m, n: size, k }), 64) };
}

/** Into how many parts a product is divided; undefined if it is not, because it is small. */
export function gemmParts(whole: GemmSize): { readonly count: number; readonly scratch: number } | undefined {
  const parts = partsOf(whole);
  return parts && { count: parts.count, scratch: parts.count * parts.scratch };
}

/**
 * Writes a product in parts, if it is large enough. Scratch is as large as {@link gemmParts} says.
 * @returns whether it did
 */
export function emitGemmParts(
  f: FunctionBuilder,
  module: ModuleBuilder,
  gemm: Gemm,
  divide: Divide | undefined,
): boolean {
  const parts = partsOf({ ...gemm, transposeA: gemm.a.columnStride !== floatBytes });
  if (divide === undefined || parts === undefined) return false;
  const { count, byRows, size } = parts;
  const bodies = Array.from({ length: count }, (_, part) => (body: FunctionBuilder) => {
    const start = part * size;
    const length = Math.min(size, (byRows ? gemm.m : gemm.n) - start);
    const own = { ...gemm, scratch: gemm.scratch + part * parts.scratch };
    emitPacked(body, module, byRows ? rowsOf(own, start, length) : columnsOf(own, start, length));
  });
  divide(bodies)(f);
  return true;
}

/** The product for `count` of the rows alone. */
function rowsOf(gemm: Gemm, start: number, count: number): Gemm {
  return {
    ...gemm,
    m: count,
    a: { ...gemm.a, address: plus(gemm.a.address, start * gemm.a.rowStride) },
    c: plus(gemm.c, start * gemm.cStride),
  };
}
