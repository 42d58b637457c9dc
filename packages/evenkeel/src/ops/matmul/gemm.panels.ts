import {
  type FunctionBuilder,
  type FunctionRef,
  f32,
  f32x4,
  i32,
  type Local,
  type ModuleBuilder,
  v128,
} from "../../wasm/index.ts";
import { advance, floatBytes, roundUp, vectorBytes } from "./gemm.problem.ts";
import { transpose4 } from "./gemm.transpose.ts";

/**
 * Panels: a block of an operand copied so that a tile reads it from end to end. A panel holds, for
 * each k, the elements of its `width` rows of A or columns of B; a last panel that is not full is
 * filled up with zeros.
 */

interface Block {
  readonly from: Local<"i32">;
  /** Between the rows of A or columns of B that make a panel, in bytes. */
  readonly across: number;
  /** From one k to the next, in bytes. */
  readonly along: number;
}

/** Bytes of the panels for `count` rows or columns. */
export function packBytes(count: number, k: number, width: number): number {
  return roundUp(count, width) * k * floatBytes;
}

type Pack = FunctionRef<readonly ["i32", "i32", "i32", "i32", "i32"], null>;

/** Calls the function that copies `count` rows of A or columns of B, `k` deep, to `to`. */
export function emitPack(
  f: FunctionBuilder,
  module: ModuleBuilder,
  { from, across, along }: Block,
  to: number,
  count: number,
  k: number,
  width: number,
): void {
  const panels = Math.floor(count / width);
  if (panels > 0) {
    if (across === floatBytes) f.call(copyFunction(module, width), from, to, k, panels, along);
    else f.call(turnFunction(module, width), from, to, k, panels, across);
  }
  if (count % width > 0) {
    const full = panels * width;
    f.call(
      edgeFunction(module, width),
      i32.add(from, full * across),
      to + full * k * floatBytes,
      k,
      count % width,
      across,
      along,
    );
  }
}

/** (from, to, k, panels, along): full panels whose elements lie side by side. */
function copyFunction(module: ModuleBuilder, width: number): Pack {
  const name = `gemmPackCopy${width}`;
  return module.shared(name, () =>
    module.function(name, ["i32", "i32", "i32", "i32", "i32"], (f, from, to, k, panels, along) => {
      const source = f.local("i32");
      const end = f.local("i32");
      f.repeat(() => {
        f.set(source, from);
        f.set(end, i32.add(to, i32.mul(k, width * floatBytes)));
        f.loop(to, end, width * floatBytes, () => {
          for (let at = 0; at < width * floatBytes; at += vectorBytes) f.storeV128(to, v128.load(source, at), at);
          f.set(source, i32.add(source, along));
        });
        advance(f, from, width * floatBytes);
        f.set(panels, i32.sub(panels, 1));
        return panels;
      });
    }),
  );
}

/**
 * (from, to, k, panels, across): full panels whose elements are contiguous along k, transposed four
 * by four.
 */
function turnFunction(module: ModuleBuilder, width: number): Pack {
  const name = `gemmPackTurn${width}`;
  return module.shared(name, () =>
    module.function(name, ["i32", "i32", "i32", "i32", "i32"], (f, from, to, k, panels, across) => {
      const rows = f.locals("v128", 4);
      const turned = f.locals("v128", 4);
      const low = f.local("v128");
      const source = f.locals("i32", width);
      const end = f.local("i32");
      f.repeat(() => {
        f.set(source[0], from);
        for (let i = 1; i < width; i++) f.set(source[i], i32.add(source[i - 1], across));
        const advanceAll = (bytes: number) => {
          for (const each of source) advance(f, each, bytes);
        };
        f.set(end, i32.add(to, i32.mul(i32.and(k, -4), width * floatBytes)));
        f.if(i32.geS(k, 4), () => {
          f.loop(to, end, 4 * width * floatBytes, () => {
            for (let first = 0; first < width; first += 4) {
              for (let i = 0; i < 4; i++) f.set(rows[i], v128.load(source[first + i]));
              transpose4(f, rows, turned, low);
              for (let i = 0; i < 4; i++) f.storeV128(to, turned[i], (i * width + first) * floatBytes);
            }
            advanceAll(vectorBytes);
          });
        });
        f.set(end, i32.add(to, i32.mul(i32.and(k, 3), width * floatBytes)));
        f.if(i32.and(k, 3), () => {
          f.loop(to, end, width * floatBytes, () => {
            for (let i = 0; i < width; i++) f.storeF32(to, f32.load(source[i]), i * floatBytes);
            advanceAll(floatBytes);
          });
        });
        f.set(from, i32.add(from, i32.mul(across, width)));
        f.set(panels, i32.sub(panels, 1));
        return panels;
      });
    }),
  );
}

/** (from, to, k, count, across, along): one panel that is not full. */
function edgeFunction(
  module: ModuleBuilder,
  width: number,
): FunctionRef<readonly ["i32", "i32", "i32", "i32", "i32", "i32"], null> {
  const name = `gemmPackEdge${width}`;
  return module.shared(name, () =>
    module.function(name, ["i32", "i32", "i32", "i32", "i32", "i32"], (f, from, to, k, count, across, along) => {
      const source = f.local("i32");
      const target = f.local("i32");
      const end = f.local("i32");
      f.repeat(() => {
        for (let at = 0; at < width * floatBytes; at += vectorBytes) f.storeV128(to, f32x4.const(0), at);
        f.set(source, from);
        f.set(target, to);
        f.set(end, i32.add(to, i32.mul(count, floatBytes)));
        f.loop(target, end, floatBytes, () => {
          f.storeF32(target, f32.load(source));
          f.set(source, i32.add(source, across));
        });
        advance(f, to, width * floatBytes);
        f.set(from, i32.add(from, along));
        f.set(k, i32.sub(k, 1));
        return k;
      });
    }),
  );
}
