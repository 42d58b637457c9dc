import type { Local, V128 } from "./expression.ts";
import { type FunctionBuilder, type FunctionRef, result } from "./functionBuilder.ts";
import { f32, f32x4, f64, f64x2, i32, v128 } from "./instructions.ts";
import { bits64, i64x2 } from "./math/doubles.ts";
import { random32 } from "./mersenneTwister.ts";
import type { ModuleBuilder } from "./moduleBuilder.ts";

/**
 * Fills of arrays from a generator's words, one word for each element, to the bits of `random/`.
 * Counts are at least 1.
 */

/** The low 24 bits of a word: as a fraction of 2^24 a float32 in [0, 1). */
const fractionBits = 0xffffff;

/**
 * a + b rounded to odd, so that rounding it once more to float32 is rounding once; see core/fma.ts.
 */
export function addToOdd(f: FunctionBuilder, a: Local<"v128">, b: Local<"v128">): V128 {
  const sum = f.let(f64x2.add(a, b));
  const bPart = f.let(f64x2.sub(sum, a));
  const error = f.let(f64x2.add(f64x2.sub(a, f64x2.sub(sum, bPart)), f64x2.sub(b, bPart)));
  const zero = f64x2.const(0);
  const one = bits64(0, 1);
  const isOdd = i64x2.sub(zero, v128.and(sum, one));
  const isInward = v128.xor(f64x2.gt(error, zero), f64x2.gt(sum, zero));
  const neighbour = v128.bitselect(i64x2.sub(sum, one), v128.or(sum, one), isInward);
  return v128.bitselect(neighbour, sum, v128.andNot(f64x2.ne(error, zero), isOdd));
}

/**
 * `fillUniform(state, to, count, range, low)`: float32 of low + [0, 1) * range, where both are
 * float32 and the sum rounds once.
 */
export const fillUniform = (module: ModuleBuilder): FunctionRef<readonly ["i32", "i32", "i32", "f64", "f64"], null> =>
  module.shared("fillUniform", (m) => {
    const draw = random32(m);
    return m.function("fillUniform", ["i32", "i32", "i32", "f64", "f64"], (f, state, to, count, range, low) => {
      const lows = f.let(f64x2.splat(low));
      f.repeat(() => {
        const unit = f64.mul(f64.fromI32(i32.and(result(draw, state), fractionBits)), 2 ** -24);
        const product = f.let(f64x2.splat(f64.mul(unit, range)));
        f.storeLane32(to, f32x4.demoteZero(addToOdd(f, product, lows)), 0);
        return advance(f, to, count);
      });
    });
  });

/**
 * `fillBelow(state, from, to, count)`: float32 1 where a draw from [0, 1) is below the float32 at
 * `from`, 0 elsewhere.
 */
export const fillBelow = (module: ModuleBuilder): FunctionRef<readonly ["i32", "i32", "i32", "i32"], null> =>
  module.shared("fillBelow", (m) => {
    const draw = random32(m);
    return m.function("fillBelow", ["i32", "i32", "i32", "i32"], (f, state, from, to, count) => {
      f.repeat(() => {
        const unit = f32.mul(f32.fromI32(i32.and(result(draw, state), fractionBits)), 2 ** -24);
        f.storeF32(to, f32.fromI32(f32.lt(unit, f32.load(from))));
        f.set(from, i32.add(from, 4));
        return advance(f, to, count);
      });
    });
  });

/**
 * `fillIntegers(state, to, count, range, low)`: int32 of low + a word modulo range; a range of 0
 * stands for 2^32.
 */
export const fillIntegers = (module: ModuleBuilder): FunctionRef<readonly ["i32", "i32", "i32", "i32", "i32"], null> =>
  module.shared("fillIntegers", (m) => {
    const draw = random32(m);
    return m.function("fillIntegers", ["i32", "i32", "i32", "i32", "i32"], (f, state, to, count, range, low) => {
      const word = f.local("i32");
      f.repeat(() => {
        f.set(word, result(draw, state));
        f.if(range, () => f.set(word, i32.remU(word, range)));
        f.storeI32(to, i32.add(word, low));
        return advance(f, to, count);
      });
    });
  });

/**
 * `fillPermutation(state, to, count)`: int32 of 0 to count - 1 in random order; count - 1 words.
 */
export const fillPermutation = (module: ModuleBuilder): FunctionRef<readonly ["i32", "i32", "i32"], null> =>
  module.shared("fillPermutation", (m) => {
    const draw = random32(m);
    return m.function("fillPermutation", ["i32", "i32", "i32"], (f, state, to, count) => {
      const [at, index, other, value] = f.locals("i32", 4);
      f.set(at, to);
      f.repeat(() => {
        f.storeI32(at, index);
        f.set(at, i32.add(at, 4));
        f.set(index, i32.add(index, 1));
        return i32.ne(index, count);
      });
      f.if(i32.ne(count, 1), () =>
        f.repeat(() => {
          f.set(other, i32.add(to, i32.shl(i32.remU(result(draw, state), count), 2)));
          f.set(value, i32.load(to));
          f.storeI32(to, i32.load(other));
          f.storeI32(other, value);
          advance(f, to, count);
          return i32.ne(count, 1);
        }),
      );
    });
  });

/** The next element; leaves the loop condition on the stack. */
function advance(f: FunctionBuilder, to: Local<"i32">, count: Local<"i32">): Local<"i32"> {
  f.set(to, i32.add(to, 4));
  f.set(count, i32.sub(count, 1));
  return count;
}
