import { formatShape, refuse, refuseInStep, type Shape, sameShape, wrongState } from "../../core/index.ts";
import { defaultGenerator } from "../../random/index.ts";
import { noGrad, type Tensor } from "../../tensor/index.ts";
import { checkPlacedSize, requireTensor } from "../checks.ts";
import { className } from "../module/callable.ts";
import { ownBuffers, ownParameters } from "../module/members.ts";
import type { AnyModule, Module } from "../module/module.ts";
import { Buffer, Parameter } from "../module/parameter.ts";
import { isUninitialized, UninitializedBuffer, UninitializedParameter, unmaterialize } from "./uninitialized.ts";

/**
 * Lazy layers infer one size from their first input. Until then they are a subclass of the plain
 * layer whose members are uninitialized; then, as in PyTorch, the same object becomes the plain
 * layer. A plain layer with a lazy version creates its members with `newParameter` and `newBuffer`
 * and checks that size with `checkSize`; `lazy` creates the lazy class.
 * https://pytorch.org/docs/stable/generated/torch.nn.modules.lazy.LazyModuleMixin.html
 */

/** The member that only the prototype of a lazy class has. */
const learnsSizes: unique symbol = Symbol("learnsSizes");

/** Whether a layer under construction infers a size from its first input. */
export const isLazy = (layer: object): boolean => learnsSizes in layer;

/**
 * Checks a size of a plain layer; a lazy one has 0 there, as PyTorch prints it, until its first
 * input.
 */
export function checkSize(layer: object, name: string, size: number): void {
  if (!isLazy(layer)) checkPlacedSize(className(layer), name, size);
}

type Make = (shape: number[]) => Tensor;

export const newParameter = (layer: object, make: Make, shape: number[]): Parameter =>
  isLazy(layer) ? new UninitializedParameter() : new Parameter(make(shape));

export const newBuffer = (layer: object, make: Make, shape: number[]): Buffer =>
  isLazy(layer) ? new UninitializedBuffer() : new Buffer(make(shape));

/** A layer that can be made without knowing the first argument of its constructor. */
interface Resettable extends Module {
  resetParameters(): void;
}

/** How the size is inferred, and the shapes that depend on it. */
export interface Learning<L> {
  /** The field that holds it. */
  readonly field: keyof L & string;
  /** The size of the input; undefined if it has no such dimension. */
  readonly sizeOf: (input: Tensor, layer: L) => number | undefined;
  /** The shapes of the members, once the field is set; members that a layer lacks are ignored. */
  readonly shapes: (layer: L) => Readonly<Record<string, Shape>>;
}

/**
 * The lazy version of a layer: its constructor lacks the first argument, which `learning` infers. A
 * first call that the plain layer refuses changes nothing. `C` is the public constructor type,
 * which depends on the types of options.
 */
export function lazy<L extends Resettable, C>(
  Plain: new (size: number, ...rest: never[]) => L,
  name: string,
  learning: Learning<L>,
): C {
  // TypeScript cannot extend a generic class value.
  const Base = Plain as unknown as new (size: number, ...rest: unknown[]) => Resettable;
  class Lazy extends Base {
    /** The public name, in prints and errors. */
    static override readonly name: string = name;

    constructor(...rest: unknown[]) {
      refuseGenerator(name, rest);
      super(0, ...rest);
    }

    get [learnsSizes](): true {
      return true;
    }

    /** Does nothing before the first call, which initializes the members. */
    override resetParameters(): void {
      if (uninitializedOf(this).length === 0) super.resetParameters();
    }

    override forward(...inputs: [Tensor]): unknown {
      const undo = becomePlain(this as unknown as L, Plain.prototype as L, learning, inputs[0]);
      try {
        return this.forward(...inputs);
      } catch (error) {
        undo();
        throw error;
      }
    }
  }
  return Lazy as unknown as C;
}

/** The first call draws, when the options are no longer available. */
function refuseGenerator(name: string, given: readonly unknown[]): void {
  const options = given.at(-1);
  if (typeof options !== "object" || options === null || !("generator" in options)) return;
  throw refuse(
    "unknown-option",
    name,
    'there is no option "generator": its first call draws from the default one',
    "seed that with manualSeed(...)",
  );
}

const membersOf = (layer: AnyModule): [string, Tensor][] => [...ownParameters(layer), ...ownBuffers(layer)];

const uninitializedOf = (layer: AnyModule) => membersOf(layer).filter(([, member]) => isUninitialized(member));

/**
 * Sets the size, creates the members and turns the layer into the plain class. Returns a function
 * that reverts this.
 */
function becomePlain<L extends Resettable>(
  layer: L,
  plain: L,
  { field, sizeOf, shapes }: Learning<L>,
  input: Tensor,
): () => void {
  const name = className(layer);
  refuseInStep(`the first call of ${name}`, "call the network once before the step, with a batch of its own");
  requireTensor(name, "input", input);
  const size = sizeOf(input, layer);
  if (size === undefined || size === 0) {
    const found =
      size === 0 ? "of which the size that it is to learn is 0" : "which has too few dimensions to learn from";
    throw refuse("wrong-shape", name, `the first input has shape ${formatShape(input.shape)}, ${found}`);
  }
  const before = {
    size: layer[field],
    prototype: Object.getPrototypeOf(layer),
    generator: defaultGenerator.getState(),
  };
  const waiting = uninitializedOf(layer);
  const prototypes = waiting.map(([, member]) => Object.getPrototypeOf(member));
  const undo = () => {
    for (const [i, [, member]] of waiting.entries()) unmaterialize(member, prototypes[i]);
    setField(layer, field, before.size);
    Object.setPrototypeOf(layer, before.prototype);
    if (waiting.length > 0) defaultGenerator.setState(before.generator);
  };
  setField(layer, field, size);
  try {
    const wanted = shapes(layer);
    checkLoaded(layer, wanted, input);
    for (const [key, member] of waiting) if (isUninitialized(member)) member.materialize(wanted[key]);
    Object.setPrototypeOf(layer, plain);
    if (waiting.length > 0) noGrad(() => layer.resetParameters());
  } catch (error) {
    undo();
    throw error;
  }
  return undo;
}

function setField(layer: object, field: string, value: unknown): void {
  (layer as Record<string, unknown>)[field] = value;
}

/** Members loaded from a state dict are kept, if all are loaded and fit inputs of this size. */
function checkLoaded(layer: AnyModule, wanted: Readonly<Record<string, Shape>>, input: Tensor): void {
  const members = membersOf(layer).filter(([key]) => key in wanted);
  const there = members.filter(([, member]) => !isUninitialized(member));
  if (there.length === 0) return;
  const name = className(layer);
  if (there.length < members.length) {
    const missing = members.flatMap(([key, member]) => (isUninitialized(member) ? [key] : []));
    throw wrongState(
      name,
      `${there.map(([key]) => key).join(", ")} was loaded and ${missing.join(", ")} was not`,
      "load all, or none of them",
    );
  }
  for (const [key, member] of there) {
    if (sameShape(member.shape, wanted[key])) continue;
    throw refuse(
      "wrong-shape",
      name,
      `the first input has shape ${formatShape(input.shape)}, for which ${key} has shape ` +
        `${formatShape(wanted[key])}`,
      `one of shape ${formatShape(member.shape)} was loaded`,
    );
  }
}
