/**
 * PyTorch's spellings of what has another name here. Reading one throws a message that says what to write: otherwise a
 * call would end in "is not a function", and a test or an assignment would go unnoticed.
 */

/** What is not a method's own name with underscores in it. */
const others: Readonly<Record<string, string>> = {
  absolute: "x.abs",
  argwhere: "x.nonzero",
  clip: "x.clamp",
  clip_: "x.clamp_",
  divide: "x.div",
  element_size: "x.data.BYTES_PER_ELEMENT",
  floor_divide: "x.div(y).floor",
  grad_fn: "x.gradFn",
  greater: "x.gt",
  greater_equal: "x.ge",
  index_copy_: "x.set_",
  index_fill_: "x.set_",
  index_put_: "x.set_",
  less: "x.lt",
  less_equal: "x.le",
  multiply: "x.mul",
  ndimension: "x.dim",
  negative: "x.neg",
  not_equal: "x.ne",
  subtract: "x.sub",
  swapaxes: "x.transpose",
  take_along_dim: "x.gather",
  true_divide: "x.div",
};

/** Makes the wrong names of a class throw: those of its members in snake_case, and PyTorch's other ones. */
export function refuseMisspellings(prototype: object): void {
  const wrong = new Map(Object.entries(others));
  for (const name of Object.getOwnPropertyNames(prototype)) {
    // camelCase only: toJSON and T are nobody's snake_case.
    if (!/[A-Z]/.test(name) || /[A-Z]{2}|^[A-Z]/.test(name)) continue;
    wrong.set(
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      `x.${name}`,
    );
  }
  for (const [name, right] of wrong) {
    if (name in prototype) continue;
    const refuse = (): never => {
      throw new TypeError(`x.${name} is ${right} here`);
    };
    Object.defineProperty(prototype, name, { get: refuse, set: refuse, enumerable: false, configurable: true });
  }
}
