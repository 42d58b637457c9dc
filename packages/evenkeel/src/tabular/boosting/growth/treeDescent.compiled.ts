import { type Expr, f64, i32, ModuleBuilder } from "../../../wasm/index.ts";
import { groupWidth } from "./growthLoops.ts";
import { type Descent, type DescentData, nodeBytes, rowsAbreast } from "./treeDescent.ts";

/** The loop as WebAssembly. Undefined if the engine refuses. */
export function compiledDescent(data: DescentData, memory: WebAssembly.Memory): Descent | undefined {
  const { nodes, groups, raw } = data;
  const module = new ModuleBuilder();
  addTree(module);
  const code = instantiate(module, memory);
  if (code === undefined) return undefined;
  const nodeAt = (node: number) => nodes.byteOffset + node * nodeBytes;
  return {
    placeOf: (feature) => groups[Math.floor(feature / groupWidth)].byteOffset + (feature % groupWidth),
    nodeAt,
    addTree(root, output, rows) {
      const from = raw[output].byteOffset;
      code(nodeAt(root), from, from + 8 * Math.ceil(rows / rowsAbreast) * rowsAbreast);
    },
  };
}

type AddTree = (root: number, from: number, to: number) => void;

function instantiate(module: ModuleBuilder, memory: WebAssembly.Memory): AddTree | undefined {
  try {
    return module.instantiate(memory).addTree as AddTree;
  } catch {
    return undefined;
  }
}

function addTree(module: ModuleBuilder): void {
  module.function(
    "addTree",
    ["i32", "i32", "i32"],
    (f, root, out, end) => {
      const at = f.locals("i32", rowsAbreast);
      /** The bytes of the bins of the rows before these. */
      const own = f.local("i32");
      f.loop(out, end, 8 * rowsAbreast, () => {
        for (const node of at) f.set(node, root);
        f.repeat(() => {
          let moved: Expr<"i32"> | undefined;
          for (const [row, node] of at.entries()) {
            const bin = f.let(i32.load8U(i32.add(i32.load(node, 32), own), groupWidth * row));
            const word = i32.load(i32.add(node, i32.and(i32.shrU(bin, 3), 28)));
            const isRight = i32.xor(i32.and(i32.shrU(word, bin), 1), 1);
            const next = f.let(i32.add(i32.load(node, 36), i32.mul(isRight, nodeBytes)));
            const change = i32.xor(next, node);
            moved = f.let(moved === undefined ? change : i32.or(moved, change));
            f.set(node, next);
          }
          return moved as Expr<"i32">;
        });
        for (const [row, node] of at.entries()) {
          f.storeF64(out, f64.add(f64.load(out, 8 * row), f64.load(node, 40)), 8 * row);
        }
        f.set(own, i32.add(own, groupWidth * rowsAbreast));
      });
    },
    { exported: true },
  );
}
