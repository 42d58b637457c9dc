import { dimOf, dimsOf, type Family, type Row } from "./row.ts";

const reduce =
  (name: string, options?: readonly string[]): Row =>
  (a, random) =>
    `A.${name}(${dimsOf(a, random, options)})`;

const rows: readonly Row[] = [
  reduce("sum"),
  reduce("sum"),
  reduce("mean"),
  reduce("mean"),
  reduce("var", ["correction: 0"]),
  reduce("std", ["correction: 0"]),
  reduce("amax"),
  reduce("amin"),
  (a, random) => `A.tanh().prod(${dimsOf(a, random)})`,
  (a, random) => `A.gt(0).any(${dimsOf(a, random)}).float()@`,
  (a, random) => `A.gt(-1).all(${dimsOf(a, random)}).float()@`,
  (a, random) => `A.gt(0.3).sum(${dimsOf(a, random)}).float()@`,
  (a, random) => `A.logsumexp(${dimOf(a, random)}${random.pick(["", ", { keepdim: true }"])})`,
  (a, random) => `A.norm(${random.pick([1, 2, 3, "Infinity"])}${random.pick(["", `, ${dimOf(a, random)}`])})`,
  (a, random) => `A.max(${dimOf(a, random)}${random.pick(["", ", { keepdim: true }"])}).values`,
  (a, random) => `A.min(${dimOf(a, random)}).values`,
  "A.max()",
  "A.min()",
  (a, random) => `A.argmax(${random.pick(["", dimOf(a, random)])}).float()@.mul(0.5)`,
  (a, random) => `A.argmin(${dimOf(a, random)}, { keepdim: true }).float()@.mul(0.5)`,
  (a, random) => `A.softmax(${dimOf(a, random)})`,
  (a, random) => `A.logSoftmax(${dimOf(a, random)})`,
  (a, random) => `F.softmax(A, { dim: ${dimOf(a, random)} })`,
  "A.sub(A.mean())",
  (a, random) => {
    const dim = dimOf(a, random);
    return `A.sub(A.mean(${dim}, { keepdim: true })).div(A.std(${dim}, { keepdim: true, correction: 0 }).add(0.1))`;
  },
];

export const reductions: Family = { name: "reductions", weight: 3.5, rows };
