import type { FunctionBuilder, ModuleBuilder } from "../../wasm/index.ts";
import { directScratch, emitDirect } from "./gemm.direct.ts";
import { Columns, emitFinish } from "./gemm.epilogue.ts";
import { emitPacked, packedScratch } from "./gemm.packed.ts";
import { advance, floatBytes, type Gemm, pointer, roundUp } from "./gemm.problem.ts";

export { advance, type Epilogue, floatBytes, type Gemm, type Operand, operand, pointer } from "./gemm.problem.ts";

/** The sizes of a product, [m, k] x [k, n], and whether A lies with its columns contiguous. */
export interface GemmSize {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA?: boolean | undefined;
}

/**
 * An operand that is read with large strides stays in the inner caches up to this many elements
 * (128 KiB).
 */
const nearElements = 2 ** 15;

/**
 * Whether panels pay: if B, or A when read across its rows, no longer fits the inner caches. Below
 * that they cost a tenth, and with a short side a panel is not reused often enough.
 */
export function packs({ m, n, k, transposeA = false }: GemmSize): boolean {
  return Math.min(m, n, k) >= 16 && k * (transposeA ? Math.max(m, n) : n) > nearElements;
}

/** Bytes of scratch that {@link emitGemm} needs. */
export function gemmScratch(size: GemmSize): number {
  return packs(size) ? packedScratch(size) : directScratch(size);
}

/**
 * Writes the code of one product. The algorithm, and so the order of every sum, depends on the
 * sizes only.
 */
export function emitGemm(f: FunctionBuilder, module: ModuleBuilder, gemm: Gemm): void {
  if (gemm.m === 0 || gemm.n === 0) return;
  if (gemm.k === 0) emitEmptySums(f, gemm);
  else if (packs({ ...gemm, transposeA: gemm.a.columnStride !== floatBytes })) emitPacked(f, module, gemm);
  else emitDirect(f, gemm);
}

/** No terms: zeros, or the bias in every row. */
function emitEmptySums(f: FunctionBuilder, { m, n, c, cStride, bias, epilogue }: Gemm): void {
  if (bias === undefined) f.fill(c, 0, roundUp(m * cStride, 4));
  else {
    const row = pointer(f, c);
    f.times(m, () => {
      f.copy(row, bias, n * floatBytes);
      advance(f, row, cStride);
    });
  }
  if (epilogue !== undefined) emitFinish(f, new Columns(f, { epilogue }), { c, cStride, rows: m, n });
}
