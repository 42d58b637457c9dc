import { dropoutRows } from "./activations.ts";
import type { Family, Row } from "./row.ts";

const rows: readonly Row[] = [
  ...dropoutRows,
  "F.dropout(A, { p: 0.3 })",
  "F.dropout(A, { p: 0.5 })",
  "A.add(randn(A.shape)@)",
  "A.mul(rand(A.shape)@)",
  "A.add(randn([A.shape[0]])@.sum())",
  "A.mul(bernoulli(full(A.shape, 0.6))@)",
  "A.mul(bernoulli(A.sigmoid().detach().float())@)",
  "A.add(randint(0, 5, A.shape).float()@)",
  "A.indexSelect(0, randperm(A.shape[0]))",
  "rand(A.shape)@",
  "randn([3])@",
];

export const draws: Family = { name: "draws", weight: 1, rows };
