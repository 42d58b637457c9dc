import { guard } from "../../core/index.ts";
/** The method that a call of the object runs. */
export const invoke: unique symbol = Symbol("invoke");

/** The fields of an object, in order, which are searched for parameters and children. */
export const entries: unique symbol = Symbol("entries");

/**
 * Counts changes of a module that its fields do not show: hooks, members set by name, the list of a
 * container. Compiled steps guard the count. Also counts calls.
 */
export const edits: unique symbol = Symbol("edits");

/**
 * The base of Module: an object that can be called like a function. The constructor returns a
 * function whose prototype is the class, so fields, `instanceof`, private fields and `this` work as
 * in any class.
 */
export abstract class Callable {
  declare readonly [edits]: { count: number; calls: number };

  constructor() {
    // The error of structuredClone shows the text of the function: it names the alternative.
    const self = ((...inputs: unknown[]) => {
      "a module: nn.clone(module) copies it, module.stateDict() can be sent";
      return self[invoke](inputs);
    }) as unknown as this & {
      name?: string;
      length?: number;
    };
    Object.setPrototypeOf(self, new.target.prototype);
    // A function's own two properties would shadow fields and getters of those names.
    delete self.name;
    delete self.length;
    Object.defineProperty(self, edits, { value: { count: 0, calls: 0 } });
    // biome-ignore lint/correctness/noConstructorReturn: the point of the class
    return self;
  }

  abstract [invoke](inputs: unknown[]): unknown;

  /** The fields, in the order in which they were set. Containers add what they keep elsewhere. */
  [entries](): [string, unknown][] {
    guard(this[edits], ["count"]);
    return Object.entries(this);
  }
}

/** The name of the object's class, for printing and errors. */
export function className(object: object): string {
  return object.constructor?.name || "Module";
}

/** Whether a value is a class given in place of an instance: `ReLU` for `new ReLU()`. */
export function isModuleClass(value: unknown): value is { readonly name: string } {
  return typeof value === "function" && value.prototype instanceof Callable;
}
