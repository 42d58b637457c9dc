import { describe, formatShape, isPlainObject, sameShape } from "../../core/index.ts";
import { Tensor } from "../../tensor/index.ts";
import type { GraphBuffer, GraphNode, GraphValue } from "../graph.ts";
import type { Trace } from "../trace/trace.ts";

/** The difference between two traces of a step. */
export type Comparison =
  /** The program is still valid, with these numbers in place of its constants. */
  | {
      readonly kind: "alike";
      readonly numbers: ReadonlyMap<GraphBuffer, NumberMet>;
      readonly returned?: string | undefined;
    }
  /** Another program is needed. */
  | { readonly kind: "different"; readonly change: string };

/** The new value of a constant of the old trace, and the operation that uses it. */
interface NumberMet {
  readonly value: number;
  readonly where: string;
}

/**
 * Compares two traces of a step operation by operation, with the memory they touch. Numbers among
 * the operands may differ, because a program can read them; any other difference requires another
 * program.
 */
export function compareTraces(old: Trace, fresh: Trace): Comparison {
  const match = new Match();
  const change =
    changeOfNodes(old.graph.nodes, fresh.graph.nodes, match) ??
    changeOfGradients(old, fresh, match) ??
    changeOfResults(old, fresh, match);
  if (change !== undefined) return { kind: "different", change };
  return { kind: "alike", numbers: match.numbers, returned: changeOfPlain(old.returned, fresh.returned) };
}

/** The buffer of the fresh graph for each of the old one. */
class Match {
  readonly #counterparts = new Map<GraphBuffer, GraphBuffer>();
  readonly #taken = new Set<GraphBuffer>();
  /** The values in the fresh graph of the constants of the old one. */
  readonly numbers = new Map<GraphBuffer, NumberMet>();

  /**
   * The difference between two values, in words; undefined if the fresh one can replace the old.
   */
  changeOf(old: GraphValue, fresh: GraphValue, where: string): string | undefined {
    if (old.dtype !== fresh.dtype || !sameShape(old.shape, fresh.shape)) {
      return `${where}: ${show(old)} became ${show(fresh)}`;
    }
    const counterpart = this.#counterparts.get(old.buffer);
    if (counterpart !== undefined)
      return counterpart === fresh.buffer ? undefined : `${where}: it reads something else`;
    if (this.#taken.has(fresh.buffer)) return `${where}: it reads something else`;
    this.#counterparts.set(old.buffer, fresh.buffer);
    this.#taken.add(fresh.buffer);
    const [a, b] = [old.buffer.source, fresh.buffer.source];
    if (a.kind === "constant" && b.kind === "constant") {
      this.numbers.set(old.buffer, { value: b.value, where });
      return undefined;
    }
    const isSame =
      (a.kind === "argument" && b.kind === "argument" && a.index === b.index) ||
      (a.kind === "state" && b.kind === "state" && a.storage === b.storage) ||
      (a.kind === "host" && b.kind === "host" && a.of === b.of && a.key === b.key) ||
      (a.kind === "temporary" && b.kind === "temporary");
    return isSame ? undefined : `${where}: it works on another tensor of shape ${formatShape(old.shape)}`;
  }
}

const show = ({ shape, dtype }: GraphValue) => `${dtype}${formatShape(shape)}`;

function changeOfNodes(old: readonly GraphNode[], fresh: readonly GraphNode[], match: Match): string | undefined {
  for (let i = 0; i < Math.min(old.length, fresh.length); i++) {
    const [a, b] = [old[i], fresh[i]];
    if (a.op !== b.op) return `operation ${i + 1} was ${a.op.name} and is ${b.op.name}`;
    const where = a.op.name;
    const attribute = changeOfAttribute(a.attrs, b.attrs);
    if (attribute !== undefined) return `${where}: ${attribute}`;
    const change =
      changeOfValues(a.inputs, b.inputs, where, match) ?? changeOfValues(a.outputs, b.outputs, where, match);
    if (change !== undefined) return change;
  }
  if (old.length === fresh.length) return undefined;
  return `it does ${fresh.length} operations, not ${old.length}`;
}

function changeOfValues(old: readonly GraphValue[], fresh: readonly GraphValue[], where: string, match: Match) {
  if (old.length !== fresh.length) return `${where}: it has ${fresh.length} operands, not ${old.length}`;
  for (let i = 0; i < old.length; i++) {
    const change = match.changeOf(old[i], fresh[i], where);
    if (change !== undefined) return change;
  }
  return undefined;
}

function changeOfGradients({ gradFields: old }: Trace, { gradFields: fresh }: Trace, match: Match): string | undefined {
  if (old.length !== fresh.length || old.some(({ tensor }, i) => fresh[i].tensor !== tensor)) {
    return "it uses the gradients of other tensors";
  }
  for (let i = 0; i < old.length; i++) {
    const where = `the gradient of a tensor of shape ${formatShape(old[i].tensor.shape)}`;
    const [a, b] = [old[i].leaves, fresh[i].leaves];
    if (a.kind === "value" && b.kind === "value") {
      const change = match.changeOf(a.value, b.value, where);
      if (change !== undefined) return change;
    } else if (a.kind !== "tensor" || b.kind !== "tensor" || a.grad !== b.grad) return `${where} is stored differently`;
    if (old[i].expects?.grad !== fresh[i].expects?.grad) return `${where} was another before the step`;
  }
  return undefined;
}

function changeOfResults(old: Trace, fresh: Trace, match: Match): string | undefined {
  const form = ({ returned, argumentGrads }: Trace) =>
    `${formOf(returned)} ${argumentGrads.map(({ index, grad }) => [index, grad === null])}`;
  if (form(old) !== form(fresh)) return "it returns something else";
  return changeOfValues(old.graph.results, fresh.graph.results, "what it returns", match);
}

/** The positions of tensors in a returned tree, as a comparable text. */
function formOf(tree: unknown): string {
  if (tree instanceof Tensor) return "tensor";
  if (Array.isArray(tree)) return `[${tree.map(formOf)}]`;
  if (isPlainObject(tree))
    return `{${Object.entries(tree).map(([key, item]) => `${JSON.stringify(key)}:${formOf(item)}`)}}`;
  return "plain";
}

/**
 * The first returned plain value that differs, in words. Objects other than trees are not compared.
 */
function changeOfPlain(old: unknown, fresh: unknown): string | undefined {
  if (old instanceof Tensor) return undefined;
  if (Array.isArray(old) || isPlainObject(old)) {
    const [before, after] = [old, fresh] as Record<string, unknown>[];
    for (const key of Object.keys(before)) {
      const change = changeOfPlain(before[key], after[key]);
      if (change !== undefined) return change;
    }
    return undefined;
  }
  if (typeof old === "object" || typeof old === "function" || Object.is(old, fresh)) return undefined;
  return `it returns ${describe(fresh)}, not ${describe(old)}`;
}

/**
 * The difference between the attributes of two operations; generators and the like must be the same
 * object.
 */
function changeOfAttribute(old: unknown, fresh: unknown, name = ""): string | undefined {
  if (Object.is(old, fresh)) return undefined;
  if (ArrayBuffer.isView(old) && ArrayBuffer.isView(fresh)) {
    const [a, b] = [old, fresh] as unknown as ArrayLike<number>[];
    const isSame = a.length === b.length && Array.prototype.every.call(a, (value, i) => Object.is(value, b[i]));
    return isSame ? undefined : "other values are made into a tensor";
  }
  const areTrees = (Array.isArray(old) && Array.isArray(fresh)) || (isPlainObject(old) && isPlainObject(fresh));
  if (!areTrees) return `${name || "an attribute"} was ${describe(old)} and is ${describe(fresh)}`;
  const [before, after] = [old, fresh] as Record<string, unknown>[];
  const keys = Object.keys(before);
  if (keys.length !== Object.keys(after).length) return `${name || "an attribute"} is another`;
  for (const key of keys) {
    const change = changeOfAttribute(before[key], after[key], name === "" ? key : `${name}.${key}`);
    if (change !== undefined) return change;
  }
  return undefined;
}
