import type { Graph, GraphBuffer, GraphValue } from "../graph.ts";
import { mapInputs } from "../passes/rewrite.ts";

/** A number of the step that a program reads at every run. */
export interface Cell {
  value: number;
}

/** Constants of a trace that turned out to change, and the cells that a program reads them from. */
export type Cells = ReadonlyMap<GraphBuffer, Cell>;

/** The graph with cells in place of some of its constants. */
export function withCells(graph: Graph, cells: Cells): Graph {
  if (cells.size === 0) return graph;
  const read = new Map<GraphBuffer, GraphBuffer>();
  for (const [constant, cell] of cells) {
    read.set(constant, { ...constant, source: { kind: "host", read: () => cell.value, of: cell, key: "value" } });
  }
  const replaced = (value: GraphValue): GraphValue => {
    const buffer = read.get(value.buffer);
    return buffer === undefined ? value : { ...value, buffer };
  };
  return { ...mapInputs(graph, replaced), results: graph.results.map(replaced) };
}
