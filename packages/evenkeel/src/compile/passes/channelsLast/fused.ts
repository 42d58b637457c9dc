import { type AnyOp, sizeOf } from "../../../core/index.ts";
import { noBorder } from "../../../ops/channelsLast/border.ts";
import {
  adaptiveAvgPool,
  adaptiveAvgPoolBackward,
  batchNormReluBackward,
  batchNormReluBackwardLast,
  batchNormReluMaxPoolBackwardLast,
  batchNormReluMaxPoolLast,
  batchNormReluMeanBackwardLast,
  batchNormReluMeanLast,
  div,
  expand,
  maxPool,
  maxPoolBackward,
  mean,
} from "../../../ops/index.ts";
import type { GraphNode, GraphValue } from "../../graph.ts";
import { isSameValue, type Uses } from "../rewrite.ts";
import { asPictures, asPlain, type Converted, pictures, plain } from "./converted.ts";
import { isPictures } from "./rules.ts";

/**
 * Fuses batch norm + ReLU, found by batchNormRelu.ts, with the following max pooling or mean over
 * pixels, and their gradients: one op each way. The gradient recomputes the forward pass from the
 * input, so the input, weight and bias must be unchanged.
 */
interface Fused {
  /** The fused ops in place of the batch norm and of its gradients, if pooling follows it. */
  readonly converted: ReadonlyMap<GraphNode, Converted>;
  /** Nodes that were fused into others. */
  readonly absorbed: readonly GraphNode[];
}

/** Whether no node between two others writes a value's memory. */
export type IsUnchanged = (value: GraphValue, from: GraphNode, to: GraphNode) => boolean;

export function fusedWith(norm: GraphNode, uses: Uses, isUnchanged: IsUnchanged): Fused {
  const [x] = norm.inputs;
  const [y] = norm.outputs;
  const readers = uses.readers(y.buffer);
  const backs = readers.filter((reader) => isGradientOf(norm, reader));
  const known = backs.every((back) => norm.inputs.every((value) => isUnchanged(value, norm, back)));
  const none: Fused = { converted: new Map(), absorbed: [] };
  if (!isPictures(x) || !known) return none;
  const behind = readers.filter((reader) => !backs.includes(reader));
  const [next] = behind;
  if (behind.length === 1 && !uses.isResult(y.buffer) && isSameValue(next.inputs[0], y)) {
    const fused = withPooling(norm, next, backs, uses) ?? withMean(norm, next, backs, uses);
    if (fused !== undefined) return fused;
  }
  return {
    converted: new Map(
      backs.map((back) => [back, gradient(norm, back, batchNormReluBackwardLast, pictures(back.inputs[0], noBorder))]),
    ),
    absorbed: [],
  };
}

/** Whether a node computes the gradients of this batch norm. */
function isGradientOf(norm: GraphNode, { op, inputs }: GraphNode): boolean {
  if (op !== batchNormReluBackward) return false;
  const [dy, y, x, weight, means, variances] = inputs;
  const [output, ...statistics] = norm.outputs;
  return (
    dy.buffer !== output.buffer &&
    isSameValue(y, output) &&
    isSameValue(x, norm.inputs[0]) &&
    isSameValue(weight, norm.inputs[1]) &&
    isSameValue(means, statistics[0]) &&
    isSameValue(variances, statistics[1])
  );
}

function gradient(norm: GraphNode, back: GraphNode, op: AnyOp, dy: Converted["operands"][number]): Converted {
  const [x, weight, bias] = norm.inputs;
  const [dx, ...parameters] = back.outputs;
  const statistics = norm.outputs.slice(1).map((value) => plain(value));
  return {
    operands: [dy, pictures(x, noBorder), plain(weight), plain(bias), ...statistics],
    results: [asPictures(dx), ...parameters.map(asPlain)],
    flat: false,
    build: ([dyBorder, inputBorder], border) => ({
      op,
      attrs: { ...(back.attrs as object), dyBorder, inputBorder, border },
    }),
  };
}

function forward(norm: GraphNode, op: AnyOp, result: Converted["results"][number]): Converted {
  const [x, weight, bias] = norm.inputs;
  return {
    operands: [pictures(x, noBorder), plain(weight), plain(bias)],
    results: [result, ...norm.outputs.slice(1).map(asPlain)],
    flat: false,
    build: ([inputBorder], border) => ({
      op,
      attrs: { ...(norm.attrs as object), inputBorder, border: result.kind === "pictures" ? border : noBorder },
    }),
  };
}

/** Max pooling by windows of 2 x 2 side by side, which cover all pixels. */
function withPooling(norm: GraphNode, pool: GraphNode, backs: readonly GraphNode[], uses: Uses): Fused | undefined {
  const [{ shape }] = norm.inputs;
  if (pool.op !== maxPool || shape[2] % 2 !== 0 || shape[3] % 2 !== 0) return undefined;
  const { kernel, stride, padding, dilation } = pool.attrs as Record<string, readonly number[]>;
  const isPlain = [kernel, stride].every((sizes) => sizes.length === 2 && sizes.every((size) => size === 2));
  if (!isPlain || padding.some((size) => size !== 0) || dilation.some((step) => step !== 1)) return undefined;
  const [pooled, indices] = pool.outputs;
  if (uses.isResult(indices.buffer) || uses.maker(pooled) !== pool) return undefined;
  const scatters = uses.readers(indices.buffer);
  const flows = backs.map((back) => {
    const scatter = uses.maker(back.inputs[0]);
    if (scatter?.op !== maxPoolBackward || !isSameValue(scatter.inputs[1], indices)) return undefined;
    return uses.isPrivate(scatter.outputs[0].buffer) && uses.isFixed(scatter.inputs[0]) ? scatter : undefined;
  });
  if (!areAll(flows) || scatters.some((scatter) => !flows.includes(scatter))) return undefined;
  return {
    converted: new Map([
      [norm, forward(norm, batchNormReluMaxPoolLast, asPictures(pooled))],
      ...backs.map((back, i) => {
        const dy = pictures(flows[i].inputs[0], noBorder);
        return [back, gradient(norm, back, batchNormReluMaxPoolBackwardLast, dy)] as const;
      }),
    ]),
    absorbed: [pool, ...flows],
  };
}

const areAll = (nodes: readonly (GraphNode | undefined)[]): nodes is readonly GraphNode[] => !nodes.includes(undefined);

/** The mean over all pixels, as `mean([2, 3])` or as adaptive pooling to one. */
function withMean(norm: GraphNode, node: GraphNode, backs: readonly GraphNode[], uses: Uses): Fused | undefined {
  const [{ shape }] = norm.inputs;
  const [y] = node.outputs;
  if (!isGlobalMean(node) || uses.maker(y) !== node) return undefined;
  const flows = backs.map(({ inputs: [dy] }) => meanGradient(dy, uses));
  if (flows.includes(undefined)) return undefined;
  const found = flows as readonly MeanGradient[];
  return {
    converted: new Map([
      [norm, forward(norm, batchNormReluMeanLast, asPlain(y))],
      ...backs.map((back, i) => {
        const dy = plain(found[i].dy, shape.slice(0, 2));
        return [back, gradient(norm, back, batchNormReluMeanBackwardLast, dy)] as const;
      }),
    ]),
    absorbed: [node, ...found.map(({ node: each }) => each)],
  };
}

function isGlobalMean({ op, attrs, inputs: [x] }: GraphNode): boolean {
  if (x.shape.length !== 4) return false;
  if (op === mean) {
    const { dims } = attrs as { readonly dims: readonly number[] };
    return dims.length === 2 && dims[0] === 2 && dims[1] === 3;
  }
  if (op !== adaptiveAvgPool) return false;
  const { outputSize } = attrs as { readonly outputSize: readonly number[] };
  return outputSize.length === 2 && outputSize.every((size) => size === 1);
}

interface MeanGradient {
  /** The node that makes the pictures. */
  readonly node: GraphNode;
  /** The gradient of the mean, N x C values. */
  readonly dy: GraphValue;
}

/**
 * Whether pictures are the gradient of a mean over their pixels: one value for all pixels of a
 * channel.
 */
function meanGradient(dz: GraphValue, uses: Uses): MeanGradient | undefined {
  const node = uses.maker(dz);
  if (node === undefined || !uses.isPrivate(dz.buffer)) return undefined;
  const [n, c, h, w] = dz.shape;
  const [share] = node.inputs;
  if (node.op === adaptiveAvgPoolBackward) {
    return sizeOf(share.shape) === n * c && uses.isFixed(share) ? { node, dy: share } : undefined;
  }
  if (node.op !== expand || sizeOf(share.shape) !== n * c || share.shape.length !== 4) return undefined;
  if (share.shape[0] !== n || share.shape[1] !== c) return undefined;
  const division = uses.filler(share.buffer);
  if (division?.op !== div) return undefined;
  const [dy, { buffer: count }] = division.inputs;
  const isCount = count.source.kind === "constant" && count.source.value === h * w;
  return isCount && sizeOf(dy.shape) === n * c && dy.dtype === share.dtype && uses.isFixed(dy)
    ? { node, dy }
    : undefined;
}
