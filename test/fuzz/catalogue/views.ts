import type { Tensor } from "evenkeel";
import type { Random } from "../random.ts";
import { dimOf, type Family, type Row } from "./row.ts";

const along =
  (write: (dim: number, size: number, random: Random) => string): Row =>
  (a, random) => {
    const dim = dimOf(a, random);
    return write(dim, a.shape.at(dim) ?? 1, random);
  };

/** The last dimension in two. */
function halved({ shape }: Tensor): string {
  const factor = [2, 3, 5].find((n) => (shape.at(-1) ?? 1) % n === 0) ?? 1;
  return `A.reshape(...A.shape.slice(0, -1), ${factor}, -1)`;
}

const rows: readonly Row[] = [
  "A.reshape(-1)",
  "A.flatten()",
  "A.flatten(1)",
  "A.reshape(A.shape[0], -1)",
  "A.reshape(-1, A.shape.at(-1))",
  "A.view(-1, 1)",
  "A.reshape(1, ...A.shape)",
  halved,
  "A.squeeze()",
  "A.T",
  "A.transpose(-1, -2)",
  "A.transpose(0, 1)",
  "A.detach()",
  "A.unsqueeze(0)",
  "A.unsqueeze(-1)",
  "A.unsqueeze(1)",
  along((dim) => `A.squeeze(${dim})`),
  along((dim) => `A.transpose(0, ${dim})`),
  (a, random) => `A.permute(${random.shuffled(Array.from(a.shape, (_, d) => d)).join(", ")})`,
  along((dim) => `A.slice(${dim}, 1)`),
  along((dim, _, random) => `A.slice(${dim}, ${random.int(0, 1)}, undefined, 2)`),
  along((dim) => `A.slice(${dim}, 0, -1)`),
  along((dim, size, random) => `A.narrow(${dim}, ${random.int(0, Math.max(0, size - 2))}, 1)`),
  along((dim) => `A.narrow(${dim}, 1, 2)`),
  along((dim, _, random) => `A.select(${dim}, ${random.int(-1, 1)})`),
  along((dim, _, random) => `A.split(${random.int(1, 4)}, ${dim})[0]`),
  along((dim, _, random) => `A.chunk(${random.int(2, 3)}, ${dim}).at(-1)`),
  along((dim) => `cat(A.chunk(2, ${dim}).reverse(), ${dim})`),
  along((dim) => `A.unbind(${dim})[0]`),
  "A.get(0)",
  "A.expand(2, ...A.shape)",
  "A.unsqueeze(1).expand(A.shape[0], 3, ...A.shape.slice(1))",
  along((dim) => `cat([A, A.neg()], ${dim})`),
  along((dim) => `stack([A, A.mul(2)], ${dim})`),
  along((dim) => `A.indexSelect(${dim}, tensor([0, 0], { dtype: "int32" }))`),
  along((dim) => `A.indexSelect(${dim}, A.argmax(${dim}).reshape(-1).slice(0, 0, 3))`),
  along((dim) => `A.gather(${dim}, A.argmax(${dim}, { keepdim: true }))`),
  along((dim) => `A.gather(${dim}, A.gt(0).int().clamp({ max: A.shape.at(${dim}) - 1 }))`),
];

const ofTwo: readonly Row[] = [
  along((dim) => `cat([A, B], ${dim})`),
  along((dim) => `cat([A, B, A], ${dim})`),
  along((dim) => `stack([A, B], ${dim})`),
  "A.expand(B.shape)",
  "A.reshape(B.shape)",
];

export const views: Family = { name: "views", weight: 6, rows };
export const joins: Family = { name: "joins", weight: 1.5, rows: ofTwo };
