import { formatShape, isPlainObject, refuse } from "../../core/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Storage } from "../../tensor/storage.ts";
import { type Graph, writtenBy } from "../graph.ts";

import type { ArgumentGrad, GradField } from "./gradFields.ts";

/** Restrictions on argument tensors: a program gets copies, and returns gradients by position. */
interface Limits {
  readonly lateReads: readonly LateRead[];
  readonly gradFields: readonly GradField[];
  readonly argumentGrads: readonly ArgumentGrad[];
}

/** An argument that is read after writes to state; a program reads the copy made before them. */
export interface LateRead {
  /** Among the tensors of the arguments. */
  readonly index: number;
  readonly written: ReadonlySet<Storage>;
}

export function lateReadsOf({ nodes, results }: Graph): LateRead[] {
  const written = new Set<Storage>();
  /** The number of storages written before the last read of an argument. */
  const counts = new Map<number, number>();
  const read = (values: Graph["results"]) => {
    for (let i = 0; i < values.length; i++) {
      const { source } = values[i].buffer;
      if (source.kind === "argument") counts.set(source.index, written.size);
    }
  };
  for (const node of nodes) {
    read(node.inputs);
    for (const { source } of writtenBy(node)) if (source.kind === "state") written.add(source.storage);
  }
  read(results);
  const inOrder = [...written];
  return [...counts].flatMap(([index, count]) =>
    count === 0 ? [] : [{ index, written: new Set(inOrder.slice(0, count)) }],
  );
}

/**
 * Checks that a program can do what the step would do with these arguments.
 * @throws Error naming the unsupported argument, and what to do
 */
export function checkGiven(given: readonly Tensor[], { lateReads, gradFields, argumentGrads }: Limits): void {
  for (const { index, written } of lateReads) {
    if (!written.has(given[index].storage)) continue;
    throw refused(
      index,
      given[index],
      "shares its memory with a tensor that the step writes and then reads the argument; give a clone()",
    );
  }
  for (const { index } of argumentGrads) {
    const tensor = given[index];
    if (!tensor.isLeaf) {
      throw refused(
        index,
        tensor,
        "was computed from others, to which the backward of the step would go on; compute it in the step, or give it " +
          "as detach().requiresGrad_() and go on from its .grad",
      );
    }
    if (gradFields.some((field) => field.tensor === tensor)) {
      throw refused(
        index,
        tensor,
        "is one that the step also refers to by itself, so that its gradient would come from two places; refer to it in " +
          "one way",
      );
    }
  }
}

function refused(index: number, { shape }: Tensor, why: string): Error {
  return refuse(
    "not-supported",
    "compile",
    `tensor ${index + 1} of the arguments, of shape ${formatShape(shape)}, ${why}`,
  );
}

/**
 * The path of an argument that the step has changed, such as `argument 2.loss`; undefined if there
 * is none.
 */
export function changeOfArguments(before: unknown, after: unknown, path = ""): string | undefined {
  if (Object.is(before, after)) return undefined;
  const areTrees = (Array.isArray(before) && Array.isArray(after)) || (isPlainObject(before) && isPlainObject(after));
  if (!areTrees) return path;
  const [old, fresh] = [before, after] as Record<string, unknown>[];
  for (const key of new Set([...Object.keys(old), ...Object.keys(fresh)])) {
    const place =
      path === "" ? `argument ${Number(key) + 1}` : Array.isArray(old) ? `${path}[${key}]` : `${path}.${key}`;
    const change = changeOfArguments(old[key], fresh[key], place);
    if (change !== undefined) return change;
    if (Object.hasOwn(old, key) !== Object.hasOwn(fresh, key)) return place;
  }
  return undefined;
}
