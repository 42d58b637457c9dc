import { check, refuse, refuseGiven, wholeNumber } from "../core/index.ts";
import type { Generator } from "./generator.ts";

/** The arrays that randint fills. */
type Integers = Int32Array | Float32Array | Float64Array;

/** The integers each type of array holds without loss: [smallest, largest]. */
function limitsOf(out: Integers): [smallest: number, largest: number] {
  if (out instanceof Int32Array) return [-(2 ** 31), 2 ** 31 - 1];
  const largest = out instanceof Float32Array ? 2 ** 24 : Number.MAX_SAFE_INTEGER;
  return [-largest, largest];
}

/**
 * Fills `out` with integers from [low, high), in order. Bit-equal to
 * https://pytorch.org/docs/stable/generated/torch.randint.html. Draws one word per element, two if
 * high - low >= 2^32 (but never for int32).
 * @throws TypeError if a bound is no number
 * @throws RangeError if a bound is not an integer, low >= high, or `out` cannot hold low or high -
 *   1
 */
export function fillRandint(out: Integers, low: number, high: number, generator: Generator): void {
  check("randint", "low", low, wholeNumber());
  check("randint", "high", high, wholeNumber());
  if (low >= high) throw refuse("conflict", "", `randint expects low < high, got low = ${low} and high = ${high}`);
  const [smallest, largest] = limitsOf(out);
  if (low < smallest || high - 1 > largest) {
    throw refuse(
      "wrong-value",
      "",
      `randint expects integers from ${smallest} to ${largest} for this dtype, got low = ${low} ` +
        `and high = ${high}`,
    );
  }
  if (high - low < 2 ** 32) fillNarrow(out, low, high, generator);
  else if (out instanceof Int32Array) fillAnyInt32(out, generator);
  else fillWide(out, BigInt(low), BigInt(high), generator);
}

function fillNarrow(out: Integers, low: number, high: number, generator: Generator): void {
  const range = (high - low) >>> 0; // as uint32 the remainder below is an integer instruction
  for (let i = 0; i < out.length; i++) out[i] = ((generator.random32() >>> 0) % range) + low;
}

/** All 2^32 integers: still one word each. */
function fillAnyInt32(out: Int32Array, generator: Generator): void {
  for (let i = 0; i < out.length; i++) out[i] = generator.random32() - 2 ** 31;
}

function fillWide(out: Integers, low: bigint, high: bigint, generator: Generator): void {
  const range = high - low;
  for (let i = 0; i < out.length; i++) out[i] = Number((generator.random64() % range) + low);
}

/**
 * A random order of 0 .. n - 1. Bit-equal to
 * https://pytorch.org/docs/stable/generated/torch.randperm.html. Draws n - 1 words.
 * @throws TypeError if `n` is no number
 * @throws RangeError if `n` is not an integer from 0 to 2^31 - 1
 */
export function randperm(n: number, generator: Generator): Int32Array {
  check("randperm", "n", n, wholeNumber());
  if (n < 0 || n >= 2 ** 31) throw refuseGiven("wrong-value", "", "randperm expects n from 0 to 2^31 - 1", n);
  const order = new Int32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  for (let i = 0; i < n - 1; i++) {
    const j = i + ((generator.random32() >>> 0) % (n - i));
    const value = order[i];
    order[i] = order[j];
    order[j] = value;
  }
  return order;
}

/**
 * An integer in [0, 2^63): `torch.empty((), dtype=torch.int64).random_()`, from which PyTorch's
 * DataLoader and samplers seed their private generators. Draws two words.
 */
export function drawInt64(generator: Generator): bigint {
  return BigInt.asUintN(63, generator.random64());
}
