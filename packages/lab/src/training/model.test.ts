import { TableModel, tableFromRows } from "evenkeel/tabular";
import { describe, expect, it } from "vitest";
import { defaultSetup, type Setup } from "../state/setup.ts";
import { modelOf } from "./model.ts";
import { prepareRows } from "./rows.ts";
import { Runner } from "./runner.ts";
import { whyNoModel } from "./whyNoModel.ts";

const table = tableFromRows(
  Array.from({ length: 120 }, (_, i) => ({ a: (i * 37) % 50, b: ["x", "y"][i % 2], y: ((i * 37) % 50) * 2 + (i % 2) })),
);

describe("the model that is downloaded", () => {
  it.each([
    ["batch before the activation", {}],
    ["after it, with dropout", { order: ["linear", "activation", "norm", "dropout"], dropout: 0.1 }],
    ["layer norm", { right: "layer" }],
    ["no hidden layer", { hidden: [] }],
  ] as [string, Partial<Setup>][])("predicts what the page shows: %s", (_, changes) => {
    const setup = { ...defaultSetup, steps: 50, ...changes };
    const rows = prepareRows(table, "y", setup);
    const runner = new Runner(rows, setup, setup.right);
    runner.advance(50);
    const { predictions } = runner.frame(1, false);
    const model = TableModel.load(modelOf(rows, setup, "right", runner.trainer).save()) as TableModel;
    const said = model.predict(table, rows.split.validation).values!;
    expect(predictions?.kind === "numbers" && Array.from(predictions.predicted)).toEqual(Array.from(said));
  });

  it("is refused, with the reason, where the command has no such network", () => {
    expect(whyNoModel({ ...defaultSetup, order: ["norm", "linear", "activation", "dropout"] }, "right")).toMatch(
      /Linear first/,
    );
    // What is not there has no place.
    expect(whyNoModel({ ...defaultSetup, order: ["norm", "linear", "activation", "dropout"] }, "left")).toBeUndefined();
    expect(whyNoModel({ ...defaultSetup, times: "a" }, "left")).toMatch(/misread/);
    const setup = { ...defaultSetup, constant: true };
    const rows = prepareRows(table, "y", setup);
    expect(() => modelOf(rows, setup, "left", new Runner(rows, setup, "none").trainer)).toThrow(/misread/);
  });
});
