import { planStudy } from "evenkeel/study";
import { expect, it } from "vitest";
import { defaultSetup, type Head, heads, type Setup } from "../state/setup.ts";
import { LabNetwork } from "../training/network.ts";
import { convLayersOf } from "./convLayers.ts";
import { digitsSchema, digitsTable, pictureShape } from "./digits.ts";
import { pictureKit } from "./kit.ts";
import { pixels } from "./packed.ts";

const setup: Setup = { ...defaultSetup, table: "digits", hidden: [8, 16], biasBeforeNorm: false };
const layers = (changes: Partial<Setup> = {}) => {
  const changed = { ...setup, ...changes };
  return convLayersOf(changed, changed.right, pictureShape, 10);
};
const parameters = (head: Head, hidden: readonly number[]) =>
  new LabNetwork(layers({ head, hidden }), pictureKit)
    .parameters()
    .reduce((sum, parameter) => sum + parameter.numel(), 0);

it("is two convolutions with their parts, a pooling between them, a head and the output", () => {
  expect(layers().map(({ kind }) => kind)).toEqual([
    ...["conv", "batchNorm2d", "activation", "maxPool"],
    ...["conv", "batchNorm2d", "activation", "maxPool"],
    ...["flatten", "linear"],
  ]);
  expect(layers().at(-1)).toEqual({ kind: "linear", inputs: 16 * 3 * 3, outputs: 10, bias: true });
  expect(layers({ head: "globalMax" }).slice(-3)).toEqual([
    { kind: "globalMax" },
    { kind: "flatten" },
    { kind: "linear", inputs: 16, outputs: 10, bias: true },
  ]);
  expect(layers({ right: "layer", hidden: [4] }).map(({ kind }) => kind)).toContain("groupNorm");
  // In front of the convolution the norm has as many channels as the picture.
  const order = ["norm", "linear", "activation", "dropout"] as const;
  expect(layers({ order, hidden: [4, 6] }).filter(({ kind }) => kind === "batchNorm2d")).toMatchObject([
    { width: 1 },
    { width: 4 },
  ]);
});

it("has the parameters of the study's networks, with each head", () => {
  const table = digitsTable(Uint8Array.from({ length: 60 * pixels }, (_, i) => (i * 7919) % 16));
  for (const hidden of [[5], [3, 4, 5]]) {
    const { arms } = planStudy(
      { table, schema: digitsSchema(table), picture: pictureShape },
      { ask: "pooling", hidden, seeds: 2 },
    );
    const counts = arms.map((arm) => (arm.name === undefined ? undefined : arm.parameters));
    expect(counts).toEqual(heads.map((head) => parameters(head, hidden)));
  }
});

it("may have no convolution, and no more than pooling leaves room for", () => {
  expect(layers({ hidden: [] }).map(({ kind }) => kind)).toEqual(["maxPool", "flatten", "linear"]);
  expect(layers({ hidden: [] }).at(-1)).toMatchObject({ inputs: 49 });
  expect(layers({ hidden: [2, 2, 2] }).at(-1)).toMatchObject({ inputs: 2 });
  expect(() => layers({ hidden: [2, 2, 2, 2] })).toThrow(
    "Pictures of 14 x 14 pixels are smaller than 2 x 2 after 4 convolutions with pooling between them; 3 are the most.",
  );
});
