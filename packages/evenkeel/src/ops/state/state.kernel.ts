import { broadcastStrides, sameShape, sizeOf, stridesOf } from "../../core/index.ts";
import { convertArray, loadDouble, storeDouble, widthOf } from "../../wasm/convert.ts";
import { copyStrided, fillArray, splatElement } from "../../wasm/copy.ts";
import type { Kernel } from "../../wasm/index.ts";

export const assignKernel: Kernel<object> = {
  kind: "kernel",
  // One number into many arrays, as zeroGrad writes it.
  joins: ([target, value]) =>
    value.shape.length === 0 && target.shape.length > 0 && target.dtype === value.dtype ? { arrays: 1 } : undefined,
  declines: ([target, value]) =>
    sameShape(target.shape, value.shape) || target.dtype === value.dtype || sizeOf(value.shape) === 1
      ? undefined
      : `${value.dtype} is repeated into ${target.dtype}; there is code for equal dtypes`,
  emit: ({ f, inputs: [target, value] }) => {
    const count = sizeOf(target.shape);
    if (count === 0) return;
    if (sizeOf(value.shape) === count) convertArray(f, value, target);
    else if (sizeOf(value.shape) === 1) {
      // Converted into the first element, then read from there.
      storeDouble(f, target.dtype, 0, loadDouble(value.dtype, 0, value.address), target.address);
      const width = widthOf(target.dtype);
      fillArray(f, target.address, count * width, f.let(splatElement(width, 0, target.address)));
    } else {
      const source = { address: value.address, strides: broadcastStrides(value.shape, target.shape) };
      const place = { address: target.address, strides: stridesOf(target.shape) };
      copyStrided(f, widthOf(target.dtype), target.shape, source, place);
    }
  },
};
