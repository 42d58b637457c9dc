import { guard } from "../../core/index.ts";
/** What a call of the object runs. */
export const invoke: unique symbol = Symbol("invoke");

/** The names an object holds, in order, and what stands behind each: where parameters and children are looked for. */
export const entries: unique symbol = Symbol("entries");

/**
 * Counts changes of what a module is made of that no field shows: hooks, members set by name, the list of a container.
 * Compiled steps look at the count. And counts calls.
 */
export const edits: unique symbol = Symbol("edits");

/**
 * What lies under a Module: an object that can be called like a function. The constructor returns a function whose
 * prototype is the class, so fields, `instanceof`, private fields and `this` work as in any class.
 */
export abstract class Callable {
  declare readonly [edits]: { count: number; calls: number };

  constructor() {
    // The text of a function is what the error of structuredClone shows: it says what to do.
    const self = ((...inputs: unknown[]) => {
      "a module: nn.clone(module) copies it, module.stateDict() can be sent";
      return self[invoke](inputs);
    }) as unknown as this & {
      name?: string;
      length?: number;
    };
    Object.setPrototypeOf(self, new.target.prototype);
    // A function's own two properties would stand in the way of fields and getters called like them.
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

/** Whether a class stands where one of its instances was meant: `ReLU` for `new ReLU()`. */
export function isModuleClass(value: unknown): value is { readonly name: string } {
  return typeof value === "function" && value.prototype instanceof Callable;
}
