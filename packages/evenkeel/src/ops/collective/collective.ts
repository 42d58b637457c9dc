import { defineOp, mismatch, notDifferentiable, refuse, type Spec, type Value } from "../../core/index.ts";
import { requireFloat } from "../shapes.ts";
import type { Reduction } from "./communicator.ts";
import { ownMemory, type ProcessGroup } from "./processGroup.ts";

/**
 * Exchanges between the ranks of a group. All ranks run the same ones in the same order, eager or
 * compiled: compiled programs keep them, and their order, and run them on the host.
 */

export interface GroupAttrs {
  readonly group: ProcessGroup;
}

/** The elements combined over all ranks; only sums have a gradient. */
export const allReduce = defineOp({
  name: "allReduce",
  inputs: ["input"],
  shape: ([x], _: GroupAttrs & { readonly reduction?: Reduction }) => {
    requireFloat("allReduce", "input", x);
    return [{ shape: x.shape, dtype: x.dtype }];
  },
  reference: ([x], [y], { group, reduction = "sum" }) => {
    const data = y.data as Float32Array | Float64Array;
    data.set(x.data);
    group.reduce(data, reduction);
  },
  grad: (dy, _, { attrs }): [Value] => {
    if ((attrs.reduction ?? "sum") === "sum") return [allReduce(dy, attrs)];
    throw refuse("not-supported", "allReduce", `the ${attrs.reduction} over ranks has no gradient`, "detach() it");
  },
});

/** The values of one rank in place of those of all. */
export const broadcast = defineOp({
  name: "broadcast",
  inputs: ["target"],
  outputs: [],
  shape: (_, __: GroupAttrs & { readonly root: number }) => [],
  reference: ([target], _, { group, root }) => {
    ownMemory(target.data as Float64Array, (own) => group.communicator.broadcast(own, root));
  },
  writes: [0],
  grad: notDifferentiable("a write has no output"),
});

/** The values of every rank, [ranks, ...]; all have the same shape. */
export const allGather = defineOp({
  name: "allGather",
  inputs: ["input"],
  shape: ([x]: readonly Spec[], { group }: GroupAttrs) => [{ shape: [group.size, ...x.shape], dtype: x.dtype }],
  reference: ([x], [y], { group }) => {
    // A copy, because the data may be a part of a larger memory that other threads share.
    const own = x.data.slice();
    const all = group.communicator.allGather(new Uint8Array(own.buffer, own.byteOffset, own.byteLength));
    const bytes = new Uint8Array(y.data.buffer, y.data.byteOffset, y.data.byteLength);
    for (const [rank, part] of all.entries()) {
      if (part.length !== own.byteLength) {
        throw mismatch(
          "wrong-shape",
          "allGather",
          `rank ${rank} gives ${part.length} bytes, rank ${group.rank} ${own.byteLength}`,
          "tensors of one shape and dtype on all ranks",
        );
      }
      bytes.set(part, rank * own.byteLength);
    }
  },
  grad: notDifferentiable("gradients flow back through sums over ranks alone"),
});
