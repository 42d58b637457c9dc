import { sizeOf } from "../../core/index.ts";
import {
  type ChainLayer,
  linear,
  linearBatchNormEval,
  linearChain,
  linearRelu,
  type MatmulAttrs,
  matmul,
  matmulBatchNormEval,
} from "../../ops/index.ts";
import { blockRows } from "../../ops/matmul/gemm.rowBlocks.ts";
import type { FusedNormAttrs } from "../../ops/matmul/linearFused.ts";
import type { Graph, GraphNode, GraphValue } from "../graph.ts";
import { whyNoKernel } from "../program/kernelChoice.ts";
import { isSameValue, Uses } from "./rewrite.ts";

/**
 * Joins linear layers that follow each other, where nothing else reads what lies between them: then
 * a block of rows goes through all of them. The bits are those of the layers apart. It pays with
 * vectors of 256 bits: those of 128 are busy all the time with layers apart, too.
 */
export function chainLinear(graph: Graph, wide: () => boolean): Graph {
  const uses = new Uses(graph);
  const replacement = new Map<GraphNode, GraphNode | null>();
  for (const first of graph.nodes) {
    if (replacement.has(first)) continue;
    const chain = chainFrom(uses, first);
    if (!isWorthwhile(chain) || !wide()) continue;
    for (const node of chain) replacement.set(node, null);
    // It reads everything where the last layer stood.
    replacement.set(chain[chain.length - 1], chained(chain));
  }
  const nodes = graph.nodes.flatMap((node) => {
    const other = replacement.get(node);
    return other === undefined ? [node] : other === null ? [] : [other];
  });
  return { ...graph, nodes };
}

/** Whether turning the rows into blocks, and the last block of them, cost less than what is won. */
function isWorthwhile(chain: readonly GraphNode[]): boolean {
  if (chain.length < 2) return false;
  const [rows, inputs] = chain[0].inputs[0].shape;
  const weights = chain.reduce((sum, node) => sum + sizeOf(node.inputs[1].shape), 0);
  return rows >= 2 * blockRows && weights >= 64 && weights >= 10 * inputs;
}

/** The longest chain from a node on that has code; empty if it is no layer. */
function chainFrom(uses: Uses, first: GraphNode): GraphNode[] {
  const chain: GraphNode[] = [];
  let next: GraphNode | undefined = first;
  while (next !== undefined) {
    // All operands are read at the end of the chain.
    if (layerOf(next) === undefined || !next.inputs.every((value) => uses.isFixed(value))) break;
    if (whyNoKernel(chained([...chain, next])) !== undefined) break;
    chain.push(next);
    next = onlyReader(uses, next);
  }
  return chain;
}

/** The node that reads a node's output as its first input, if no other does. */
function onlyReader(uses: Uses, { outputs: [value] }: GraphNode): GraphNode | undefined {
  if (!uses.isPrivate(value.buffer)) return undefined;
  const [reader] = uses.readers(value.buffer);
  const [x, ...others] = reader.inputs;
  return isSameValue(x, value) && others.every(({ buffer }) => buffer !== value.buffer) ? reader : undefined;
}

function chained(chain: readonly GraphNode[]): GraphNode {
  const layers = chain.map((node) => layerOf(node) as ChainLayer);
  const inputs = [chain[0].inputs[0], ...chain.flatMap((node): readonly GraphValue[] => node.inputs.slice(1))];
  return { op: linearChain, attrs: { layers }, inputs, outputs: chain[chain.length - 1].outputs };
}

/** A node as a layer of a chain; undefined if it cannot be one. */
function layerOf({ op, attrs }: GraphNode): ChainLayer | undefined {
  const { transposeA, transposeB, eps, relu = false } = attrs as Partial<FusedNormAttrs & MatmulAttrs>;
  if (op === linear) return { bias: true, relu };
  if (op === linearRelu) return { bias: true, relu: true };
  if (op === linearBatchNormEval) return { bias: true, eps, relu };
  if ((op === matmul || op === matmulBatchNormEval) && !transposeA && transposeB) return { bias: false, eps, relu };
  return undefined;
}
