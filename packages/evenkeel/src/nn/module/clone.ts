import { refuse, refuseGiven, wrongState } from "../../core/index.ts";
import { noGrad, Tensor } from "../../tensor/index.ts";
import { isUninitialized, uninitializedLike } from "../lazy/uninitialized.ts";
import { Callable, className, entries } from "./callable.ts";
import { ModuleDict, ModuleList, Sequential } from "./containers.ts";
import { takeHooks } from "./hooks.ts";
import { type AnyModule, Module } from "./module.ts";
import { Buffer, Parameter } from "./parameter.ts";

/**
 * A deep copy of a module: parameters with their gradients, buffers, plain fields, submodules. A
 * layer or a parameter that is shared within the module is shared within the copy; the copy shares
 * nothing with the module. Modes and requiresGrad are kept; hooks are registered with the copy too,
 * as `copy.deepcopy` does. The constructors do not run.
 *
 * @throws TypeError if it is no module
 * @throws Error for private fields (`#`) of a class of your own, a computed tensor, and other
 *   uncopyable values; it names the field
 */
export function clone<M extends AnyModule>(module: M): M {
  if (!(module instanceof Module)) throw refuseGiven("wrong-type", "", "clone takes a module", module);
  return new Cloner().copy(module, className(module)) as M;
}

/**
 * Constructors that may run without arguments, for the private fields that they make; the most
 * derived that fits.
 */
const bases = [Sequential, ModuleList, ModuleDict, Module] as const;

class Cloner {
  /** The copies so far, so that shared objects are copied once. */
  readonly #copies = new Map<object, unknown>();

  copy(value: unknown, path: string): unknown {
    const isObject = (typeof value === "object" || typeof value === "function") && value !== null;
    if (!isObject) return value;
    const known = this.#copies.get(value);
    if (known !== undefined) return known;
    if (value instanceof Module) return this.#module(value, path);
    if (value instanceof Tensor) return this.#kept(value, this.#tensor(value, path));
    // Functions and classes are code, which copies share.
    if (typeof value === "function") return value;
    if (ArrayBuffer.isView(value) || value instanceof Date) return this.#kept(value, structuredClone(value));
    if (Array.isArray(value)) return this.#fill(value, [], path);
    if (value instanceof Map) return this.#map(value, path);
    if (value instanceof Set) return this.#set(value, path);
    const prototype: object | null = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return this.#fill(value, Object.create(prototype), path);
    throw wrongState(
      "clone",
      `${path} is an instance of ${className(value)}, of which no copy can be made`,
      "build a new module and load the state of this one: copy.loadStateDict(module.stateDict())",
    );
  }

  #module(module: AnyModule, path: string): unknown {
    const type = module.constructor as new () => AnyModule;
    const base = bases.find((candidate) => module instanceof candidate) as (typeof bases)[number];
    refusePrivateFields(type, base, path);
    const copy = this.#kept(module, Reflect.construct(base, [], type) as AnyModule);
    for (const name of Object.keys(copy)) Reflect.deleteProperty(copy, name);
    const fields = new Set(Object.keys(module));
    for (const [name, value] of Callable.prototype[entries].call(module)) {
      define(copy, name, this.copy(value, `${path}.${name}`));
    }
    // The contents of a container, which are not fields.
    for (const [name, value] of module[entries]()) {
      if (!fields.has(name)) copy.addModule(name, this.copy(value, `${path}.${name}`) as AnyModule);
    }
    copy[takeHooks](module);
    return copy;
  }

  #tensor(tensor: Tensor, path: string): Tensor {
    if (tensor.gradFn !== null) {
      throw refuse(
        "not-supported",
        "clone",
        `${path} is a tensor that was computed from others, whose history cannot be copied`,
        "detach() it, or set it to null",
      );
    }
    if (isUninitialized(tensor)) return uninitializedLike(tensor);
    const data = noGrad(() => tensor.clone());
    const copy = likeIt(tensor, data);
    if (tensor.grad !== null) copy.grad = this.copy(tensor.grad.detach(), `${path}.grad`) as Tensor;
    return copy;
  }

  #fill(from: object, to: object, path: string): object {
    this.#kept(from, to);
    for (const [name, value] of Object.entries(from)) define(to, name, this.copy(value, `${path}.${name}`));
    return to;
  }

  #map(from: ReadonlyMap<unknown, unknown>, path: string): unknown {
    const to = this.#kept(from, new Map());
    for (const [key, value] of from) to.set(this.copy(key, path), this.copy(value, `${path}.get(${String(key)})`));
    return to;
  }

  #set(from: ReadonlySet<unknown>, path: string): unknown {
    const to = this.#kept(from, new Set());
    for (const value of from) to.add(this.copy(value, path));
    return to;
  }

  #kept<T>(original: object, copy: T): T {
    this.#copies.set(original, copy);
    return copy;
  }
}

function likeIt(tensor: Tensor, data: Tensor): Tensor {
  if (tensor instanceof Parameter) return new Parameter(data, { requiresGrad: tensor.requiresGrad });
  if (tensor instanceof Buffer) {
    return new Buffer(data, { persistent: tensor.persistent, keepDtype: tensor.keepDtype });
  }
  return data.requiresGrad_(tensor.requiresGrad);
}

/** Also for a name that the prototype has a setter for. */
function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

/**
 * Private fields are out of reach, and a copy without them breaks where it is used: refused, by the
 * text of the class.
 */
function refusePrivateFields(type: object, base: object, path: string): void {
  for (let at = type; at !== base; at = Object.getPrototypeOf(at) as object) {
    const text = Function.prototype.toString.call(at);
    // A field is declared at the start of a line or behind a semicolon or brace, unlike a colour in
    // a string.
    const found =
      /(?:^|[;{}])\s*(?:(?:static|get|set|async)\s+)?(#[\p{ID_Start}$_][\p{ID_Continue}$]*)\s*(?:=|;|\(|$)/mu.exec(
        text,
      );
    const hidden = found?.[1] ?? (/__privateAdd\(|__classPrivateField/.test(text) ? "private fields" : undefined);
    if (hidden === undefined) continue;
    throw wrongState(
      "clone",
      `${path} has ${hidden}, which nobody but its class can copy`,
      "make it a field without #, or build a new module and load the state of this one: " +
        "copy.loadStateDict(module.stateDict())",
    );
  }
}
