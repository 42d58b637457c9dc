import { describe, expect, it } from "vitest";
import { add, batchNorm, exp, normal, relu, sum, uniform } from "../ops/index.ts";
import { Generator } from "../random/index.ts";
import { Storage } from "../tensor/storage.ts";
import { type GraphBuffer, type GraphNode, type GraphValue, type Source, viewOf } from "./graph.ts";
import { layOut } from "./memory/layout.ts";
import { fuseElementwise, type Task } from "./passes/fuse.ts";
import { verifyEffects, verifyGraph, verifyLayout, verifyTasks } from "./verify.ts";

/** Graphs with one fault each: the verifier must find every kind of fault that a pass can make. */

const value = (shape: number[], source: Source = { kind: "temporary" }): GraphValue => {
  const size = shape.reduce((a, b) => a * b, 1);
  return viewOf({ dtype: "float32", size, source }, shape);
};
const argument = (shape: number[]) => value(shape, { kind: "argument", index: 0 });
const state = (shape: number[]) => {
  const spec = { shape, dtype: "float32" } as const;
  return value(shape, { kind: "state", storage: Storage.zeros(spec) });
};
const node = (op: GraphNode["op"], inputs: GraphValue[], outputs: GraphValue[], attrs: unknown = {}): GraphNode => ({
  op,
  attrs,
  inputs,
  outputs,
});

describe("verifyGraph", () => {
  const [x, y] = [argument([2, 3]), value([2, 3])];

  it("accepts a sound graph, views and repeated operands of elementwise ops included", () => {
    const flat = viewOf(y.buffer, [6]);
    const wide = value([4, 6]);
    const nodes = [node(exp, [x], [y]), node(relu, [flat], [wide])];
    expect(() => verifyGraph({ nodes, results: [wide] }, "a pass")).not.toThrow();
  });

  it.each<[string, () => { nodes: GraphNode[]; results: GraphValue[] }, RegExp]>([
    [
      "a shape that the row does not give",
      () => ({ nodes: [node(sum, [x], [value([2])], { dims: [0], keepdim: false })], results: [] }),
      /after a pass, node 0 \(sum\): its outputs are float32\[2\], its row gives float32\[3\]/,
    ],
    [
      "a dtype that the row does not give",
      () => {
        const wrong = viewOf({ dtype: "float64", size: 6, source: { kind: "temporary" } }, [2, 3]);
        return { nodes: [node(exp, [x], [wrong])], results: [] };
      },
      /its outputs are float64\[2, 3\], its row gives float32\[2, 3\]/,
    ],
    [
      "a missing output",
      () => ({
        nodes: [node(batchNorm, [x, argument([3]), argument([3])], [y], { eps: 1e-5 })],
        results: [],
      }),
      /batchNorm.*its row gives float32\[2, 3\],float64\[3\],float64\[3\]/,
    ],
    [
      "a use before the definition",
      () => ({ nodes: [node(relu, [y], [value([2, 3])]), node(exp, [x], [y])], results: [] }),
      /node 0 \(relu\): an input float32\[2, 3\] is read before anything has made it/,
    ],
    [
      "a view that does not fit its memory",
      () => ({ nodes: [node(exp, [{ ...x, shape: [2, 2] }], [value([2, 2])])], results: [] }),
      /float32\[2, 2\] is a view of 6 values of float32/,
    ],
    [
      "a write to an argument",
      () => ({ nodes: [node(exp, [y], [x])], results: [] }),
      /before anything|writes a argument/,
    ],
    ["a result that nothing makes", () => ({ nodes: [], results: [y] }), /nothing makes the result float32\[2, 3\]/],
  ])("refuses %s", (_, graph, message) => {
    expect(() => verifyGraph(graph(), "a pass")).toThrow(message);
  });
});

describe("verifyEffects", () => {
  const [x, s] = [argument([4]), state([4])];
  const generator = new Generator(0);
  const write = node(exp, [x], [s]);
  const again = node(relu, [x], [s]);
  const read = node(exp, [s], [value([4])]);
  const draw = (op: typeof uniform | typeof normal) => node(op, [], [value([4])], { generator });
  const check = (before: GraphNode[], after: GraphNode[]) => () =>
    verifyEffects({ nodes: before, results: [] }, { nodes: after, results: [] }, "a pass");

  it("accepts other nodes that do the same", () => {
    expect(check([read, write, read], [node(relu, [x], [s])])).not.toThrow();
    expect(check([write, read, read, again], [write, node(relu, [s], [value([4])]), again])).not.toThrow();
    expect(check([draw(uniform), write, draw(normal)], [write, draw(uniform), draw(normal)])).not.toThrow();
  });

  it("refuses a write that is lost, or made twice", () => {
    expect(check([write], [])).toThrow(/^a pass changes what happens to a state of 4 values: write became $/);
    expect(check([write], [write, again])).toThrow("write became write, write");
  });

  it("refuses a read that was moved over a write", () => {
    expect(check([write, read, again], [write, again, read])).toThrow("write, read, write became write, write");
  });

  it("refuses draws that are lost or in another order", () => {
    expect(check([draw(uniform)], [])).toThrow("a pass changes what happens to a generator: uniform became ");
    expect(check([draw(uniform), draw(normal)], [draw(normal), draw(uniform)])).toThrow(
      "uniform, normal became normal, uniform",
    );
  });
});

describe("verifyTasks", () => {
  const task = (one: GraphNode): Task => ({ kind: "op", node: one });
  const [x, s] = [argument([4]), state([4])];
  const read = node(exp, [s], [value([4])]);
  const write = node(exp, [x], [s]);
  const graph = { nodes: [read, write], results: [read.outputs[0]] };

  it("accepts any order that nobody can tell from the program's", () => {
    const free = node(relu, [x], [value([4])]);
    expect(() => verifyTasks([free, read, write].map(task), { ...graph, nodes: [read, write, free] })).not.toThrow();
  });

  it("refuses a read that was moved over a write", () => {
    expect(() => verifyTasks([write, read].map(task), graph)).toThrow(/\(exp\) was moved over a write/);
  });

  it("refuses a node that is left out, or another one", () => {
    expect(() => verifyTasks([task(read)], graph)).toThrow("tasks perform 1 nodes of 2");
    expect(() => verifyTasks([read, { ...write }].map(task), graph)).toThrow("which is no node of the graph");
  });

  it("refuses a group that keeps to itself what others read", () => {
    const a = node(exp, [x], [value([4])]);
    const b = node(relu, a.outputs as GraphValue[], [value([4])]);
    const program = { nodes: [a, b], results: [...a.outputs, ...b.outputs] };
    const [group] = fuseElementwise(program);
    expect(() => verifyTasks([group], program)).not.toThrow();
    const mute = { ...group, outputs: b.outputs } as Task;
    expect(() => verifyTasks([mute], program)).toThrow("a group does not store what exp makes, and others read it");
  });
});

describe("verifyLayout", () => {
  it("refuses two that overlap while both are needed, and what has no place", () => {
    const [x, y, z] = [argument([4]), value([4]), value([4])];
    const tasks: Task[] = [node(exp, [x], [y]), node(add, [y, y], [z])].map((one) => ({ kind: "op", node: one }));
    const layout = layOut(tasks, [z]);
    expect(() => verifyLayout(tasks, [z], layout)).not.toThrow();
    const at = (change: (addresses: Map<GraphBuffer, number>) => void) => {
      const addresses = new Map(layout.addresses);
      change(addresses);
      return () => verifyLayout(tasks, [z], { ...layout, addresses });
    };
    expect(at((all) => all.set(z.buffer, all.get(y.buffer) as number))).toThrow(/of tasks 0 to 1 .* overlap/);
    expect(at((all) => all.delete(y.buffer))).toThrow("a temporary of 4 values of float32 is at undefined");
  });
});
