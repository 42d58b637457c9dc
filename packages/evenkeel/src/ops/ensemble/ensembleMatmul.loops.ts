import { allocate, type NdArray } from "../../core/index.ts";
import type { Multiply } from "../matmul/product.ts";

/** y[:, j] = x[:, j] times the matrix of member j: [N, k, in] and [k, in, out] to [N, k, out]. */
export function memberProducts(multiply: Multiply, x: NdArray, weight: NdArray, transposeB: boolean, y: NdArray): void {
  const [rows, k, inner] = x.shape;
  const outputs = y.shape[2];
  const own = allocate(y.dtype, rows * outputs, [rows, outputs]);
  for (let j = 0; j < k; j++) {
    const matrix = weight.data.subarray(j * inner * outputs, (j + 1) * inner * outputs);
    multiply("ensembleMatmul", memberOf(x, j), false, matrix, transposeB, own, rows, outputs, inner);
    for (let i = 0; i < rows; i++) {
      y.data.set(own.subarray(i * outputs, (i + 1) * outputs), (i * k + j) * outputs);
    }
  }
}

/** dweight[j] = x[:, j] transposed times dy[:, j]: [N, k, in] and [N, k, out] to [k, in, out]. */
export function memberWeightProducts(multiply: Multiply, x: NdArray, dy: NdArray, dweight: NdArray): void {
  const [rows, k, inputs] = x.shape;
  const outputs = dy.shape[2];
  for (let j = 0; j < k; j++) {
    const own = dweight.data.subarray(j * inputs * outputs, (j + 1) * inputs * outputs);
    multiply("ensembleMatmulWeight", memberOf(x, j), true, memberOf(dy, j), false, own, inputs, outputs, rows);
  }
}

/** The rows of a member, contiguous: [N, width] of [N, k, width]. */
function memberOf({ shape, dtype, data }: NdArray, member: number): NdArray["data"] {
  const [rows, k, width] = shape;
  const own = allocate(dtype, rows * width, [rows, width]);
  for (let i = 0; i < rows; i++) {
    const from = (i * k + member) * width;
    own.set(data.subarray(from, from + width), i * width);
  }
  return own;
}
