import type { Family, Row } from "./row.ts";

const rows: readonly Row[] = [
  "A.matmul(B)",
  "A.matmul(B)",
  "A.matmul(B.T)",
  "A.matmul(B.transpose(-1, -2))",
  "A.transpose(-1, -2).matmul(B)",
  "A.matmul(A.transpose(-1, -2))",
  "A.T.mm(A)",
  "A.reshape(-1).matmul(B.reshape(-1))",
  "A.matmul(B.reshape(B.shape[0], -1))",
  "F.linear(A, B)",
  "F.linear(A, B, B.sum(1))",
];

/** Products of what is there; those with a weight made to fit are in layers.ts. */
export const products: Family = { name: "products", weight: 1.5, rows };
