import { emitGemm, floatBytes, operand } from "../ops/matmul/gemm.ts";
import { ModuleBuilder } from "../wasm/index.ts";

/** A product that is just large enough for tiles of packed panels. */
const [m, n, k] = [16, 272, 128];
const [a, b] = [1024, 1024 + m * k * floatBytes];
const c = b + k * n * floatBytes;
const scratch = c + m * n * floatBytes;
const pages = 8;

/** Wide tiles must take at most this share of the time of narrow ones: they take half where V8 pairs, and more than all where not. */
const worthwhile = 0.8;
/** V8 optimizes a function in the background once it has run for about 2 ms; after this it is no longer waited for. */
const mostMilliseconds = 40;

/**
 * Whether the wide tiles of a product are faster than the narrow ones, and right to the bit. It takes
 * some milliseconds: until V8 has optimized both.
 */
export function fasterWide(): boolean {
  const narrow = new Probe(false);
  const wide = new Probe(true);
  const start = performance.now();
  do {
    narrow.turn();
    wide.turn();
    if (wide.best < worthwhile * narrow.best && narrow.isOptimized) return wide.isRight();
  } while (performance.now() - start < mostMilliseconds);
  return false;
}

class Probe {
  readonly #memory = new WebAssembly.Memory({ initial: pages });
  readonly #run: () => void;
  #first = Number.NaN;
  /** The fastest turn so far, in ms. */
  best = Number.POSITIVE_INFINITY;

  constructor(wide: boolean) {
    const values = new Float32Array(this.#memory.buffer, a, m * k + k * n);
    for (let i = 0; i < values.length; i++) values[i] = ((i * 7919) % 1009) / 1009 - 0.5;
    const module = new ModuleBuilder({ wide: () => wide });
    const [x, y] = [operand(a, m, k, false), operand(b, k, n, false)];
    module.function(
      "run",
      [],
      (f) => emitGemm(f, module, { m, n, k, a: x, b: y, c, cStride: n * floatBytes, scratch, fast: false }),
      { exported: true },
    );
    this.#run = module.instantiate(this.#memory).run as () => void;
  }

  turn(): void {
    const start = performance.now();
    for (let i = 0; i < 4; i++) this.#run();
    const took = performance.now() - start;
    if (Number.isNaN(this.#first)) this.#first = took;
    this.best = Math.min(this.best, took);
  }

  /** Whether V8 seems to have replaced its first code, which takes more than twice as long. */
  get isOptimized(): boolean {
    return this.best < 0.6 * this.#first;
  }

  /** Whether the product is that of multiplying and adding float32 one after the other. */
  isRight(): boolean {
    const [x, y, product] = [[a, m * k] as const, [b, k * n] as const, [c, m * n] as const].map(
      ([address, size]) => new Float32Array(this.#memory.buffer, address, size),
    );
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let l = 0; l < k; l++) sum = Math.fround(sum + Math.fround(x[i * k + l] * y[l * n + j]));
        if (sum !== product[i * n + j]) return false;
      }
    }
    return true;
  }
}
