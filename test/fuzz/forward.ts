import type { Builder, Named } from "./builder.ts";
import { windows } from "./catalogue/convolutions.ts";
import { draws } from "./catalogue/draws.ts";
import { binary, elementwise } from "./catalogue/elementwise.ts";
import { writes } from "./catalogue/inPlace.ts";
import { blockOf, layers, tensorFor } from "./catalogue/layers.ts";
import { pooling } from "./catalogue/pooling.ts";
import { products } from "./catalogue/products.ts";
import { reductions } from "./catalogue/reductions.ts";
import { type Row, sizes } from "./catalogue/row.ts";
import { joins, views } from "./catalogue/views.ts";

/** Adds one thing to the step; false if what was tried does not fit. */
type Move = (builder: Builder) => boolean;

const families = [elementwise, binary, views, joins, reductions, products, windows, draws, pooling].map(
  ({ weight, rows }) => [weight, (builder: Builder) => builder.row(builder.random.pick(rows))] as const,
);

/** How a tensor outside the step is used. */
const uses: readonly Row[] = [
  ..."A.matmul(B) A.matmul(B) A.matmul(B.T) A.mul(B) A.add(B) A.sub(B) A.maximum(B) F.linear(A,B) A.mul(B).add(B)".split(
    " ",
  ),
  "A.where(A.gt(B), B)",
  "B.add(A)",
  "F.layerNorm(A, B.shape, { weight: B })",
  "F.batchNorm(A, { training: true, weight: B.reshape(-1), eps: 0.01 })",
];

const useTensor: Move = (builder) => {
  const a = builder.pick();
  const name = builder.member("p", tensorFor(a.tensor, builder.random));
  const b = builder.floats.at(-1);
  if (name === undefined || b === undefined) return false;
  if (builder.row(builder.random.pick(uses), a, b)) return true;
  builder.dropMember(name);
  return false;
};

const useLayer: Move = (builder) => {
  const { random } = builder;
  const a = builder.pick();
  const known = builder.members.filter(({ name }) => name?.startsWith("l"));
  if (known.length > 0 && random.chance(0.2)) return builder.row(`${random.pick(known).name}(A)`, a);
  const one = () => random.weighted(layers)(a.tensor, random);
  const code = random.weighted<() => string>([
    [6, one],
    [1.5, () => blockOf(one(), random)],
    [2, () => chain(builder, a.tensor)],
  ])();
  const name = builder.member("l", `${code}@`);
  if (name === undefined) return false;
  if (builder.row(`${name}(A)`, a)) return true;
  builder.dropMember(name);
  return false;
};

/** A Sequential of layers that fit each other. */
function chain(builder: Builder, input: Parameters<(typeof layers)[number][1]>[0]): string {
  const { random } = builder;
  const parts: string[] = [];
  let value = input;
  for (let tries = 0; tries < 6 && parts.length < 4; tries++) {
    const code = random.weighted(layers)(value, random);
    const next = builder.attempt(`${code}(A)`, { A: value });
    if (next === undefined) continue;
    parts.push(code);
    value = next as typeof input;
  }
  return `new nn.Sequential(${parts.join(", ")})`;
}

const useEmbedding: Move = (builder) => {
  const { random } = builder;
  const index = builder.input(`randint(0, ${random.int(2, 5)}, ${random.pick(["[N]", "[N, 3]", "[N, 2, 2]"])})`);
  const padding = random.pick(["", ", { paddingIdx: 0 }"]);
  const layer = builder.member("l", `new nn.Embedding(5, ${random.pick([1, 2, 3, 4, 7])}${padding})@`);
  return index !== undefined && layer !== undefined && builder.row(`${layer}(${index})`);
};

/** Draws from a generator of the step's own. */
const useGenerator: Move = (builder) => {
  const name = builder.member("p", `new Generator(${builder.random.int(1, 9)})`);
  const draw = builder.random.pick([
    "F.dropout(A, { p: 0.4, generator: G })",
    "A.add(randn(A.shape, { generator: G })@)",
  ]);
  if (name === undefined) return false;
  if (builder.row(draw.replace("G", name))) return true;
  builder.dropMember(name);
  return false;
};

const ofIntegers: readonly Row[] = [
  ..."A.add(B)|A.mul(B)|B.sub(A)|where(B.gt(1), A, 0)|A.div(B.add(1))|A.where(B.eq(1), B)|A.maximum(B)".split("|"),
  "A.matmul(B.float()@)",
  "A.add(B.sum())",
  "A.add(B.remainder(2))",
];

const useIntegers: Move = (builder) => {
  const { random } = builder;
  const a = builder.pick();
  const name = builder.input(`randint(0, 4, ${random.pick(["[N]", "[N, 1]", "[1]", `[${a.tensor.shape.slice(1)}]`])})`);
  if (name === undefined) return false;
  return builder.row(random.pick(ofIntegers), a, { name, tensor: builder.value(name) as Named["tensor"] });
};

/**
 * Mostly to a value of the step; where gradients are recorded, to tensors outside it only under
 * noGrad.
 */
const writeInPlace: Move = (builder) => {
  const { random, floats } = builder;
  if (!builder.noGrad && random.chance(0.6)) return false;
  const source = random.chance(0.7) ? floats[floats.length - 1] : random.pick(floats);
  // What is written, and what it was copied from, go on apart.
  const a = random.chance(0.4) ? builder.add("A.clone()", source) : source;
  if (a === undefined || a.name.startsWith("x")) return false;
  const { code, in64 } = random.pick(writes);
  const guarded = (text: string) => (builder.noGrad || a.name.startsWith("v") ? text : `noGrad(() => ${text})`);
  return builder.effect({ code: guarded(code), ...(in64 && { in64: guarded(in64) }) }, a, random.pick(floats));
};

/**
 * Something is made of a value, the value is overwritten, and what was made is read: by then it
 * must have been computed.
 */
const writeBehind: Move = (builder) => {
  const { random } = builder;
  const a = builder.pick();
  if (!builder.noGrad || a.name.startsWith("x")) return false;
  const rows = random.pick([
    views.rows,
    elementwise.rows,
    ["A.expand(3, ...A.shape)", "A.unsqueeze(-1).expand(...A.shape, 2)"],
  ]);
  if (!builder.row(random.pick(rows), a)) return false;
  const made = builder.floats[builder.floats.length - 1];
  return builder.effect(random.pick(writes), a, random.pick(builder.floats)) && builder.row("A.mul(B)", made, made);
};

const hook: Move = (builder) => {
  const a = builder.pick();
  return !builder.noGrad && a.name.startsWith("v") && builder.effect({ code: "A.registerHook((g) => g.mul(0.5))" }, a);
};

const moves: readonly (readonly [number, Move])[] = [
  ...families,
  [7, useLayer],
  [2, useTensor],
  [0.4, useEmbedding],
  [0.4, useIntegers],
  [0.2, useGenerator],
  [2, writeInPlace],
  [2, writeBehind],
  [0.2, hook],
];

const inputShapes = [
  "[N, 4]",
  "[N, 4]",
  "[N, 5]",
  "[N, 1]",
  "[N, 3]",
  "[N, 2, 3]",
  "[N, 3, 4]",
  "[N, 4, 1]",
  "[N]",
  "[2, N, 3]",
  "[N, 2, 3, 2]",
  "[N, 1, 5, 4]",
  "[N, 3, 6]",
];

/** The arguments of a step and what it makes of them. */
export function buildForward(builder: Builder): void {
  const { random } = builder;
  const shapes = [...inputShapes, `[N, ${random.pick(sizes)}]`];
  const count = random.weighted([
    [3, 1],
    [1, 2],
  ]);
  for (let i = 0; i < count; i++) {
    const gradient = !builder.noGrad && random.chance(0.15) ? ".requiresGrad_()" : "";
    // Whole numbers have ties.
    const values = random.chance(0.1) ? ".mul(2).round()" : "";
    builder.input(`randn(${random.pick(shapes)})${values}@${gradient}`);
  }
  const length = random.int(2, 9);
  for (let tries = 0; builder.body.length < length && tries < 6 * length; tries++) random.weighted(moves)(builder);
}
