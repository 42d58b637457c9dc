import { type Divide, type FunctionBuilder, mostParts } from "../../wasm/index.ts";
import { type Matrix, vectorsOf } from "./normalize.columns.ts";

/**
 * A batch norm in parts that may run at the same time: some columns each, whose sums keep their order.
 */

/** Some 100 microseconds forward, 150 backward: waking a thread for less takes longer than it helps. */
const worthParts = 2 ** 16;
/** Vectors of columns: a part begins with a group of any size, and with a cache line if its row does. */
const vectorsTogether = 4;

/** The parts of a matrix, the whole if it is small. The last one has the columns that are left over. */
function partsOf(matrix: Matrix): Matrix[] {
  const vectors = vectorsOf(matrix);
  const size = Math.ceil(vectors / mostParts / vectorsTogether) * vectorsTogether;
  const count = Math.floor(vectors / size);
  if (matrix.rows * matrix.columns < worthParts || count < 2) return [matrix];
  return Array.from({ length: count }, (_, index) => {
    const to = index === count - 1 ? vectors : (index + 1) * size;
    return { ...matrix, part: { index, from: index * size, to } };
  });
}

/** How many parts write at the same time. */
export const partCount = (matrix: Matrix, divides: boolean): number => (divides ? partsOf(matrix).length : 1);

/** Writes the code of all columns by `emit`, in parts if there are enough. */
export function emitColumns(
  { f, divide }: { readonly f: FunctionBuilder; readonly divide?: Divide | undefined },
  matrix: Matrix,
  emit: (f: FunctionBuilder, matrix: Matrix) => void,
): void {
  const parts = partsOf(matrix);
  if (divide === undefined || parts.length === 1) emit(f, matrix);
  else divide(parts.map((part) => (body: FunctionBuilder) => emit(body, part)))(f);
}
