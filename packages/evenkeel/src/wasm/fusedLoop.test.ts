import { describe, expect, it } from "vitest";
import { buildProgram, ndArray, noise } from "../../../../test/kernelHarness.ts";
import { sizeOf } from "../core/index.ts";
import { broadcastPattern } from "./broadcastPattern.ts";
import { emitFusedGroup, laneTypeOf, whyNotFused } from "./fusedGroup.ts";
import { emitFusedLoop } from "./fusedLoop.ts";
import { f32x4 } from "./instructions.ts";
import { arithmetic } from "./laneKernel.ts";

const add = arithmetic(([a, b], lanes) => lanes.add(a, b));

describe("broadcastPattern", () => {
  it("sees an array as rows and columns", () => {
    expect(broadcastPattern([[4, 6], [6], [4, 1], [], [1, 1]], [4, 6])).toEqual({
      rows: 4,
      columns: 6,
      patterns: ["full", "row", "column", "scalar", "scalar"],
      split: 1,
    });
    expect(
      broadcastPattern(
        [
          [3, 4],
          [2, 1, 1],
        ],
        [2, 3, 4],
      ),
    ).toEqual({
      rows: 2,
      columns: 12,
      patterns: ["row", "column"],
      split: 1,
    });
  });

  it("does not count dimensions of size 1", () => {
    expect(broadcastPattern([[5], [1, 5]], [1, 5])?.patterns).toEqual(["full", "full"]);
    expect(broadcastPattern([[5, 1], [1]], [5, 1])?.patterns).toEqual(["full", "scalar"]);
    expect(broadcastPattern([[], [1]], [])).toEqual({ rows: 1, columns: 1, patterns: ["scalar", "scalar"] });
  });

  it("sees channels as one element per row, over and over", () => {
    expect(broadcastPattern([[3, 1, 1], [2, 3, 4, 4], []], [2, 3, 4, 4])).toEqual({
      rows: 6,
      columns: 16,
      patterns: [{ channels: 3 }, "full", "scalar"],
      split: 2,
    });
    expect(
      broadcastPattern(
        [
          [3, 1],
          [2, 3, 1],
        ],
        [2, 3, 4],
      )?.patterns,
    ).toEqual([{ channels: 3 }, "column"]);
  });

  it("knows no two ways to cut, and no holes", () => {
    expect(broadcastPattern([[4], [3, 4]], [2, 3, 4])).toBeUndefined();
    expect(broadcastPattern([[3, 1], [4]], [2, 3, 4])?.patterns).toEqual([{ channels: 3 }, "row"]);
    expect(broadcastPattern([[2, 1, 4]], [2, 3, 4])).toBeUndefined();
  });
});

describe("emitFusedLoop", () => {
  it("may write the array that it reads, whatever the tail", () => {
    for (const shape of [[7], [3, 5], [2, 4], [5, 3], [1000]]) {
      const next = noise(3);
      const x = ndArray(shape, next);
      const row = ndArray([shape[shape.length - 1]], next);
      const { rows, columns, patterns } = broadcastPattern([shape, row.shape], shape) ?? {
        rows: 0,
        columns: 0,
        patterns: [],
      };
      const program = buildProgram(
        [x, row],
        [],
        ({ f, inputs }) =>
          emitFusedLoop({
            f,
            lanes: "float32",
            rows,
            columns,
            inputs: inputs.map((input, i) => ({ ...input, pattern: patterns[i] })),
            outputs: [inputs[0]],
            body: ([a, b]) => [f32x4.add(a, b)],
          }),
        { writes: [0] },
      );
      program.reset();
      program.run();
      program.check();
      const columnsOf = row.data.length;
      expect([...program.inputs()[0].data]).toEqual(
        Array.from({ length: sizeOf(shape) }, (_, i) => Math.fround(x.data[i] + row.data[i % columnsOf])),
      );
    }
  });
});

describe("groups", () => {
  const spec = (shape: number[], dtype: "float32" | "float64" | "int32" | "bool" = "float32") => ({ shape, dtype });

  it("round a float64 scalar among floats, and widen floats among doubles", () => {
    for (const [dtype, scalar] of [
      ["float32", "float64"],
      ["float64", "float32"],
    ] as const) {
      const inputs = [
        ndArray([5], [1, 2, 3, 4, 5], "float32"),
        ndArray([], [0.1], scalar),
        ndArray([5], (i) => i, dtype),
      ];
      const steps = [
        { kernel: add, attrs: {}, args: [0, 1], dtype },
        { kernel: add, attrs: {}, args: [3, 2], dtype },
      ];
      const output = spec([5], dtype);
      const program = buildProgram(inputs, [output], ({ inputs: at, outputs: [to], f, module }) =>
        emitFusedGroup({ dtype, shape: [5], inputs: at, steps, outputs: [{ step: 1, placed: to }] }, f, module),
      );
      program.reset();
      program.run();
      program.check();
      const round = dtype === "float32" ? Math.fround : (v: number) => v;
      const tenth = Math.fround(0.1);
      expect([...program.outputs()[0].data]).toEqual([0, 1, 2, 3, 4].map((i) => round(round(i + 1 + tenth) + i)));
    }
  });

  it("round a single float64", () => {
    const x = ndArray([], [0.1], "float64");
    const steps = [{ kernel: arithmetic(([a]) => a), attrs: {}, args: [0], dtype: "float32" as const }];
    const program = buildProgram([x], [spec([1])], ({ inputs, outputs: [to], f, module }) =>
      emitFusedGroup({ dtype: "float32", shape: [1], inputs, steps, outputs: [{ step: 0, placed: to }] }, f, module),
    );
    program.reset();
    program.run();
    program.check();
    expect([...program.outputs()[0].data]).toEqual([Math.fround(0.1)]);
  });

  it("say why they cannot be one loop", () => {
    const group = (input: ReturnType<typeof spec>, dtype: "float32" | "float64" | "int32" = "float32") => ({
      dtype,
      shape: [2, 3, 4, 4],
      inputs: [input, spec([])],
      steps: [{ kernel: add, attrs: {}, args: [0, 1], dtype }],
      outputs: [{ step: 0, placed: spec([2, 3, 4, 4], dtype) }],
    });
    expect(whyNotFused(group(spec([2, 3, 4, 4])))).toBeUndefined();
    expect(whyNotFused(group(spec([3, 1, 1])))).toBeUndefined();
    expect(whyNotFused(group(spec([2, 1, 4, 1])))).toMatch("rows, columns or channels");
    expect(whyNotFused(group(spec([4], "int32")))).toBeUndefined();
    expect(whyNotFused(group(spec([4], "int32"), "int32"))).toMatch("float becomes an int32");
    expect(whyNotFused(group(spec([4], "float64")))).toMatch("mixed");
    expect(whyNotFused(group(spec([4], "float64"), "float64"))).toBeUndefined();
  });

  it("compute in the dtype of their arrays", () => {
    expect(laneTypeOf([spec([3]), spec([], "float64")], spec([3], "bool"))).toBe("float32");
    expect(laneTypeOf([spec([3], "float64"), spec([])], spec([3], "bool"))).toBe("float64");
    expect(laneTypeOf([spec([3], "bool")], spec([3], "bool"))).toBe("float32");
    expect(laneTypeOf([spec([3], "int32"), spec([3], "bool")], spec([3], "bool"))).toBe("int32");
    expect(laneTypeOf([spec([3], "int32"), spec([3])], spec([3]))).toBe("float32");
  });

  it("compare integers with floats in doubles, which hold both", () => {
    expect(laneTypeOf([spec([3], "int32"), spec([3])], spec([3], "bool"))).toBe("float64");
  });
});
