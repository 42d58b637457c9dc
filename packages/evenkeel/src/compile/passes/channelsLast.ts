import { type AnyOp, type Shape, type Spec, sizeOf } from "../../core/index.ts";
import { type Border, noBorder } from "../../ops/channelsLast/border.ts";
import { batchNormRelu, expand, fromChannelsLast, toChannelsLast } from "../../ops/index.ts";
import { type Graph, type GraphBuffer, type GraphNode, type GraphValue, viewOf } from "../graph.ts";
import { Borders, isWithin, type Key } from "./channelsLast/borders.ts";
import type { Context, Converted, Operand } from "./channelsLast/converted.ts";
import { fusedWith, type IsUnchanged } from "./channelsLast/fused.ts";
import { joinGradients } from "./channelsLast/gradients.ts";
import { lastShapeOf, ruleOf } from "./channelsLast/rules.ts";
import { isWorthWhile } from "./channelsLast/worth.ts";
import { isSameValue, Uses, withoutDeadCode } from "./rewrite.ts";

/**
 * Keeps pictures in channels-last order between convolutions: all channels of a pixel are adjacent,
 * inside borders of zeros that serve as the padding of readers. Pictures are converted at inputs,
 * at outputs, and before ops that read them in another shape. Ops without a rule stay on [N, C, H,
 * W], and so does everything if convolutions are small.
 */
export function channelsLast(program: Graph): Graph {
  if (!isWorthWhile(program)) return program;
  const plan = choose(program);
  return plan.converted.size === 0 ? program : joinGradients(withoutDeadCode(rewrite(program, plan)));
}

interface Plan {
  readonly uses: Uses;
  readonly converted: ReadonlyMap<GraphNode, Converted>;
  /** Nodes that were fused into others. */
  readonly absorbed: ReadonlySet<GraphNode>;
  /** Whether this value is made in channels-last order. */
  readonly isHeld: (value: GraphValue) => boolean;
}

/**
 * The nodes that have rules, in program order: a node that makes channels-last pictures lets its
 * readers read them in that order.
 */
function choose(program: Graph): Plan {
  const uses = new Uses(program);
  const positions = new Map(program.nodes.map((node, position) => [node, position]));
  const isUnchanged: IsUnchanged = ({ buffer }, from, to) =>
    uses.writers(buffer).every((writer) => {
      const position = positions.get(writer) as number;
      return position <= (positions.get(from) as number) || position >= (positions.get(to) as number);
    });
  const refused = new Set<GraphNode>();
  for (;;) {
    const plan = attempt(program, uses, isUnchanged, refused);
    const wrong = wronglyRead(program, plan);
    if (wrong.length === 0) return plan;
    for (const node of wrong) refused.add(node);
  }
}

function attempt(program: Graph, uses: Uses, isUnchanged: IsUnchanged, refused: ReadonlySet<GraphNode>): Plan {
  const converted = new Map<GraphNode, Converted>();
  const absorbed = new Set<GraphNode>();
  const held = new Map<GraphBuffer, GraphValue>();
  const shapes = new Set<string>();
  const isHeld = (value: GraphValue) => {
    const made = held.get(value.buffer);
    return made !== undefined && isSameValue(made, value);
  };
  const context: Context = {
    isHeld,
    isShapeHeld: (shape: Shape) => shapes.has(String(shape)),
    makerOf: (value) => uses.maker(value),
  };
  const isFree = ({ results }: Converted) =>
    results.every(({ kind, value }) => kind === "plain" || uses.maker(value) !== undefined);
  /** Gradients of batch norms that have a rule already. */
  const waiting = new Map<GraphNode, Converted>();
  for (const node of program.nodes) {
    if (refused.has(node) || absorbed.has(node)) continue;
    let what = waiting.get(node) ?? ruleOf(node)?.(node, context);
    if (what === undefined || !isFree(what)) continue;
    if (node.op === batchNormRelu) {
      const fused = fusedWith(node, uses, isUnchanged);
      if ([...fused.converted.values()].every(isFree)) {
        for (const [other, gradient] of fused.converted) if (other !== node) waiting.set(other, gradient);
        for (const other of fused.absorbed) absorbed.add(other);
        what = fused.converted.get(node) ?? what;
      }
    }
    converted.set(node, what);
    for (const { kind, value } of what.results) {
      if (kind === "plain") continue;
      held.set(value.buffer, value);
      shapes.add(String(value.shape));
    }
  }
  return { uses, converted, absorbed, isHeld };
}

/** The values that some node reads as [N, C, H, W] or in another shape. */
function plainlyRead({ nodes, results }: Graph, { converted, absorbed, isHeld }: Plan): Set<GraphBuffer> {
  const read = new Set(results.map(({ buffer }) => buffer));
  for (const node of nodes) {
    if (absorbed.has(node)) continue;
    const operands: readonly Pick<Operand, "kind" | "value">[] =
      converted.get(node)?.operands ?? node.inputs.map((value) => ({ kind: "plain", value }));
    for (const { kind, value } of operands) if (kind === "plain" || !isHeld(value)) read.add(value.buffer);
  }
  return read;
}

/**
 * Nodes that must not be channels-last: masks cannot be converted back, and broadcast values are
 * not worth it.
 */
function wronglyRead(program: Graph, plan: Plan): GraphNode[] {
  const read = plainlyRead(program, plan);
  return [...plan.converted].flatMap(([node, { results }]) => {
    const turning = results.filter(({ kind, value }) => kind === "pictures" && read.has(value.buffer));
    return turning.some(({ value }) => value.dtype !== "float32" || node.op === expand) ? [node] : [];
  });
}

function rewrite(program: Graph, plan: Plan): Graph {
  const { uses, converted, absorbed, isHeld } = plan;
  const keyOf = keys();
  const borders = new Borders(converted.values(), keyOf);
  const read = plainlyRead(program, plan);
  const nodes: GraphNode[] = [];
  const emit = (op: AnyOp, attrs: object, inputs: readonly GraphValue[], output: Spec): GraphValue => {
    const made = temporary(output);
    nodes.push({ op, attrs, inputs, outputs: [made] });
    return made;
  };
  const turn = (value: GraphValue, border: Border) =>
    emit(toChannelsLast, { border }, [value], { shape: lastShapeOf(value, border), dtype: value.dtype });
  /**
   * Channels-last pictures, by the border around them: the one that they were made with comes
   * first.
   */
  const known = new Map<Key, { readonly border: Border; readonly value: GraphValue }[]>();
  const readPictures = (value: GraphValue, need: Border) => {
    const key = keyOf(value);
    const border = borders.of(key);
    // A value that may have changed since its conversion is converted again.
    const canKeep = isHeld(value) || uses.isFixed(value);
    const places = (canKeep ? known.get(key) : undefined) ?? [{ border, value: turn(value, border) }];
    let place = places.find((each) => isWithin(need, each.border));
    if (place === undefined) {
      const [first] = places;
      const planes = emit(fromChannelsLast, { border: first.border }, [first.value], value);
      place = { border: need, value: turn(planes, need) };
      places.push(place);
    }
    if (canKeep) known.set(key, places);
    return place;
  };
  for (const node of program.nodes) {
    if (absorbed.has(node)) continue;
    const what = converted.get(node);
    if (what === undefined) {
      nodes.push(node);
      continue;
    }
    const inputs = what.operands.map((operand) =>
      operand.kind === "pictures"
        ? readPictures(operand.value, what.flat ? borders.of(keyOf(operand.value)) : operand.need)
        : { border: noBorder, value: { ...operand.value, shape: operand.shape } },
    );
    const around = what.results.map(({ kind, value }) => (kind === "plain" ? noBorder : borders.of(keyOf(value))));
    const { op, attrs } = what.build(
      inputs.map((input) => input.border),
      around[0],
    );
    const values = inputs.map(({ value }) => value);
    const specs = op.shape(values, attrs as never);
    const outputs = what.results.map(({ kind, value }, i) =>
      kind === "pictures"
        ? temporary({ shape: lastShapeOf(value, around[i]), dtype: value.dtype })
        : viewOf(value.buffer, specs[i].shape),
    );
    nodes.push({ op, attrs, inputs: values, outputs });
    for (const [i, { kind, value }] of what.results.entries()) {
      if (kind === "plain") continue;
      const border = around[i];
      known.set(keyOf(value), [{ border, value: outputs[i] }]);
      if (read.has(value.buffer)) {
        nodes.push({ op: fromChannelsLast, attrs: { border }, inputs: [outputs[i]], outputs: [value] });
      }
    }
  }
  return { nodes, results: program.results };
}

function temporary({ shape, dtype }: Spec): GraphValue {
  return viewOf({ dtype, size: sizeOf(shape), source: { kind: "temporary" } }, shape);
}

/** One key for each buffer in each shape. */
function keys(): (value: GraphValue) => Key {
  const known = new Map<GraphBuffer, Map<string, Key>>();
  return ({ buffer, shape }) => {
    const shapes = known.get(buffer) ?? new Map<string, Key>();
    known.set(buffer, shapes);
    const name = String(shape);
    const key = shapes.get(name) ?? {};
    shapes.set(name, key);
    return key;
  };
}
