import { describe, expect, it } from "vitest";
import type { Schema } from "../../tabular/index.ts";
import { tensor } from "../../tensor/index.ts";
import { classFactors, lossOf } from "./loss.ts";
import { planTable } from "./plan.ts";

const classes = ["a", "b", "c"];
const labels = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2];
const meanOver = (factors: readonly number[], of = labels) =>
  of.reduce((sum, label) => sum + factors[label], 0) / of.length;

describe("class weights", () => {
  it("balanced: every class weighs the same, and the mean over the rows is 1", () => {
    const factors = classFactors(classes, "balanced", labels) ?? [];
    expect(meanOver(factors)).toBeCloseTo(1, 12);
    expect([6 * factors[0], 3 * factors[1], factors[2]]).toEqual(Array(3).fill(expect.closeTo(10 / 3, 12)));
  });

  it("named: in the proportion that was said, 1 for the others", () => {
    const factors = classFactors(classes, { c: 5 }, labels) ?? [];
    expect(factors[2] / factors[0]).toBeCloseTo(5, 12);
    expect(factors[1]).toBe(factors[0]);
    expect(meanOver(factors)).toBeCloseTo(1, 12);
    expect(classFactors(["constructor", "x"], { x: 2 }, [0, 1])).toEqual([2 / 3, 4 / 3]);
  });

  it("a class without training rows counts for nothing", () => {
    expect(classFactors(classes, "balanced", [0, 1, 1])).toEqual([1.5, 0.75, 0]);
  });

  it("the loss is the mean over rows of factor times cross entropy, of two classes as of more", () => {
    const plan = planTable(
      { train: new Int32Array(10), validation: new Int32Array(2), test: new Int32Array(2) },
      "regression",
      { target: "y" },
    );
    const schema = (task: Schema["task"], classes: readonly string[]): Schema => ({
      columns: [],
      target: "y",
      task,
      classes,
    });
    const logits = [0.3, -1.2, 2];
    const cross = (z: number, label: number) => Math.log(1 + Math.exp(label === 1 ? -z : z));
    const two = ["a", "b"];
    const [few, many] = classFactors(two, "balanced", [0, 0, 0, 1]) ?? [];
    const expected = (many * cross(0.3, 1) + few * cross(-1.2, 0) + many * cross(2, 1)) / 3;
    const binary = lossOf(schema("binary", two), plan, "balanced", [0, 0, 0, 1]);
    const output = tensor(logits, { shape: [3, 1] });
    expect(call(binary, output, tensor([[1], [0], [1]]))).toBeCloseTo(expected, 6);
    const multiclass = lossOf(schema("multiclass", two), plan, "balanced", [0, 0, 0, 1]);
    const pairs = tensor(logits.map((z) => [0, z]));
    expect(call(multiclass, pairs, tensor([1, 0, 1], { dtype: "int32" }))).toBeCloseTo(expected, 6);
    const plain = lossOf(schema("multiclass", two), plan, "none", [0, 0, 0, 1]);
    const mean = (cross(0.3, 1) + cross(-1.2, 0) + cross(2, 1)) / 3;
    expect(call(plain, pairs, tensor([1, 0, 1], { dtype: "int32" }))).toBeCloseTo(mean, 6);
  });
});

function call(loss: ReturnType<typeof lossOf>, ...values: Parameters<typeof loss>): number {
  return loss(...values).item();
}
