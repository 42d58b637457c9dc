import { describe, expect, it } from "vitest";
import type { LayerPicture, Picture } from "../training/frames.ts";
import { layerChart } from "./layerCharts.ts";

const layer = (shift: number, running?: LayerPicture["running"]): LayerPicture => ({
  ...{ name: "layers.0", given: [shift, shift + 1, shift + 2, shift + 3, shift + 4] },
  ...{ batch: { mean: shift + 2, deviation: 1.5 }, ...(running && { running }) },
  ...{ preActivation: [-2, -1, 0, 1, 2], gradients: [], updateRatio: 0 },
});
const picture = (step: number, ...layers: LayerPicture[]): Picture => {
  return { step, layers, along: { lengths: [], losses: [] } };
};

describe("the chart of a layer", () => {
  const pictures = [1, 50].map((step) => picture(step, layer(0), layer(step, { mean: step / 2, deviation: 0.5 })));

  it("has the quantiles of what the normalization is given, and the statistics of BatchNorm over them", () => {
    const { areas, lines } = layerChart("right", pictures, 1, "given");
    expect(areas.map(({ names, low, high }) => [names, low, high])).toEqual([
      [
        ["5%", "95%"],
        [1, 50],
        [5, 54],
      ],
      [
        ["25%", "75%"],
        [2, 51],
        [4, 53],
      ],
    ]);
    expect(lines.map(({ label, y }) => [label, y])).toEqual([
      ["median", [3, 52]],
      ["this batch: mean ± deviation", [1.5, 50.5]],
      ["this batch: mean ± deviation", [3, 52]],
      ["this batch: mean ± deviation", [4.5, 53.5]],
      ["running: mean ± deviation", [0, 24.5]],
      ["running: mean ± deviation", [0.5, 25]],
      ["running: mean ± deviation", [1, 25.5]],
    ]);
    expect(areas[0].x).toEqual([1, 50]);
  });

  it("has no statistics where there is no BatchNorm, nor of what the activation is given", () => {
    expect(layerChart("left", pictures, 0, "given").lines).toHaveLength(1);
    const { areas, lines } = layerChart("right", pictures, 1, "preActivation");
    expect(lines).toHaveLength(1);
    expect(areas[0].low).toEqual([-2, -2]);
  });

  it("is empty for a layer that a picture of an earlier network lacks", () => {
    expect(layerChart("left", pictures, 5, "given").areas[0].x).toEqual([]);
  });
});
