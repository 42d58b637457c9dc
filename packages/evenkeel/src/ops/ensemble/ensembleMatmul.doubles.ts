import type { Kernel } from "../../wasm/index.ts";
import { emitDoubleGemm } from "../matmul/gemm.doubles.ts";
import type { EnsembleMatmulAttrs } from "./ensembleMatmul.ts";
import { declinesEmpty, forEachMember, sizeOfProduct, sizeOfWeight } from "./members.ts";

/** In the order of the references, to the bit. */

export const ensembleMatmulDoubles: Kernel<EnsembleMatmulAttrs> = {
  kind: "kernel",
  declines: (inputs) => declinesEmpty(inputs),
  emit: (call) => {
    const { inputs, attrs } = call;
    const { m, n, k } = sizeOfProduct(inputs, attrs);
    const members = inputs[1].shape[0];
    const strides = { a: members * k, c: members * n };
    forEachMember(call, members, [k, n * k, n], (body, [a, b, c]) => {
      emitDoubleGemm(body, { m, n, k, a, b, c, transposeA: false, transposeB: attrs.transposeB ?? false, strides });
    });
  },
};

export const ensembleMatmulWeightDoubles: Kernel<object> = {
  kind: "kernel",
  declines: (inputs) => declinesEmpty(inputs),
  emit: (call) => {
    const { m, n, k } = sizeOfWeight(call.inputs);
    const members = call.inputs[0].shape[1];
    const strides = { a: members * m, b: members * n };
    forEachMember(call, members, [m, n, m * n], (body, [a, b, c]) => {
      emitDoubleGemm(body, { m, n, k, a, b, c, transposeA: true, transposeB: false, strides });
    });
  },
};
