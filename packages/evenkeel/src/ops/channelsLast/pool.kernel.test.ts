import { describe, expect, it } from "vitest";
import { ndArray, noise, runKernel, runReference } from "../../../../../test/kernelHarness.ts";
import { type Border, borderedShape, noBorder } from "./border.ts";
import { maxPoolBackwardLastKernel, maxPoolLastKernel } from "./pool.kernel.ts";
import { maxPoolBackwardLast, maxPoolLast } from "./pool.ts";

const around: Border = [
  [1, 2],
  [0, 1],
];

const windows = [
  { kernel: [2, 2], stride: [2, 2], padding: [0, 0] },
  { kernel: [3, 3], stride: [2, 2], padding: [1, 1] },
  { kernel: [3, 2], stride: [1, 3], padding: [1, 0] },
  { kernel: [1, 4], stride: [2, 1], padding: [0, 2] },
].map((each) => ({ ...each, dilation: [1, 1] }));

describe.each([1, 3, 4, 6, 8, 17])("over %i channels", (channels) => {
  it.each(windows.flatMap((each) => [false, true].map((ceilMode) => ({ ...each, ceilMode }))))("%j", (attrs) => {
    for (const [inputBorder, border] of [
      [noBorder, noBorder],
      [around, noBorder],
      [noBorder, around],
    ]) {
      const next = noise(channels);
      // Few values, so that many are equal; some of them NaN, or as small as can be.
      const special = [Number.NaN, Number.NEGATIVE_INFINITY];
      const x = ndArray(borderedShape({ count: 2, height: 7, width: 6, channels }, inputBorder), (i) =>
        i % 37 < 2 ? special[i % 37] : Math.round(2 * next()),
      );
      const full = { ...attrs, inputBorder, border };
      const expected = runReference(maxPoolLast, [x], full);
      const actual = runKernel(maxPoolLast, maxPoolLastKernel, [x], full);
      for (const [i, { data }] of actual.entries()) expect(data).toEqual(expected[i].data);
      const [y, indices] = expected;
      const dy = ndArray(y.shape, () => Math.round(8 * next()));
      const back = { ...full, size: [7, 6], dyBorder: border, border: inputBorder };
      const [exact] = runReference(maxPoolBackwardLast, [dy, indices], back);
      const [dx] = runKernel(maxPoolBackwardLast, maxPoolBackwardLastKernel, [dy, indices], back);
      expect(dx.data).toEqual(exact.data);
    }
  });
});

it("declines dilation and doubles", () => {
  const attrs = { ...windows[0], ceilMode: false, inputBorder: noBorder, border: noBorder };
  const x = { shape: [1, 4, 4, 2], dtype: "float32" } as const;
  expect(maxPoolLastKernel.declines?.([x], [], attrs)).toBeUndefined();
  expect(maxPoolLastKernel.declines?.([x], [], { ...attrs, dilation: [2, 1] })).toContain("dilation");
  expect(maxPoolLastKernel.declines?.([{ ...x, dtype: "float64" }], [], attrs)).toContain("float64");
});
