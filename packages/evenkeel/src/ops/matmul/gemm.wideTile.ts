import { type FunctionRef, f32x4, i32, type ModuleBuilder, v128 } from "../../wasm/index.ts";
import { floatBytes, vectorBytes } from "./gemm.problem.ts";
import { registers, sumRun, type Tile } from "./gemm.tiles.ts";

/**
 * A packed tile of 4 x 16 for engines that make 256-bit operations of two of 128 bits that lie side
 * by side: its sums are then 8 registers, and would be 16 without. V8 pairs operations from the
 * stores back, and only where no store lies between the loads that it pairs. So a tile is a function
 * of its own, and a row's addends are loaded before any of them is stored.
 */

const tileRows = 4;
export const wideColumns = 16;

type WideTile = FunctionRef<readonly ["i32", "i32", "i32", "i32", "i32", "i32", "i32"], null>;

/**
 * (panel of A, panel of B, its end, C, stride of C, addend, its stride): sets a whole tile of C to
 * the addend, if it `adds`, and the product of the panels.
 */
export function wideTileFunction(module: ModuleBuilder, fast: boolean, adds: boolean): WideTile {
  const name = `gemmWideTile${fast ? "Fast" : ""}${adds ? "" : "Plain"}`;
  return module.shared(name, () =>
    module.function(
      name,
      ["i32", "i32", "i32", "i32", "i32", "i32", "i32"],
      (f, a, b, end, row, cStride, addend, addendStride) => {
        const vectors = Array.from({ length: wideColumns / 4 }, (_, v) => v * vectorBytes);
        const shared = registers(f, tileRows * vectors.length);
        const tile: Tile = {
          ...{ rows: tileRows, vectors, a, b, fast },
          ...{ rowStride: floatBytes, aStep: tileRows * floatBytes, bStep: wideColumns * floatBytes },
        };
        sumRun(f, shared, tile, end);
        for (let i = 0; i < tileRows; i++) {
          const sums = shared.sums.slice(i * vectors.length, (i + 1) * vectors.length);
          if (adds) {
            for (const [v, sum] of sums.entries()) f.set(sum, f32x4.add(v128.load(addend, vectors[v]), sum));
          }
          for (const [v, sum] of sums.entries()) f.storeV128(row, sum, vectors[v]);
          if (i === tileRows - 1) break;
          f.set(row, i32.add(row, cStride));
          if (adds) f.set(addend, i32.add(addend, addendStride));
        }
      },
    ),
  );
}
