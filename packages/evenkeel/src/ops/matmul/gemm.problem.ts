import { type FunctionBuilder, type I32, i32, type Local, type V128 } from "../../wasm/index.ts";

/** C [m, n] = A [m, k] * B [k, n] (+ bias [n] in every row), float32. Strides are in bytes. */
export interface Gemm {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: Operand;
  readonly b: Operand;
  /** Address of C, and the distance of its rows. */
  readonly c: I32;
  readonly cStride: number;
  /** Address of the bias. */
  readonly bias?: number | undefined;
  readonly epilogue?: Epilogue | undefined;
  /** Address of working memory, aligned to 16 bytes. */
  readonly scratch: number;
  /** Whether relaxed_madd may be used. */
  readonly fast: boolean;
}

/** What becomes of an element behind the addition of its bias, in this order. */
export interface Epilogue {
  /**
   * Addresses of float64 [n], `shift` behind `scale`: value * scale + shift in double, rounded once.
   */
  readonly affine?: { readonly scale: number; readonly shift: number } | undefined;
  /** Four elements, in a variable, to what is stored in their place. */
  readonly activation?: ((values: V128) => V128) | undefined;
}

/** A matrix as it lies in memory. */
export interface Operand {
  readonly address: I32;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** Below this many multiplications a thread takes longer to wake than to help. */
export const worthParts = 2e6;

export const floatBytes = 4;
export const doubleBytes = 8;
export const vectorBytes = 16;

export const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

/** A matrix [rows, columns], or one that lies as [columns, rows]. */
export const operand = (address: Operand["address"], rows: number, columns: number, transposed: boolean): Operand => ({
  address,
  rowStride: transposed ? floatBytes : columns * floatBytes,
  columnStride: transposed ? rows * floatBytes : floatBytes,
});

/** An address and a distance, added now if both are known. */
export function plus(address: I32, bytes: number): I32 {
  if (typeof address === "number") return address + bytes;
  return bytes === 0 ? address : i32.add(address, bytes);
}

/** A new variable that points to an address. */
export function pointer(f: FunctionBuilder, address: I32): Local<"i32"> {
  const local = f.local("i32");
  f.set(local, address);
  return local;
}

export function advance(f: FunctionBuilder, local: Local<"i32">, bytes: number): void {
  if (bytes !== 0) f.set(local, i32.add(local, bytes));
}

/** The same matrix, transposed by reading it so. */
export function transposed({ address, rowStride, columnStride }: Operand): Operand {
  return { address, rowStride: columnStride, columnStride: rowStride };
}

/** The product for `count` of the columns alone. */
export function columnsOf(gemm: Gemm, start: number, count: number): Gemm {
  return {
    ...gemm,
    n: count,
    b: { ...gemm.b, address: plus(gemm.b.address, start * gemm.b.columnStride) },
    c: plus(gemm.c, start * floatBytes),
    bias: gemm.bias === undefined ? undefined : gemm.bias + start * floatBytes,
    epilogue: epilogueFrom(gemm.epilogue, start),
  };
}

/** The epilogue of a part of the columns. */
function epilogueFrom(epilogue: Epilogue | undefined, column: number): Epilogue | undefined {
  if (epilogue?.affine === undefined) return epilogue;
  const { scale, shift } = epilogue.affine;
  const bytes = column * doubleBytes;
  return { ...epilogue, affine: { scale: scale + bytes, shift: shift + bytes } };
}
