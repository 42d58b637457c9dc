import { broadcastStrides, type Shape, type Spec, sizeOf, stridesOf } from "../../core/index.ts";
import { convertArray, widthOf } from "../../wasm/convert.ts";
import { copyArray, copyStrided, fillArray } from "../../wasm/copy.ts";
import { f32x4, type Kernel, noKernel } from "../../wasm/index.ts";
import type { SliceAttrs, SplitAttrs } from "./movement.ts";

/** Movements copy between strided places; all dtypes. */

const bytesOf = ({ shape, dtype }: Spec): number => sizeOf(shape) * widthOf(dtype);

export const detachKernel = noKernel("an alias: nothing is computed");
export const reshapeKernel = detachKernel;

export const permuteKernel: Kernel<{ readonly dims: readonly number[] }> = {
  kind: "kernel",
  emit: ({ f, inputs: [x], outputs: [y], attrs: { dims } }) => {
    const strides = stridesOf(x.shape);
    const source = { address: x.address, strides: dims.map((dim) => strides[dim]) };
    copyStrided(f, widthOf(x.dtype), y.shape, source, { address: y.address, strides: stridesOf(y.shape) });
  },
};

export const expandKernel: Kernel<{ readonly shape: Shape }> = {
  kind: "kernel",
  emit: ({ f, inputs: [x], outputs: [y] }) => {
    const source = { address: x.address, strides: broadcastStrides(x.shape, y.shape) };
    copyStrided(f, widthOf(x.dtype), y.shape, source, { address: y.address, strides: stridesOf(y.shape) });
  },
};

/** The part of an array of the given shape that a slice covers. */
function sliced(address: number, { shape, dtype }: Spec, { dim, start, step }: SliceAttrs) {
  const strides = stridesOf(shape);
  return {
    address: address + start * strides[dim] * widthOf(dtype),
    strides: strides.map((stride, i) => (i === dim ? stride * step : stride)),
  };
}

export const sliceKernel: Kernel<SliceAttrs> = {
  kind: "kernel",
  emit: ({ f, inputs: [x], outputs: [y], attrs }) => {
    const target = { address: y.address, strides: stridesOf(y.shape) };
    copyStrided(f, widthOf(x.dtype), y.shape, sliced(x.address, x, attrs), target);
  },
};

export const unsliceKernel: Kernel<SliceAttrs & { readonly size: number }> = {
  kind: "kernel",
  emit: ({ f, inputs: [x], outputs: [y], attrs }) => {
    if (sizeOf(x.shape) !== sizeOf(y.shape)) fillArray(f, y.address, bytesOf(y), f32x4.const(0));
    const source = { address: x.address, strides: stridesOf(x.shape) };
    copyStrided(f, widthOf(x.dtype), x.shape, source, sliced(y.address, y, attrs));
  },
};

export const concatKernel: Kernel<{ readonly dim: number }> = {
  kind: "kernel",
  declines: (inputs, [y]) => {
    const other = inputs.find((x) => x.dtype !== y.dtype);
    return other === undefined ? undefined : `${other.dtype} joins ${y.dtype}; there is code for equal dtypes`;
  },
  emit: ({ f, inputs, outputs: [y], attrs: { dim } }) => {
    const strides = stridesOf(y.shape);
    let address = y.address;
    for (const x of inputs) {
      copyStrided(
        f,
        widthOf(y.dtype),
        x.shape,
        { address: x.address, strides: stridesOf(x.shape) },
        { address, strides },
      );
      address += x.shape[dim] * strides[dim] * widthOf(y.dtype);
    }
  },
};

export const splitKernel: Kernel<SplitAttrs> = {
  kind: "kernel",
  emit: ({ f, inputs: [x], outputs, attrs: { dim } }) => {
    const strides = stridesOf(x.shape);
    let address = x.address;
    for (const y of outputs) {
      const target = { address: y.address, strides: stridesOf(y.shape) };
      copyStrided(f, widthOf(x.dtype), y.shape, { address, strides }, target);
      address += y.shape[dim] * strides[dim] * widthOf(x.dtype);
    }
  },
};

export const cloneKernel: Kernel<object> = {
  kind: "kernel",
  emit: ({ f, inputs: [x], outputs: [y] }) => copyArray(f, y.address, x.address, bytesOf(x)),
};

export const castKernel: Kernel<object> = {
  kind: "kernel",
  emit: ({ f, inputs: [x], outputs: [y] }) => convertArray(f, x, y),
};
