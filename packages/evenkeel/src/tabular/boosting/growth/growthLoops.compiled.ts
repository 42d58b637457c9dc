import { type Expr, f64x2, i32, ModuleBuilder, v128 } from "../../../wasm/index.ts";
import { binPlaces, type GrowthData, type GrowthLoops, groupWidth } from "./growthLoops.ts";

/** The bytes of a bin's sums: two doubles, which are added at once. */
const sumBytes = 16;

/**
 * The loops as WebAssembly, five times as fast: one load gets the bins of a row, and one addition
 * adds to the sums of gradients and hessians. Undefined if the engine refuses.
 * @param memory where the arrays lie
 */
export function compiledLoops(data: GrowthData, features: number, memory: WebAssembly.Memory): GrowthLoops | undefined {
  const { groups, rows, right, gradients, hessians, sums, counts, goesLeft } = data;
  const isConstant = counts.length === 0;
  const widths = [...new Set([Math.min(features, groupWidth), features % groupWidth || groupWidth])];
  const module = new ModuleBuilder();
  for (const width of widths) addRows(module, width, isConstant);
  partition(module);
  const code = instantiate(module, memory);
  if (code === undefined) return undefined;
  const placeOf = (at: number) => rows.byteOffset + 4 * at;
  return {
    addRows(group, width, output, start, end) {
      if (start === end) return;
      const derivatives = [gradients[output].byteOffset, hessians[output].byteOffset];
      const to = [sums.byteOffset, counts.byteOffset];
      code[`addRows${width}`](placeOf(start), placeOf(end), groups[group].byteOffset, ...derivatives, ...to);
    },
    partition(group, place, start, end) {
      if (start === end) return start;
      const bins = groups[group].byteOffset + place;
      const left = code.partition(placeOf(start), placeOf(end), right.byteOffset, bins, goesLeft.byteOffset);
      // Addresses of 2 GiB and more come back as negative numbers.
      const middle = ((left >>> 0) - rows.byteOffset) / 4;
      rows.set(right.subarray(0, end - middle), middle);
      return middle;
    },
  };
}

type Code = Readonly<Record<string, (...addresses: readonly number[]) => number>>;

function instantiate(module: ModuleBuilder, memory: WebAssembly.Memory): Code | undefined {
  try {
    return module.instantiate(memory) as Code;
  } catch {
    return undefined;
  }
}

/** A function that adds rows to the sums of so many features. */
function addRows(module: ModuleBuilder, width: number, isConstant: boolean): void {
  const given = ["i32", "i32", "i32", "i32", "i32", "i32", "i32"] as const;
  module.function(
    `addRows${width}`,
    given,
    (f, place, end, bins, gradients, hessians, sums, counts) => {
      f.loop(place, end, 4, () => {
        const row = f.let(i32.load(place));
        const own = f.let(i32.add(bins, i32.shl(row, 3)));
        const offset = f.let(i32.shl(row, 2));
        const gradient = v128.load32Zero(i32.add(gradients, offset));
        // Two floats side by side, as two doubles; the second is 1 where all hessians are.
        const derivatives = f.let(
          isConstant
            ? v128.or(f64x2.promoteLow(gradient), f64x2.const(0, 1))
            : f64x2.promoteLow(v128.load32Lane(i32.add(hessians, offset), gradient, 1)),
        );
        const words = [f.let(i32.load(own)), ...(width > 4 ? [f.let(i32.load(own, 4))] : [])];
        for (let k = 0; k < width; k++) {
          const to = f.let(i32.add(sums, byteTimes(words[k >> 2], k & 3, 4)));
          const sum = k * binPlaces * sumBytes;
          f.storeV128(to, f64x2.add(v128.load(to, sum), derivatives), sum);
          if (isConstant) continue;
          const counted = f.let(i32.add(counts, byteTimes(words[k >> 2], k & 3, 2)));
          const count = k * binPlaces * 4;
          f.storeI32(counted, i32.add(i32.load(counted, count), 1), count);
        }
      });
    },
    { exported: true },
  );
}

/** A byte of a word, times a power of two of at most 2^7. */
function byteTimes(word: Expr<"i32">, byte: number, power: number): Expr<"i32"> {
  const shift = 8 * byte - power;
  return i32.and(shift < 0 ? i32.shl(word, -shift) : i32.shrU(word, shift), 255 << power);
}

/** A function that divides rows, and returns the address where those that go right begin. */
function partition(module: ModuleBuilder): void {
  module.function(
    "partition",
    ["i32", "i32", "i32", "i32", "i32"],
    (f, place, end, right, bins, goesLeft) => {
      const left = f.let(i32.add(place, 0));
      f.loop(place, end, 4, () => {
        const row = f.let(i32.load(place));
        const bin = i32.load8U(i32.add(bins, i32.shl(row, 3)));
        const step = f.let(i32.shl(i32.load8U(i32.add(goesLeft, bin)), 2));
        // Both are written and one counts, as a branch would be guessed wrong half of the time.
        f.storeI32(left, row);
        f.storeI32(right, row);
        f.set(left, i32.add(left, step));
        f.set(right, i32.sub(i32.add(right, 4), step));
      });
      f.return(left);
    },
    { exported: true, result: "i32" },
  );
}
