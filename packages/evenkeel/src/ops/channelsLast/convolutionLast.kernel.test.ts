import { describe, expect, it } from "vitest";
import { drawCase, faultOf, plainCase, productsOf } from "../../../../../test/convolutionLast.cases.ts";
import { ndArray, runKernel } from "../../../../../test/kernelHarness.ts";
import { hasRelaxedMadd } from "../../wasm/index.ts";
import type { Border } from "./border.ts";

describe("kernels of convolution with channels last", () => {
  for (let from = 0; from < 200; from += 50) {
    it(`computes what the references do, on shapes drawn from seeds ${from} to ${from + 49}`, () => {
      for (let seed = from; seed < from + 50; seed++) {
        const drawn = drawCase(seed);
        for (const product of productsOf(drawn)) expect(faultOf(product), JSON.stringify(drawn)).toBeUndefined();
      }
    });
  }

  it("computes what beginners write", () => {
    for (const [images, inputs, outputs, size, kernel, padding] of [
      [2, 1, 6, 28, 5, 0],
      [2, 6, 16, 14, 5, 0],
      [2, 1, 32, 28, 3, 0],
      [1, 32, 64, 13, 3, 0],
      [2, 1, 10, 28, 5, 0],
      [2, 3, 6, 32, 5, 0],
      [1, 3, 16, 32, 3, 1],
      [3, 10, 20, 12, 5, 0],
    ]) {
      for (const product of productsOf(plainCase(images, inputs, outputs, [size, size], [kernel, kernel], padding))) {
        expect(faultOf(product), `${inputs} to ${outputs} channels, ${kernel} x ${kernel} on ${size}`).toBeUndefined();
      }
    }
  });

  it("goes Winograd's way with 3 x 3, on pictures of all sizes", () => {
    for (const [inputs, outputs] of [
      [8, 8],
      [12, 20],
      [36, 8],
    ]) {
      for (const [images, height, width] of [
        [17, 4, 5],
        [13, 6, 4],
        [9, 7, 7],
        [2, 16, 16],
        [2, 7, 35],
        [3, 33, 6],
        [1, 33, 34],
      ]) {
        for (const padding of [0, 1, 2]) {
          const plain = plainCase(images, inputs, outputs, [height, width], [3, 3], padding);
          const odd: Border = [
            [1, 2],
            [2, 1],
          ];
          const all = [plain, { ...plain, border: plain.padding, dyBorder: odd }, { ...plain, border: odd }];
          // Every border with the fewest channels; with more, each in turn.
          const some = inputs === 8 ? all : [all[(height + width + padding) % all.length]];
          for (const drawn of some) {
            for (const product of productsOf(drawn)) {
              expect(product.winograd || padding === 0).toBe(true);
              expect(faultOf(product), JSON.stringify(drawn)).toBeUndefined();
            }
          }
        }
      }
    }
  });

  it("leaves out what tiles at the sides do not see, down to one float of a row", () => {
    for (const [inputs, outputs, padding] of [
      [1, 3, 9],
      [1, 8, 18],
      [2, 4, 18],
      [1, 12, 20],
    ]) {
      const wide = plainCase(1, inputs, outputs, [3, 7], [2, 19], padding);
      for (const product of productsOf(wide)) expect(faultOf(product), `${inputs} ${padding}`).toBeUndefined();
    }
  });

  it("sums long windows in parts", () => {
    for (const [inputs, outputs, kernel, size] of [
      [300, 8, 1, 5],
      [70, 9, 3, 6],
      [16, 4, 5, 7],
      [3, 8, 7, 9],
    ]) {
      const dilated = plainCase(1, inputs, outputs, [size, size], [kernel, kernel], Math.floor(kernel / 2));
      for (const product of productsOf(dilated)) expect(faultOf(product)).toBeUndefined();
    }
  });

  it.skipIf(!hasRelaxedMadd())("may round once where it multiplies and adds, in fast programs", () => {
    for (const drawn of [plainCase(2, 8, 8, [6, 6], [3, 3], 1), plainCase(2, 3, 5, [7, 6], [3, 3], 1)]) {
      for (const product of productsOf(drawn)) expect(faultOf(product, { fast: true })).toBeUndefined();
    }
  });

  it("declines float64, for which there is no code", () => {
    for (const { row, kernel, inputs, attrs } of productsOf(plainCase(1, 1, 1, [3, 3], [2, 2]))) {
      const doubles = inputs.map(({ shape, data }) => ndArray(shape, data, "float64"));
      expect(() => runKernel(row, kernel, doubles, attrs)).toThrow("declines: float64");
    }
  });

  it("refuses an input whose border is smaller than the padding", () => {
    const [forward] = productsOf(plainCase(1, 1, 1, [3, 3], [3, 3], 1));
    const attrs = {
      ...forward.attrs,
      inputBorder: [
        [0, 1],
        [1, 1],
      ],
    };
    expect(() => forward.row.shape(forward.inputs, attrs as never)).toThrow(
      "convolutionLast: the border of the input, [[0,1],[1,1]], is smaller than the padding, [[1,1],[1,1]]; " +
        "write the input with a border of at least the padding",
    );
  });
});
