import { type FunctionBuilder, f32x4, type I32, type Local, type Placed } from "../../wasm/index.ts";
import { advance, floatBytes, pointer, vectorBytes } from "../matmul/gemm.problem.ts";
import type { Border } from "./border.ts";

/**
 * Where pictures lie in memory: the address of the first value inside the border, and distances in
 * bytes.
 */
export interface Place {
  readonly address: number;
  readonly image: number;
  readonly row: number;
  readonly pixel: number;
}

/** A place whose channels are in groups. */
export interface GroupedPlace extends Place {
  /** From the channels of one group to those of the next. */
  readonly group: number;
}

export function placeOf(x: Placed, [rows, columns]: Border, groups: number): GroupedPlace {
  const { address, shape } = x;
  const [, height, width, channels] = shape;
  const pixel = channels * floatBytes;
  const row = width * pixel;
  return {
    address: address + rows[0] * row + columns[0] * pixel,
    image: height * row,
    row,
    pixel,
    group: pixel / groups,
  };
}

/** A grouped place whose address may be a variable. */
export type MovingPlace = Omit<GroupedPlace, "address"> & { readonly address: I32 };

/** Writes zeros over the border, and nothing inside it. */
export function emitBorder(f: FunctionBuilder, { address, shape }: Placed, [rows, columns]: Border): void {
  const [images, height, width, channels] = shape;
  const pixel = channels * floatBytes;
  const between = (columns[0] + columns[1]) * pixel;
  const [above, below] = rows.map((count) => count * width * pixel);
  if (above + below + between === 0) return;
  const inside = (width - columns[0] - columns[1]) * pixel;
  const at = pointer(f, address);
  const pass = (zeros: number, values: number) => {
    emitZeros(f, at, zeros);
    advance(f, at, zeros + values);
  };
  f.times(images, () => {
    pass(above + columns[0] * pixel, inside);
    f.times(height - rows[0] - rows[1] - 1, () => pass(between, inside));
    pass(columns[1] * pixel + below, 0);
  });
}

/** A call of memory.fill costs more than this many stores. */
const storesPerFill = 16;

function emitZeros(f: FunctionBuilder, at: Local<"i32">, bytes: number): void {
  const vectors = Math.floor(bytes / vectorBytes);
  if (vectors > storesPerFill) {
    f.fill(at, 0, bytes);
    return;
  }
  for (let v = 0; v < vectors; v++) f.storeV128(at, f32x4.const(0), v * vectorBytes);
  for (let byte = vectors * vectorBytes; byte < bytes; byte += floatBytes) f.storeI32(at, 0, byte);
}
