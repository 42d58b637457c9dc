import { type Spec, sizeOf } from "../../core/index.ts";
import { type Expr, type FunctionBuilder, i32, type Local, type Placed } from "../../wasm/index.ts";
import type { Planes, Spans } from "./window.ts";

/**
 * Loops over windows in code. The starts and ends of the windows along each dimension are written
 * to scratch first, in bytes, so that windows at the edges, dilated ones and those of unequal sizes
 * need no separate code.
 */

/**
 * The table entry of each window of a dimension: its start, its end, and its count for the divisor.
 */
const entry = 16;

export const spansScratch = (planes: Planes): number =>
  planes.reduce((bytes, { start }) => bytes + entry * start.length, 0);

export const declinesPool = (x: Spec): string | undefined => {
  if (x.dtype !== "float32") return "there is code for float32 only";
  return sizeOf(x.shape) === 0 ? "an empty batch is not worth code" : undefined;
};

interface Axis {
  readonly spans: Spans;
  /** Bytes from one place to the next along the dimension. */
  readonly unit: number;
  readonly table: number;
}

function axesOf(planes: Planes, scratch: number): Axis[] {
  let table = scratch;
  return planes.map((spans, d) => {
    const axis = { spans, unit: 4 * planes.slice(d + 1).reduce((bytes, { size }) => bytes * size, 1), table };
    table += entry * spans.start.length;
    return axis;
  });
}

/** The current window of the loops. */
interface Here {
  /** Bytes from the first plane of the input to that of the window. */
  readonly base: Local<"i32">;
  /** Bytes from the first window of all to this one. */
  readonly place: Local<"i32">;
  /** The first place of the window, in bytes from the first plane. */
  readonly first: Expr<"i32">;
  /** The product of its counts in the table. */
  readonly count: Expr<"i32">;
  /** Runs `body` for each place of the window, in bytes from the first plane. */
  readonly each: (body: (at: Local<"i32">) => void) => void;
}

/** Runs `body` for all windows of the planes of `x`, in order. */
export function forEachWindowCode(
  f: FunctionBuilder,
  x: Placed,
  planes: Planes,
  scratch: number,
  along: (spans: Spans, i: number) => number,
  body: (here: Here) => void,
): void {
  const axes = axesOf(planes, scratch);
  for (const { spans, unit, table } of axes) {
    for (let i = 0; i < spans.start.length; i++) {
      f.storeI32(0, spans.start[i] * unit, table + entry * i);
      f.storeI32(0, spans.end[i] * unit, table + entry * i + 4);
      f.storeI32(0, along(spans, i), table + entry * i + 8);
    }
  }
  const [base, place, at] = f.locals("i32", 3);
  const rows = f.locals("i32", 3);
  const from = f.locals("i32", 3);
  const until = f.locals("i32", 3);
  const counts = f.locals("i32", 3);
  const [plane, bytes] = [axes[0].unit * axes[0].spans.size, f.locals("i32", 3)];
  const each: Here["each"] = (visit) => {
    const nest = (d: number, offset: Expr<"i32">): void => {
      const { spans, unit } = axes[d];
      f.set(rows[d], from[d]);
      const step = () => {
        const here = d === 2 ? at : bytes[d];
        f.set(here, i32.add(offset, rows[d]));
        if (d === 2) visit(at);
        else nest(d + 1, here);
      };
      if (spans.end.every((end, i) => end - spans.start[i] <= spans.step)) {
        step();
        return;
      }
      f.repeat(() => {
        step();
        f.set(rows[d], i32.add(rows[d], spans.step * unit));
        return i32.ltU(rows[d], until[d]);
      });
    };
    nest(0, base);
  };
  const here: Here = {
    base,
    place,
    first: i32.add(base, i32.add(from[0], i32.add(from[1], from[2]))),
    count: i32.mul(counts[0], i32.mul(counts[1], counts[2])),
    each,
  };
  const tables = f.locals("i32", 3);
  const loop = (d: number): void => {
    if (d === 3) {
      body(here);
      f.set(place, i32.add(place, 4));
      return;
    }
    const { spans, table } = axes[d];
    f.set(tables[d], 0);
    f.times(spans.start.length, () => {
      f.set(from[d], i32.load(tables[d], table));
      f.set(until[d], i32.load(tables[d], table + 4));
      f.set(counts[d], i32.load(tables[d], table + 8));
      loop(d + 1);
      f.set(tables[d], i32.add(tables[d], entry));
    });
  };
  f.set(base, 0);
  f.set(place, 0);
  f.times((sizeOf(x.shape) * 4) / plane, () => {
    loop(0);
    f.set(base, i32.add(base, plane));
  });
}
