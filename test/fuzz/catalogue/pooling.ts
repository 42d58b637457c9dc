import type { Tensor } from "evenkeel";
import type { Random } from "../random.ts";
import type { Family, Row } from "./row.ts";

/** The dimensions of windows that a value can be pooled over: one fewer than it has, or two. */
const rankOf = ({ ndim }: Tensor, random: Random) =>
  Math.min(3, Math.max(1, random.chance(0.4) && ndim > 2 ? ndim - 2 : ndim - 1));

const one = (rank: number, random: Random, least: number, most: number) => {
  const size = () => random.int(least, most);
  return random.chance(0.6) ? String(size()) : `[${Array.from({ length: rank }, size).join(", ")}]`;
};

function options(rank: number, random: Random, more: readonly string[]): string {
  const list = [`stride: ${one(rank, random, 1, 3)}`, "padding: 1", "ceilMode: true", ...more];
  const some = random.some(list, 0.35);
  return some.length > 0 ? `, { ${some.join(", ")} }` : "";
}

type Written = (rank: number, random: Random) => string;

const maxPool: Written = (rank, random) =>
  `axPool${rank}d(@${one(rank, random, 1, 3)}${options(rank, random, [`dilation: ${one(rank, random, 1, 2)}`])})`;

const avgPool: Written = (rank, random) => {
  const more = ["countIncludePad: false", ...(rank > 1 ? ["divisorOverride: 3"] : [])];
  return `vgPool${rank}d(@${one(rank, random, 1, 3)}${options(rank, random, more)})`;
};

const toSize: Written = (rank, random) =>
  `daptive${random.pick(["Avg", "Avg", "Max"])}Pool${rank}d(@${one(rank, random, 1, 3)})`;

const grown: Written = (rank, random) => {
  const modes = ["nearest", "nearest-exact", ["linear", "bilinear", "trilinear"][rank - 1]];
  const by = random.pick([`size: ${one(rank, random, 1, 6)}`, "scaleFactor: 2", "scaleFactor: 1.5"]);
  return `{ ${by}, mode: "${random.pick(modes)}" }`;
};

/** Names without their first letter, which a function has small and a layer large. */
const named: readonly (readonly [letter: string, write: Written])[] = [
  ["m", maxPool],
  ["m", maxPool],
  ["a", avgPool],
  ["a", toSize],
];

/** A layer that pools or resizes. */
export function poolingLayer(a: Tensor, random: Random): string {
  const rank = rankOf(a, random);
  if (random.chance(0.2) && a.ndim > 2) return `new nn.Upsample(${grown(Math.min(3, a.ndim - 2), random)})`;
  const [letter, write] = random.pick(named);
  return `new nn.${letter.toUpperCase()}${write(rank, random).replace("@", "")}`;
}

const pooled: Row = (a, random) => {
  const [letter, write] = random.pick(named);
  return `F.${letter}${write(rankOf(a, random), random).replace("@", "A, ")}`;
};

const rows: readonly Row[] = [
  pooled,
  pooled,
  pooled,
  (a, random) => `F.interpolate(A, ${grown(Math.min(3, Math.max(1, a.ndim - 2)), random)})`,
  "F.maxUnpool1d(...F.maxPool1d(A, 2, { returnIndices: true }), 2)",
  "F.maxUnpool2d(...F.maxPool2d(A, 2, { returnIndices: true }), 2)",
  "F.pixelShuffle(A, 2)",
  "F.pixelUnshuffle(A, 2)",
  "F.channelShuffle(A, 2)",
  "F.lpPool1d(A.abs().add(0.1), 2, 2)",
  "A.mean([-2, -1])",
  "A.amax([-2, -1])",
];

export const pooling: Family = { name: "pooling", weight: 1, rows };
