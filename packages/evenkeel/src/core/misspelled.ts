import { refuse } from "./problem.ts";

interface Misspellings {
  /**
   * Camel-case names besides the methods of the prototype: fields, which exist on instances only.
   */
  readonly fields?: readonly string[];
  /**
   * Wrong names that are not the snake case of a right one, and the replacement of each:
   * `"net.to"`, or `"not here: why"`.
   */
  readonly others?: Readonly<Record<string, string>>;
  /**
   * Whether assigning to such a name creates a field, for classes that users derive; if not, it
   * throws too.
   */
  readonly assignable?: boolean;
}

const done = /* @__PURE__ */ new WeakSet<object>();

/**
 * Makes PyTorch's spellings of a class, such as its members in snake case, throw an error that
 * names the replacement. Without this a call would end in "is not a function", and a test or an
 * assignment would go unnoticed. Constructors call it, rather than modules on import, so that a
 * bundle without instances does not include it.
 *
 * @param subject the name of an instance in messages
 */
export function refuseMisspellings(prototype: object, subject: string, options: Misspellings = {}): void {
  if (done.has(prototype)) return;
  done.add(prototype);
  const { fields = [], others = {}, assignable = false } = options;
  const wrong = new Map(Object.entries(others));
  for (const name of [...Object.getOwnPropertyNames(prototype), ...fields]) {
    // Camel case only: toJSON and T have no snake case.
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

/** A setter that behaves like an assignment without a setter. */
function fieldOf(name: string) {
  return function set(this: object, value: unknown): void {
    Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
  };
}
