import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { add, assign, mul, sum } from "../../ops/index.ts";
import { tensor } from "../../tensor/index.ts";
import { type GraphBuffer, type GraphNode, type GraphValue, type Source, viewOf } from "../graph.ts";
import { fuseElementwise, type Task } from "../passes/fuse.ts";
import { heap } from "./heap.ts";
import { layOut, nodesOf } from "./layout.ts";

/**
 * Random graphs: each node reads two earlier values, or state, constants and arguments, and some
 * write state.
 */

const temporary: Source = { kind: "temporary" };

interface Choice {
  readonly kind: number;
  readonly inputs: readonly [number, number];
  readonly size: number;
}

function graphOf(choices: readonly Choice[]): { nodes: GraphNode[]; results: GraphValue[]; state: Float32Array[] } {
  const value = (size: number, source: Source): GraphValue => viewOf({ dtype: "float32", size, source }, [size]);
  const state = [3, 8].map((size) => tensor(Array.from({ length: size }, (_, i) => i + size)));
  const values: GraphValue[] = [
    ...state.map(({ storage, shape: [size] }) => value(size, { kind: "state", storage })),
    value(1, { kind: "constant", value: 2 }),
    value(1, { kind: "host", read: () => 3, of: {}, key: "lr" }),
    value(5, { kind: "argument", index: 0 }),
    value(1, { kind: "argument", index: 1 }),
  ];
  // Sizes need not agree: nothing runs, only places are given.
  const nodes = choices.map(({ kind, inputs, size }): GraphNode => {
    const [a, b] = inputs.map((index) => values[index % values.length]);
    if (kind === 0) return { op: assign, attrs: {}, inputs: [values[size % 2], a], outputs: [] };
    const made = value(kind === 1 ? 1 : size, temporary);
    values.push(made);
    if (kind === 1) return { op: sum, attrs: { dims: [0], keepdim: false }, inputs: [a], outputs: [made] };
    return { op: kind === 2 ? add : mul, attrs: {}, inputs: [a, b], outputs: [made] };
  });
  return { nodes, results: values.slice(-2), state: state.map(({ data }) => data as Float32Array) };
}

const choice: fc.Arbitrary<Choice> = fc.record({
  kind: fc.nat(3),
  inputs: fc.tuple(fc.nat(20), fc.nat(20)),
  size: fc.integer({ min: 0, max: 50 }),
});

/** The bytes that a task must find intact, or must be able to write. */
function rangesAt(tasks: readonly Task[], results: readonly GraphValue[]): GraphBuffer[][] {
  const touched = tasks.map((task) => {
    const { inputs, outputs } = task.kind === "op" ? task.node : task;
    return [...inputs, ...outputs].map(({ buffer }) => buffer);
  });
  const leaving = results.map(({ buffer }) => buffer);
  const last = (buffer: GraphBuffer) =>
    leaving.includes(buffer) ? tasks.length : touched.findLastIndex((buffers) => buffers.includes(buffer));
  const all = [...new Set([...touched.flat(), ...leaving])];
  const first = (buffer: GraphBuffer) =>
    buffer.source.kind === "temporary" ? touched.findIndex((buffers) => buffers.includes(buffer)) : 0;
  return tasks.map((_, at) => all.filter((buffer) => first(buffer) <= at && last(buffer) >= at));
}

describe("layOut", () => {
  it("gives no two live buffers the same bytes, whatever the graph", () => {
    fc.assert(
      fc.property(fc.array(choice, { maxLength: 25 }), fc.boolean(), (choices, fused) => {
        const { nodes, results } = graphOf(choices);
        const tasks = fused ? fuseElementwise({ nodes, results }) : nodes.map((node): Task => ({ kind: "op", node }));
        const { addresses, blocks } = layOut(tasks, results);
        const bytes = ({ size }: GraphBuffer) => Math.max(16, Math.ceil((size * 4) / 16) * 16);
        for (const live of rangesAt(tasks, results)) {
          // Equal constants share their place, which nobody writes.
          const places = live
            .filter(({ source }) => source.kind !== "constant")
            .map((buffer) => [addresses.get(buffer) as number, bytes(buffer)])
            .sort(([a], [b]) => a - b);
          for (const [i, [address]] of places.entries()) {
            expect(address % 16).toBe(0);
            if (i > 0) expect(address).toBeGreaterThanOrEqual(places[i - 1][0] + places[i - 1][1]);
          }
        }
        for (const block of blocks) heap().release(block);
      }),
    );
  });

  it("never plans arguments, state, constants and host numbers: they lie outside the arena, and state keeps its contents", () => {
    fc.assert(
      fc.property(fc.array(choice, { minLength: 1, maxLength: 25 }), (choices) => {
        const { nodes, results } = graphOf(choices);
        const tasks = nodes.map((node): Task => ({ kind: "op", node }));
        const { addresses, blocks, arenaBytes, scratch } = layOut(tasks, results);
        const arena = scratch - arenaBytes;
        for (const [{ source, size }, address] of addresses) {
          const inside = address >= arena && address < scratch;
          expect(inside).toBe(source.kind === "temporary");
          if (source.kind !== "state") continue;
          expect(source.storage.data.byteOffset).toBe(address);
          expect(Array.from(source.storage.data)).toEqual(Array.from({ length: size }, (_, i) => i + size));
        }
        for (const block of blocks) heap().release(block);
      }),
    );
  });

  it("counts the storages that tasks write", () => {
    const { nodes, results } = graphOf([
      { kind: 2, inputs: [0, 1], size: 8 },
      { kind: 0, inputs: [6, 0], size: 1 },
    ]);
    const tasks = nodes.map((node): Task => ({ kind: "op", node }));
    const { written, blocks } = layOut(tasks, results);
    expect(written.map(({ data }) => data.length)).toEqual([8]);
    expect(tasks.flatMap(nodesOf)).toEqual(nodes);
    for (const block of blocks) heap().release(block);
  });
});
