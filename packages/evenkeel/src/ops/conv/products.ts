/**
 * Products of small matrices of doubles, the inner loops of convolutions. A sum adds its terms in
 * order.
 */

/**
 * y[i, :] += sum over k of a[i * rowStep + k * innerStep] * b[k, :]; b and y have rows of `length`.
 * Two rows of y and four of b at a time, to save loads.
 */
export function addProducts(
  a: Float64Array,
  start: number,
  rowStep: number,
  innerStep: number,
  b: Float64Array,
  y: Float64Array,
  rows: number,
  inner: number,
  length: number,
): void {
  let i = 0;
  for (; i + 1 < rows; i += 2) {
    const first = i * length;
    let k = 0;
    for (; k + 3 < inner; k += 4) {
      const at = start + i * rowStep + k * innerStep;
      const p0 = a[at];
      const p1 = a[at + innerStep];
      const p2 = a[at + 2 * innerStep];
      const p3 = a[at + 3 * innerStep];
      const q0 = a[at + rowStep];
      const q1 = a[at + rowStep + innerStep];
      const q2 = a[at + rowStep + 2 * innerStep];
      const q3 = a[at + rowStep + 3 * innerStep];
      for (let j = 0, row = k * length, to = first; j < length; j++, row++, to++) {
        const b0 = b[row];
        const b1 = b[row + length];
        const b2 = b[row + 2 * length];
        const b3 = b[row + 3 * length];
        y[to] = y[to] + p0 * b0 + p1 * b1 + p2 * b2 + p3 * b3;
        y[to + length] = y[to + length] + q0 * b0 + q1 * b1 + q2 * b2 + q3 * b3;
      }
    }
    for (; k < inner; k++) {
      const p = a[start + i * rowStep + k * innerStep];
      const q = a[start + (i + 1) * rowStep + k * innerStep];
      for (let j = 0, row = k * length, to = first; j < length; j++, row++, to++) {
        y[to] += p * b[row];
        y[to + length] += q * b[row];
      }
    }
  }
  for (; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      const p = a[start + i * rowStep + k * innerStep];
      for (let j = 0, row = k * length, to = i * length; j < length; j++, row++, to++) y[to] += p * b[row];
    }
  }
}

/**
 * y[start + i * columns + j] += dot(row i of a, row j of b), all of `length`; two by four at a
 * time.
 */
export function addDots(
  a: Float64Array,
  b: Float64Array,
  y: Float64Array,
  start: number,
  rows: number,
  columns: number,
  length: number,
): void {
  for (let i = 0; i < rows; i += 2) {
    // An odd last row is paired with itself, and written once.
    const partner = i + 1 < rows ? length : 0;
    let j = 0;
    for (; j + 3 < columns; j += 4) {
      let [p0, p1, p2, p3, q0, q1, q2, q3] = [0, 0, 0, 0, 0, 0, 0, 0];
      for (let l = 0, at = i * length, row = j * length; l < length; l++, at++, row++) {
        const p = a[at];
        const q = a[at + partner];
        const b0 = b[row];
        const b1 = b[row + length];
        const b2 = b[row + 2 * length];
        const b3 = b[row + 3 * length];
        p0 += p * b0;
        p1 += p * b1;
        p2 += p * b2;
        p3 += p * b3;
        q0 += q * b0;
        q1 += q * b1;
        q2 += q * b2;
        q3 += q * b3;
      }
      const to = start + i * columns + j;
      y[to] += p0;
      y[to + 1] += p1;
      y[to + 2] += p2;
      y[to + 3] += p3;
      if (partner === 0) continue;
      y[to + columns] += q0;
      y[to + columns + 1] += q1;
      y[to + columns + 2] += q2;
      y[to + columns + 3] += q3;
    }
    for (; j < columns; j++) {
      let [p, q] = [0, 0];
      for (let l = 0, at = i * length, row = j * length; l < length; l++, at++, row++) {
        p += a[at] * b[row];
        q += a[at + partner] * b[row];
      }
      y[start + i * columns + j] += p;
      if (partner > 0) y[start + (i + 1) * columns + j] += q;
    }
  }
}
