import { expect, it } from "vitest";
import { buildProgram, ndArray } from "../../../../test/kernelHarness.ts";
import { addToOdd } from "./draws.ts";
import { f32x4, f64x2, v128 } from "./instructions.ts";

it("sums rounded to odd, and then to float32, are rounded once", () => {
  const tie = 1 + 2 ** -24;
  const next = 1 + 2 ** -23;
  const little = 2 ** -60;
  for (const [a, b, expected] of [
    [tie, little, next],
    [tie, -little, 1],
    [tie, 0, 1],
    [tie + 2 ** -23, -little, next],
    [-tie, -little, -next],
    [-tie, little, -1],
    [0.5, 0.25, 0.75],
    [0, 0, 0],
    [3, -3, 0],
  ]) {
    const inputs = [ndArray([2], [a, a], "float64"), ndArray([2], [b, b], "float64")];
    const program = buildProgram(inputs, [{ shape: [1], dtype: "float32" }], ({ f, inputs: [x, y], outputs: [z] }) => {
      const sum = addToOdd(f, f.let(v128.load(0, x.address)), f.let(v128.load(0, y.address)));
      f.storeLane32(0, f32x4.demoteZero(f64x2.add(sum, f64x2.const(0))), 0, z.address);
    });
    program.reset();
    program.run();
    program.check();
    expect(program.outputs()[0].data[0]).toBe(expected);
  }
});
