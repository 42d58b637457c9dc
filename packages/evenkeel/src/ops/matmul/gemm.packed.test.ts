import { expect, it } from "vitest";
import { type Divide, type FunctionBuilder, ModuleBuilder } from "../../wasm/index.ts";
import { emitGemmParts, gemmParts } from "./gemm.parts.ts";
import { emitGemm, floatBytes, gemmScratch, operand } from "./gemm.ts";

const pages = 64;

/** The product of [m, k] and [k, n] with a bias, of numbers that every rounding shows in. */
function product(
  { wide = false, divided = false },
  m: number,
  n: number,
  k: number,
  transposed: readonly [boolean, boolean],
): Uint32Array {
  const memory = new WebAssembly.Memory({ initial: pages });
  const [a, b] = [1024, 1024 + m * k * floatBytes];
  const bias = b + k * n * floatBytes;
  const c = bias + n * floatBytes;
  const scratch = Math.ceil((c + m * n * floatBytes) / 16) * 16;
  const size = { m, n, k, transposeA: transposed[0] };
  const parts = divided ? gemmParts(size) : undefined;
  expect(parts === undefined).toBe(!divided);
  expect(scratch + (parts?.scratch ?? gemmScratch(size))).toBeLessThan(pages * 2 ** 16);
  const values = new Float32Array(memory.buffer, a, m * k + k * n + n);
  for (let i = 0; i < values.length; i++) values[i] = ((i * 7919) % 1009) / 1009 - 0.5;
  const module = new ModuleBuilder({ wide: () => wide });
  const operands = { a: operand(a, m, k, transposed[0]), b: operand(b, k, n, transposed[1]) };
  const gemm = { m, n, k, ...operands, bias, c, cStride: n * floatBytes, scratch, fast: false };
  const write = (f: FunctionBuilder) => {
    // In any order: they are independent of each other.
    const divide: Divide = (bodies) => () => {
      for (const body of [...bodies].reverse()) body(f);
    };
    if (!emitGemmParts(f, module, gemm, divided ? divide : undefined)) emitGemm(f, module, gemm);
  };
  module.function("run", [], write, { exported: true });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()), { env: { memory } });
  (exports.run as () => void)();
  return new Uint32Array(memory.buffer, c, m * n).slice();
}

it.each([
  [16, 272, 128],
  [64, 512, 128],
  [65, 528, 129], // a row, a tile and a term more than the blocks
  [67, 513, 70],
  [19, 1030, 300],
  [131, 257, 257],
])("%i x %i, of %i terms: wide tiles give the bits of narrow ones", (m, n, k) => {
  for (const transposed of [[false, false] as const, [true, false] as const, [false, true] as const]) {
    const narrow = product({}, m, n, k, transposed);
    expect(new Set(narrow).size).toBeGreaterThan(narrow.length / 4);
    expect(product({ wide: true }, m, n, k, transposed)).toEqual(narrow);
  }
});

it.each([
  [190, 330, 300],
  [1030, 130, 257], // rows in eight parts, of which the last has 1030 - 7 * 144
  [128, 256, 784],
  [64, 1025, 70],
])("%i x %i, of %i terms: parts give the bits of the whole", (m, n, k) => {
  for (const transposed of [[false, false] as const, [true, false] as const, [false, true] as const]) {
    const whole = product({}, m, n, k, transposed);
    expect(product({ divided: true }, m, n, k, transposed)).toEqual(whole);
    expect(product({ divided: true, wide: true }, m, n, k, transposed)).toEqual(whole);
  }
});

it("small products, and those that are not packed, have no parts", () => {
  expect(gemmParts({ m: 32, n: 50, k: 9 })).toBeUndefined();
  expect(gemmParts({ m: 100_000, n: 25, k: 50 })).toBeUndefined();
  expect(gemmParts({ m: 64, n: 64, k: 10_000 })).toBeUndefined();
  expect(gemmParts({ m: 1024, n: 256, k: 256 })?.count).toBe(8);
  expect(gemmParts({ m: 128, n: 256, k: 784 })?.count).toBe(4);
});
