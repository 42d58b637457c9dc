import { describe, expect, it } from "vitest";
import { ndArray, noise, runKernel, runReference } from "../../../../../test/kernelHarness.ts";
import type { Border } from "./border.ts";
import { fromChannelsLastKernel, toChannelsLastKernel } from "./turn.kernel.ts";
import { fromChannelsLast, toChannelsLast } from "./turn.ts";

const borders: Border[] = [
  [
    [0, 0],
    [0, 0],
  ],
  [
    [1, 1],
    [1, 1],
  ],
  [
    [2, 0],
    [0, 3],
  ],
  [
    [0, 40],
    [9, 0],
  ],
];

describe("kernels that turn pictures", () => {
  for (const images of [0, 1, 3]) {
    it(`turns ${images} pictures of all sizes there and back`, () => {
      for (const channels of [1, 2, 3, 4, 5, 8, 17]) {
        for (const [height, width] of [
          [1, 1],
          [2, 3],
          [3, 4],
          [2, 5],
          [1, 17],
        ]) {
          for (const border of borders) {
            const planes = ndArray([images, channels, height, width], noise(1));
            const last = runReference(toChannelsLast, [planes], { border })[0];
            const what = `${channels} channels of ${height} x ${width} in ${JSON.stringify(border)}`;
            expect(runKernel(toChannelsLast, toChannelsLastKernel, [planes], { border })[0], what).toEqual(last);
            expect(runKernel(fromChannelsLast, fromChannelsLastKernel, [last], { border })[0], what).toEqual(planes);
          }
        }
      }
    });
  }

  it("gives the planes back, and zeros around them", () => {
    const planes = ndArray([1, 2, 1, 2], [1, 2, 3, 4]);
    const [last] = runReference(toChannelsLast, [planes], { border: borders[2] });
    expect(last.shape).toEqual([1, 3, 5, 2]);
    expect([...last.data]).toEqual([...Array(20).fill(0), 1, 3, 2, 4, ...Array(6).fill(0)]);
    expect(runReference(fromChannelsLast, [last], { border: borders[2] })[0]).toEqual(planes);
  });

  it("refuses what are no pictures, or have no room for the border", () => {
    expect(() => toChannelsLast.shape([ndArray([2, 3], () => 0)], { border: borders[0] })).toThrow(
      new RangeError("toChannelsLast: the input has shape [2, 3], expected [N, C, H, W]"),
    );
    for (const shape of [
      [1, 1, 3, 1],
      [1, 3, 2, 1],
      [1, 3, 3],
    ]) {
      expect(() => fromChannelsLast.shape([ndArray(shape, () => 0)], { border: borders[2] })).toThrow(
        `fromChannelsLast: the input has shape [${shape.join(", ")}], expected [N, height, width, C] with room for a border ` +
          "of [2, 0] rows and [0, 3] columns",
      );
    }
  });
});
