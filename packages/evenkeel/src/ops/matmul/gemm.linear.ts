import type { FunctionBuilder, ModuleBuilder } from "../../wasm/index.ts";
import { type Epilogue, emitGemm, floatBytes, type Gemm, type GemmSize, operand } from "./gemm.ts";

/**
 * y [m, n] = x [m, k] * the transpose of weight [n, k] (+ bias [n] in every row), float32, by their
 * addresses.
 */
export interface LinearProduct extends GemmSize {
  readonly x: number;
  readonly weight: number;
  readonly bias?: number;
  readonly epilogue?: Epilogue | undefined;
  readonly y: number;
  readonly scratch: number;
  /** Whether relaxed_madd may be used. */
  readonly fast: boolean;
}

export function emitLinear(f: FunctionBuilder, module: ModuleBuilder, product: LinearProduct): void {
  emitGemm(f, module, gemmOfLinear(product));
}

export function gemmOfLinear({ m, n, k, x, weight, bias, epilogue, y, scratch, fast }: LinearProduct): Gemm {
  return {
    ...{ m, n, k, a: operand(x, m, k, false), b: operand(weight, k, n, true), c: y, cStride: n * floatBytes },
    ...(bias !== undefined && { bias }),
    ...{ epilogue, scratch, fast },
  };
}
