import { type FunctionBuilder, f64x2, i32, type Local, type ModuleBuilder, v128 } from "../../wasm/index.ts";
import { both, demotePair, type Pair, promotePair } from "./doublePair.ts";

/**
 * The passes of normalize.passes.ts over float32 matrices [rows, channels] of at least four
 * channels, whose sizes are known only when they run. They compute in double, and each sum adds its
 * terms in the order of the rows: the bits are those of the loops.
 *
 * Four neighbouring channels are one vector, and go down the rows together. If the channels are not
 * a multiple of four, the last vector overlaps the one before it, and has its own place in a plane:
 * both compute the same.
 */

/** Where everything lies; addresses are in bytes. */
export interface PassPlaces {
  readonly x: number;
  readonly dy: number;
  /** The result: y or dx. */
  readonly to: number;
  /** Values per channel as doubles, four of them for every vector: the addresses of some planes. */
  readonly planes: readonly number[];
}

/** (number of rows, bytes of a row, number of vectors in it). */
export type Pass = (rows: number, row: number, vectors: number) => void;

/**
 * The exports of a module. The planes have, in this order: mean; the sums, or what dy is centred by;
 * the products; the scale; the shift.
 */
export type ExactPasses = Readonly<
  Record<"addValues" | "addSquares" | "normalize" | "addGradients" | "propagate", Pass>
>;

const [mean, sums, products, scale, shift] = [0, 1, 2, 3, 4];
export const planeCount = 5;

/** Adds the functions to a module. */
export function definePasses(module: ModuleBuilder, { x, dy, to, planes }: PassPlaces): void {
  type At = Local<"i32">;
  type Held = readonly Local<"v128">[];
  const halves = [0, 1] as const;
  /** Runs `body` for each row of each vector; the planes are read before, and `changed` ones written after. */
  const pass = (
    name: keyof ExactPasses,
    read: readonly number[],
    changed: readonly number[],
    body: (f: FunctionBuilder, at: At, plane: (index: number) => Held) => void,
  ) => {
    const write = (f: FunctionBuilder, rows: At, row: At, vectors: At) => {
      const [slot, column, at, end] = f.locals("i32", 4);
      const held = new Map<number, Held>(read.map((plane) => [plane, f.locals("v128", 2)]));
      const size = f.let(i32.mul(rows, row));
      const last = f.let(i32.sub(row, 16));
      f.repeat(() => {
        f.set(column, i32.shrU(slot, 1));
        f.if(i32.gtU(column, last), () => f.set(column, last));
        for (const [plane, pair] of held) {
          for (const [half, local] of pair.entries()) f.set(local, v128.load(slot, planes[plane] + 16 * half));
        }
        f.set(at, column);
        f.set(end, i32.add(column, size));
        f.repeat(() => {
          body(f, at, (plane) => held.get(plane) as Held);
          f.set(at, i32.add(at, row));
          return i32.ne(at, end);
        });
        for (const plane of changed) {
          const pair = held.get(plane) as Held;
          for (const [half, local] of pair.entries()) f.storeV128(slot, local, planes[plane] + 16 * half);
        }
        f.set(slot, i32.add(slot, 32));
        f.set(vectors, i32.sub(vectors, 1));
        return vectors;
      });
    };
    module.function(name, ["i32", "i32", "i32"], write, { exported: true });
  };
  const load = (f: FunctionBuilder, at: At, from: number) => {
    const pair = promotePair(f.let(v128.load(at, from)));
    return both((half) => f.let(pair[half]));
  };
  const store = (f: FunctionBuilder, at: At, pair: Pair) => f.storeV128(at, demotePair(pair), to);

  pass("addValues", [sums], [sums], (f, at, plane) => {
    const value = load(f, at, x);
    for (const half of halves) f.set(plane(sums)[half], f64x2.add(plane(sums)[half], value[half]));
  });
  pass("addSquares", [mean, sums], [sums], (f, at, plane) => {
    const value = load(f, at, x);
    for (const half of halves) {
      const centred = f.let(f64x2.sub(value[half], plane(mean)[half]));
      f.set(plane(sums)[half], f64x2.add(plane(sums)[half], f64x2.mul(centred, centred)));
    }
  });
  pass("normalize", [mean, scale, shift], [], (f, at, plane) => {
    const value = load(f, at, x);
    const centred = both((half) => f64x2.sub(value[half], plane(mean)[half]));
    store(
      f,
      at,
      both((half) => f64x2.add(f64x2.mul(centred[half], plane(scale)[half]), plane(shift)[half])),
    );
  });
  pass("addGradients", [mean, sums, products], [sums, products], (f, at, plane) => {
    const value = load(f, at, x);
    const flow = load(f, at, dy);
    for (const half of halves) {
      const term = f64x2.mul(flow[half], f64x2.sub(value[half], plane(mean)[half]));
      f.set(plane(sums)[half], f64x2.add(plane(sums)[half], flow[half]));
      f.set(plane(products)[half], f64x2.add(plane(products)[half], term));
    }
  });
  pass("propagate", [mean, sums, products, scale], [], (f, at, plane) => {
    const value = load(f, at, x);
    const flow = load(f, at, dy);
    const slope = (half: 0 | 1) => {
      const centred = f64x2.sub(value[half], plane(mean)[half]);
      const less = f64x2.sub(flow[half], plane(sums)[half]);
      return f64x2.mul(plane(scale)[half], f64x2.sub(less, f64x2.mul(centred, plane(products)[half])));
    };
    store(f, at, both(slope));
  });
}
