import domains from "../../elementwise.json" with { type: "json" };
import { activationRows } from "./activations.ts";
import type { Family, Row } from "./row.ts";

type Domain = readonly number[];

/** Rows below that need more than their domain: results that stay small. */
const bounded: readonly string[] = ["exp", "expm1", "reciprocal"];

/**
 * The functions of elementwise.json of so many operands, each brought to where the function is
 * defined.
 */
function listed(operands: readonly string[]): Row[] {
  const within = ([low]: Domain, operand: string) => (low <= -2 ? operand : `${operand}.abs().add(0.3)`);
  return Object.entries<readonly Domain[]>(domains)
    .filter(([name, limits]) => limits.length === operands.length && !bounded.includes(name))
    .map(([name, limits]) => {
      const [first, ...others] = limits.map((domain, i) => within(domain, operands[i]));
      return `${first}.${name}(${others})`;
    });
}

const ofOne: readonly Row[] = [
  ...listed(["A"]),
  "A.relu()",
  "F.relu(A)",
  "A.clamp({ max: 2 }).exp()",
  "A.clamp({ max: 1.5 }).expm1()",
  "A.abs().add(0.4).reciprocal()",
  "A.clamp({ min: -0.5, max: 0.7 })",
  "A.clamp({ min: 0 })",
  "A.mul(0.5)",
  "A.add(1)",
  "A.sub(0.25)",
  "A.div(3)",
  "A.pow(2)",
  "A.pow(3)",
  "A.abs().add(0.1).pow(0.5)",
  "A.remainder(1.5)",
  "A.maximum(0.1)",
  "A.minimum(0.3)",
  "mul(0.5, A)",
  "sub(1, A)",
  "div(1, A.abs().add(0.7))",
  "A.mul(A)",
  "A.add(A)",
  "A.clone()",
  "A.where(A.gt(0), 0.1)",
  "where(A.lt(0.3), A, A.mul(0.1))",
  "where(A.ge(0.1), 0.5, A)",
  "A.gt(0.2).float()@",
  "A.ne(A.round()).float()@",
  "A.isfinite().float()@",
  "A.isnan().logicalNot().float()@",
  "A.logicalNot().float()@",
  "A.int().float()@",
  "A.int().add(2).mul(3).float()@",
  "A.int().div(2)@",
  "A.bool().float()@",
  "A.double().mul(0.3).to(A.dtype)",
  "A.double().mul(0.3)",
  "F.leakyRelu(A, { negativeSlope: 0.1 })",
  "F.leakyRelu(A)",
  "F.elu(A)",
  "F.elu(A, { alpha: 0.5 })",
  "F.gelu(A)",
  'F.gelu(A, { approximate: "tanh" })',
  "F.silu(A)",
  "F.logSigmoid(A)",
  "F.softplus(A)",
  "F.softplus(A, { beta: 2, threshold: 1.5 })",
  ...activationRows,
  "noGrad(() => A.mul(2))",
  "noGrad(() => enableGrad(() => A.mul(2)))",
  "A.add(full([1], 0.5)@)",
  "A.mul(full(A.shape, 0.5)@)",
  "A.add(zerosLike(A))",
];

const ofTwo: readonly Row[] = [
  ...listed(["A", "B"]),
  "A.add(B)",
  "A.add(B)",
  "A.sub(B)",
  "A.mul(B)",
  "A.mul(B)",
  "A.mul(B.sigmoid())",
  "A.div(B.abs().add(0.5))",
  "A.maximum(B)",
  "A.minimum(B)",
  "A.where(A.gt(B), B)",
  "where(A.le(B), A, B.mul(0.1))",
  "where(B.gt(0), A, 0)",
  "A.remainder(B.abs().add(0.5))",
  "A.abs().add(0.2).pow(B.clamp({ min: -2, max: 2 }))",
  "A.le(B).float()@",
  "A.eq(B).float()@",
  "A.gt(0).logicalAnd(B.gt(0)).float()@",
  "A.gt(0).logicalOr(B).float()@",
  "A.logicalXor(B).float()@",
  "A.add(B.expand(A.shape))",
  "A.mul(B.expand(A.shape).tanh())",
  "broadcastTensors(A, B)[0]",
  "broadcastTensors(A, B)[1].mul(0.5)",
  "noGrad(() => A.mul(B))",
  "A.mul(B.detach())",
  "A.detach().add(B)",
];

export const elementwise: Family = { name: "elementwise", weight: 6, rows: ofOne };
export const binary: Family = { name: "binary", weight: 5, rows: ofTwo };
