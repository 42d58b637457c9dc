import { createHash } from "node:crypto";
import {
  defaultGenerator,
  Generator,
  isGradEnabled,
  manualSeed,
  type Node,
  nn,
  ones,
  optim,
  Tensor,
  tensor,
} from "evenkeel";
import { describe, expect, it } from "vitest";

/**
 * Tables of what users do wrong: 828 misuses, one per row, when last counted. Every row is held to
 * three things: the class of the error, the words of its message (what was given, what was
 * expected, what to do), and that whatever the call could touch is bit for bit as it was. Some rows
 * pass nothing but plain values: there it is the default generator and the grad mode.
 */

// biome-ignore lint/suspicious/noExplicitAny: error classes differ in what their constructors take
type ErrorClass = new (...args: any[]) => Error;

/** One thing done wrong. */
export interface Misuse {
  readonly title: string;
  readonly error: ErrorClass;
  readonly words: readonly string[];
  /** Makes what the call works on: all that it could touch. */
  readonly make: () => unknown;
  readonly call: (given: never) => unknown;
}

export function misuse<T>(
  title: string,
  error: ErrorClass,
  words: readonly string[],
  make: () => T,
  call: (given: T) => unknown,
): Misuse {
  return { title, error, words, make, call };
}

/** A value of a type that the call does not take; TypeScript would stop it, JavaScript does not. */
export function wrong(value: unknown): never {
  return value as never;
}

interface Exceptions {
  /** The call writes buffers forth and back: their versions, which count writes, may grow. */
  readonly writesBack?: boolean;
}

export function testMisuses(area: string, rows: readonly Misuse[], { writesBack = false }: Exceptions = {}): void {
  describe(area, () => {
    it.each(rows.map((row) => [row.title, row] as const))("%s", async (_, { error, words, make, call }) => {
      manualSeed(1234);
      const given = make();
      const before = snapshot(given, { versions: !writesBack });
      let thrown: unknown;
      try {
        await call(given as never);
      } catch (caught) {
        thrown = caught;
      }
      expect(thrown, "nothing was thrown").toBeInstanceOf(Error);
      const { message } = thrown as Error;
      expect((thrown as Error).constructor, message).toBe(error);
      for (const word of words) expect(message).toContain(word);
      expect(snapshot(given, { versions: !writesBack })).toEqual(before);
    });
  });
}

/**
 * All state that can be reached, as plain data: what `given` holds, the default generator, the grad
 * mode.
 */
export function snapshot(given: unknown, { versions = true } = {}): unknown {
  const seen = new Map<object, string>();
  const stateOf = (value: unknown, path: string): unknown => {
    const isObject = (typeof value === "object" || typeof value === "function") && value !== null;
    if (!isObject) return value;
    const known = seen.get(value);
    if (known !== undefined) return `the same as ${known}`;
    seen.set(value, path);
    if (value instanceof Tensor) {
      const state = stateOfTensor(value);
      return { ...state, version: versions && state.version, grad: stateOf(value.grad, `${path}.grad`) };
    }
    if (value instanceof Generator) return { state: bytesOf(value.getState()), cachedNormal: value.cachedNormal };
    if (ArrayBuffer.isView(value)) return bytesOf(value);
    const pairs = value instanceof Map ? [...value] : Object.entries(value);
    // Containers keep their modules where no field shows them.
    if (value instanceof nn.Module) pairs.push(...value.namedChildren());
    const fields = pairs.map(([key, field], i) => {
      const name = typeof key === "string" ? key : `key ${i}`;
      return [name, stateOf(field, `${path}.${name}`)];
    });
    return { kind: value.constructor?.name, fields };
  };
  return {
    given: stateOf(given, "given"),
    generator: stateOf(defaultGenerator, "defaultGenerator"),
    gradEnabled: isGradEnabled(),
  };
}

function stateOfTensor({ shape, dtype, requiresGrad, isLeaf, version, data, storage, leafHooks, gradFn }: Tensor) {
  return {
    ...{ shape: [...shape], dtype, requiresGrad, isLeaf, version, bytes: bytesOf(data), hasViews: storage.hasViews },
    hooks: leafHooks.length,
    graph: gradFn === null ? null : stateOfGraph(gradFn),
  };
}

/** Every node behind a tensor: which it is, what it still has saved, at which versions. */
function stateOfGraph(root: Node): unknown {
  const nodes = new Set<Node>([root]);
  for (const node of nodes) {
    for (const edge of node.edges) if (edge !== null && !(edge instanceof Tensor)) nodes.add(edge);
  }
  return [...nodes].map((node) => {
    const { saved } = node as unknown as { saved: Map<string, { version: number }> | null };
    return {
      ...{ name: node.name, sequence: node.sequence, hooks: node.hooks.length, retains: node.retainer !== null },
      saved: saved && [...saved].map(([name, { version }]) => `${name} at ${version}`),
    };
  });
}

/** The bytes, or their hash where they are many: a failure is to be read. */
function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  return byteLength <= 64 ? bytes.toString("hex") : createHash("sha256").update(bytes).digest("hex");
}

/** [2, 3], counting from 1. */
export const matrix = () => tensor(Float32Array.of(1, 2, 3, 4, 5, 6), { shape: [2, 3] });

export const integers = () => tensor(Int32Array.of(5, 6));

/** A network with every kind of state, in training, with gradients. */
export function network() {
  const model = new nn.Sequential(new nn.Linear(3, 4), new nn.BatchNorm1d(4), new nn.Dropout(0.5), new nn.Linear(4, 1));
  model(ones([2, 3]))
    .sum()
    .backward();
  return model;
}

export const linear = () => new nn.Linear(3, 2);

/** A model and an input of ones for it. */
export const withInput = <M>(make: () => M, shape: number[], options = {}) => {
  return () => ({ model: make(), x: ones(shape, options) });
};

/** Parameters of [2] and [3] with gradients, and an Adam that has made a step. */
export function stepped() {
  const list = [new nn.Parameter(ones([2])), new nn.Parameter(ones([3]))];
  for (const param of list) param.grad = ones(param.shape);
  const optimizer = new optim.Adam(list, { lr: 0.1 });
  optimizer.step();
  return { list, optimizer };
}
