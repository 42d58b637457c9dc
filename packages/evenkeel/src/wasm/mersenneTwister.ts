import type { Expr, Local, V128 } from "./expression.ts";
import { type FunctionBuilder, type FunctionRef, result } from "./functionBuilder.ts";
import { i8x16, i32, i32x4, v128 } from "./instructions.ts";
import type { ModuleBuilder } from "./moduleBuilder.ts";

/**
 * MT19937 in a program's memory: the same words as `random/`. Its state is 624 words, in the order
 * of use, followed by the number of words used since they were renewed, 624 right after seeding.
 */

const stateLength = 624;
const middle = 397;
/** Bytes of the state, aligned to 4: 624 words and their count. */
export const twisterBytes = 4 * (stateLength + 1);
const countOffset = 4 * stateLength;

const upperBit = 0x80000000 | 0;
const lowerBits = 0x7fffffff;
const matrix = 0x9908b0df | 0;
const temperB = 0x9d2c5680 | 0;
const temperC = 0xefc60000 | 0;

/** One step of the recurrence: the word `far` ahead, the upper bit of u and the lower bits of v. */
function twist(far: Expr<"i32">, u: Expr<"i32">, v: Local<"i32">): Expr<"i32"> {
  const joined = i32.or(i32.and(u, upperBit), i32.and(v, lowerBits));
  return i32.xor(i32.xor(far, i32.shrU(joined, 1)), i32.and(i32.sub(0, i32.and(v, 1)), matrix));
}

function twistVector(far: V128, u: V128, v: Local<"v128">): V128 {
  const joined = v128.or(v128.and(u, i32x4.const(upperBit)), v128.and(v, i32x4.const(lowerBits)));
  const odd = i32x4.sub(i32x4.const(0), v128.and(v, i32x4.const(1)));
  return v128.xor(v128.xor(far, i32x4.shrU(joined, 1)), v128.and(odd, i32x4.const(matrix)));
}

/** `renewWords(state)`: the next 624 words; sets the count to 0. */
const renewWords = (module: ModuleBuilder): FunctionRef<readonly ["i32"], null> =>
  module.shared("renewWords", (m) =>
    m.function("renewWords", ["i32"], (f, state) => {
      const at = f.let(state);
      const v = f.local("i32");
      const vector = f.local("v128");
      const one = (far: number, next = 4) => {
        f.set(v, i32.load(i32.add(at, next)));
        f.storeI32(at, twist(i32.load(i32.add(at, far)), i32.load(at), v));
        f.set(at, i32.add(at, 4));
      };
      // Four at a time: none reads what another of the four writes.
      const many = (count: number, far: number) =>
        f.times(count / 4, () => {
          f.set(vector, v128.load(at, 4));
          f.storeV128(at, twistVector(v128.load(i32.add(at, far)), v128.load(at), vector));
          f.set(at, i32.add(at, 16));
        });
      const ahead = 4 * middle;
      const behind = 4 * (middle - stateLength);
      many(stateLength - middle - 3, ahead);
      for (let i = 0; i < 3; i++) one(ahead);
      many(middle - 1, behind);
      one(behind, 4 - 4 * stateLength);
      f.storeI32(state, 0, countOffset);
    }),
  );

const temper = (f: FunctionBuilder, word: Local<"i32">): Expr<"i32"> => {
  f.set(word, i32.xor(word, i32.shrU(word, 11)));
  f.set(word, i32.xor(word, i32.and(i32.shl(word, 7), temperB)));
  f.set(word, i32.xor(word, i32.and(i32.shl(word, 15), temperC)));
  return i32.xor(word, i32.shrU(word, 18));
};

function temperVector(f: FunctionBuilder, words: Local<"v128">): void {
  f.set(words, v128.xor(words, i32x4.shrU(words, 11)));
  f.set(words, v128.xor(words, v128.and(i32x4.shl(words, 7), i32x4.const(temperB))));
  f.set(words, v128.xor(words, v128.and(i32x4.shl(words, 15), i32x4.const(temperC))));
  f.set(words, v128.xor(words, i32x4.shrU(words, 18)));
}

/** `random32(state)`: the next word. */
export const random32 = (module: ModuleBuilder): FunctionRef<readonly ["i32"], "i32"> =>
  module.shared("random32", (m) => {
    const renew = renewWords(m);
    return m.function(
      "random32",
      ["i32"],
      (f, state) => {
        f.if(i32.eq(i32.load(state, countOffset), stateLength), () => f.call(renew, state));
        const count = f.let(i32.load(state, countOffset));
        const word = f.let(i32.load(i32.add(state, i32.shl(count, 2))));
        f.storeI32(state, i32.add(count, 1), countOffset);
        f.return(temper(f, word));
      },
      { result: "i32" },
    );
  });

/**
 * `fillMask(state, to, count, high, low, value)`: `count` elements of 4 bytes at `to`, each the
 * bits `value` with a probability, else 0. Draws two words per element, like a float64 uniform in
 * [0, 1); high and low are the {@link maskThreshold} of the probability.
 */
export const fillMask = (
  module: ModuleBuilder,
): FunctionRef<readonly ["i32", "i32", "i32", "i32", "i32", "i32"], null> =>
  module.shared("fillMask", (m) => {
    const [renew, draw] = [renewWords(m), random32(m)];
    return m.function(
      "fillMask",
      ["i32", "i32", "i32", "i32", "i32", "i32"],
      (f, state, to, count, high, low, value) => {
        const [first, second, used, steps, at] = f.locals("i32", 5);
        const vectors = f.locals("v128", 4);
        const one = () => {
          f.set(first, i32.and(result(draw, state), 0x1fffff));
          f.set(second, result(draw, state));
          const below = i32.or(i32.ltU(first, high), i32.and(i32.eq(first, high), i32.ltU(second, low)));
          f.storeI32(to, i32.and(i32.sub(0, below), value));
          f.set(to, i32.add(to, 4));
          f.set(count, i32.sub(count, 1));
        };
        const highs = f.let(i32x4.splat(high));
        const lows = f.let(i32x4.splat(i32.xor(low, upperBit)));
        const values = f.let(i32x4.splat(value));
        f.if(i32.ne(count, 0), () =>
          f.repeat(() => {
            f.set(used, i32.load(state, countOffset));
            f.if(i32.eq(used, stateLength), () => {
              f.call(renew, state);
              f.set(used, 0);
            });
            // Whole groups of four elements, eight words, as many as the remaining words and
            // elements allow.
            f.set(steps, i32.shrU(i32.sub(stateLength, used), 3));
            f.if(i32.ltU(i32.shrU(count, 2), steps), () => f.set(steps, i32.shrU(count, 2)));
            f.if(
              steps,
              () => {
                f.set(at, i32.add(state, i32.shl(used, 2)));
                f.storeI32(state, i32.add(used, i32.shl(steps, 3)), countOffset);
                f.set(count, i32.sub(count, i32.shl(steps, 2)));
                f.repeat(() => {
                  fourElements(f, at, to, vectors, [highs, lows, values]);
                  f.set(at, i32.add(at, 32));
                  f.set(to, i32.add(to, 16));
                  f.set(steps, i32.sub(steps, 1));
                  return steps;
                });
              },
              one,
            );
            return count;
          }),
        );
      },
    );
  });

const even = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27];
const odd = even.map((byte) => byte + 4);

function fourElements(
  f: FunctionBuilder,
  at: Local<"i32">,
  to: Local<"i32">,
  [left, right, first, second]: readonly Local<"v128">[],
  [highs, lows, values]: readonly Local<"v128">[],
): void {
  f.set(left, v128.load(at));
  f.set(right, v128.load(at, 16));
  temperVector(f, left);
  temperVector(f, right);
  f.set(first, v128.and(i8x16.shuffle(left, right, even), i32x4.const(0x1fffff)));
  // Flipping the top bit turns signed comparisons into unsigned ones.
  f.set(second, v128.xor(i8x16.shuffle(left, right, odd), i32x4.const(upperBit)));
  const tie = v128.and(i32x4.eq(first, highs), i32x4.ltS(second, lows));
  f.storeV128(to, v128.and(v128.or(i32x4.ltS(first, highs), tie), values));
}

/**
 * The two words of the smallest 53-bit integer that is not below `probability` (0 to 1) as a
 * fraction of 2^53.
 */
export function maskThreshold(probability: number): { high: number; low: number } {
  const threshold = Math.ceil(probability * 2 ** 53);
  return { high: Math.floor(threshold / 2 ** 32), low: (threshold % 2 ** 32) | 0 };
}
