import { type Spec, sizeOf } from "../../core/index.ts";
import { widthOf } from "../../wasm/convert.ts";
import { copyRow } from "../../wasm/copy.ts";
import { i32, type Kernel, type Placed } from "../../wasm/index.ts";
import { addRow, clear, forEachRow, withinRange } from "../movement/gather.kernel.ts";
import type { EmbeddingAttrs } from "./embedding.ts";

/** An embedding picks rows as indexSelect does; its index may have any shape. */

const flat = (index: Placed): Placed => ({ ...index, shape: [sizeOf(index.shape)] });

const empty = (x: Spec): string | undefined => (sizeOf(x.shape) === 0 ? "an empty table is not worth code" : undefined);

export const embeddingKernel: Kernel<EmbeddingAttrs> = {
  kind: "kernel",
  declines: ([weight]) => empty(weight),
  emit: (call) => {
    const [weight, index] = call.inputs;
    const [y] = call.outputs;
    const { f } = call;
    withinRange(call, weight.shape[0], () =>
      forEachRow(f, flat(index), weight.shape, 0, widthOf(weight.dtype), (row, pointed, bytes) =>
        copyRow(f, bytes, { at: pointed, address: weight.address }, { at: row, address: y.address }),
      ),
    );
  },
};

export const embeddingBackwardKernel: Kernel<EmbeddingAttrs & { readonly rows: number }> = {
  kind: "kernel",
  declines: (_, [dweight]) => empty(dweight),
  emit: (call) => {
    const [dy, index] = call.inputs;
    const [dweight] = call.outputs;
    const { f, attrs } = call;
    const { rows, paddingIdx } = attrs;
    withinRange(call, rows, () => {
      clear(f, dweight);
      forEachRow(f, flat(index), dweight.shape, 0, widthOf(dy.dtype), (row, pointed, bytes) => {
        const add = () => addRow(f, dy, row, dweight, pointed, bytes);
        if (paddingIdx === null) add();
        else f.if(i32.ne(pointed, paddingIdx * bytes), add);
      });
    });
  },
};
