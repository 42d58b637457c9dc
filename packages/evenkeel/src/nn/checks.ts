import { checkOptions, checkValue, wholeNumber, wrongType, wrongValue } from "../core/index.ts";
import { Tensor } from "../tensor/index.ts";

/**
 * Checks of arguments. Each message names the layer or function, what was given and what was
 * expected.
 */

export function requireTensor(owner: string, name: string, value: unknown): asserts value is Tensor {
  if (value instanceof Tensor) return;
  throw wrongType(owner, name, value, "a Tensor", "wrap arrays with tensor(...)");
}

/** A size of a layer. It is a positional argument, where newcomers give an object of options. */
export function checkPlacedSize(owner: string, name: string, value: unknown): void {
  const isObject = typeof value === "object" && value !== null;
  checkValue(owner, name, value, wholeNumber(1), isObject ? "it is given by its place, not by name" : undefined);
}

/** A dimension counts from the front, or from the end if negative; the call checks its range. */
export function checkDim(owner: string, dim: number, name = "dim"): void {
  if (!Number.isInteger(dim)) {
    throw wrongValue(owner, name, dim, "a whole number such as 1 or -1");
  }
}

/**
 * PyTorch's flag for writing into the input. It has no effect on results here: it is only stored
 * and printed.
 */
export interface InplaceOption {
  readonly inplace?: boolean | undefined;
}

/**
 * The settings of a layer whose first one may be positional: `new Dropout(0.2)`,
 * `new Dropout({ p: 0.2 })` and `new Dropout(0.2, { inplace: true })` are PyTorch's three ways to
 * write it.
 * @throws TypeError for an option that is not in `known`, or given twice
 */
export function leadingSetting<S extends object>(
  owner: string,
  known: readonly (keyof S & string)[],
  first: S[keyof S] | S | undefined,
  rest: Partial<S> = {},
): Partial<S> {
  const named = typeof first === "object" && first !== null && Object.keys(rest).length === 0;
  checkOptions(owner, named ? first : rest, named ? known : known.slice(1));
  return named ? (first as S) : ({ [known[0]]: first, ...rest } as Partial<S>);
}
