import { refuse } from "./problem.ts";

export interface Misspellings {
  /** Camel-case names besides the methods of the prototype: fields, which only instances have. */
  readonly fields?: readonly string[];
  /** Wrong names that are no snake case of a right one, and what each of them is: `"net.to"`, or `"not here: why"`. */
  readonly others?: Readonly<Record<string, string>>;
  /** Whether assigning makes a field of such a name, as classes that users derive may want: else it throws too. */
  readonly assignable?: boolean;
}

const done = /* @__PURE__ */ new WeakSet<object>();

/**
 * Makes PyTorch's spellings of a class throw a message that says what to write: the names of its members in snake case,
 * and others. Otherwise a call would end in "is not a function", and a test or an assignment would go unnoticed.
 * Constructors call it, not modules on import, so that a page that uses no instance ships nothing.
 *
 * @param subject what an instance is called in the messages
 */
export function refuseMisspellings(prototype: object, subject: string, options: Misspellings = {}): void {
  if (done.has(prototype)) return;
  done.add(prototype);
  const { fields = [], others = {}, assignable = false } = options;
  const wrong = new Map(Object.entries(others));
  for (const name of [...Object.getOwnPropertyNames(prototype), ...fields]) {
    // Camel case only: toJSON and T are nobody's snake case.
    if (!/[A-Z]/.test(name) || /[A-Z]{2}|^[A-Z]/.test(name)) continue;
    wrong.set(
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      `${subject}.${name}`,
    );
  }
  for (const [name, right] of wrong) {
    if (name in prototype) continue;
    const fail = (): never => {
      throw refuse("not-here", "", `${subject}.${name} is ${right}${right.startsWith("not here") ? "" : " here"}`);
    };
    const set = assignable ? fieldOf(name) : fail;
    Object.defineProperty(prototype, name, { get: fail, set, enumerable: false, configurable: true });
  }
}

/** A setter that does what an assignment does where there is none. */
function fieldOf(name: string) {
  return function set(this: object, value: unknown): void {
    Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
  };
}
