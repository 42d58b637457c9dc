import { expect, it } from "vitest";
import { ModuleBuilder } from "../../wasm/index.ts";
import { emitGemm, floatBytes, gemmScratch, operand } from "./gemm.ts";

const pages = 64;

/** The product of [m, k] and [k, n] with a bias, of numbers that every rounding shows in. */
function product(wide: boolean, m: number, n: number, k: number, transposed: readonly [boolean, boolean]): Uint32Array {
  const memory = new WebAssembly.Memory({ initial: pages });
  const [a, b] = [1024, 1024 + m * k * floatBytes];
  const bias = b + k * n * floatBytes;
  const c = bias + n * floatBytes;
  const scratch = Math.ceil((c + m * n * floatBytes) / 16) * 16;
  expect(scratch + gemmScratch({ m, n, k, transposeA: transposed[0] })).toBeLessThan(pages * 2 ** 16);
  const values = new Float32Array(memory.buffer, a, m * k + k * n + n);
  for (let i = 0; i < values.length; i++) values[i] = ((i * 7919) % 1009) / 1009 - 0.5;
  const module = new ModuleBuilder({ wide: () => wide });
  const operands = { a: operand(a, m, k, transposed[0]), b: operand(b, k, n, transposed[1]) };
  module.function(
    "run",
    [],
    (f) => emitGemm(f, module, { m, n, k, ...operands, bias, c, cStride: n * floatBytes, scratch, fast: false }),
    { exported: true },
  );
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
    const narrow = product(false, m, n, k, transposed);
    expect(new Set(narrow).size).toBeGreaterThan(narrow.length / 4);
    expect(product(true, m, n, k, transposed)).toEqual(narrow);
  }
});
