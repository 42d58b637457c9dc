/** Data that survives JSON as it is. */
export type Plain = string | number | boolean | null | readonly (string | number | boolean | null)[];

/** What was given, as data: the value itself where it is plain, else what it is: "Tensor", "NaN". */
export type Given = { readonly value: Plain } | { readonly kind: string };

/** Longer lists are named by their kind: a message is to be read. */
const longestList = 8;

/** What a value is: numbers, booleans and strings as they are, anything else by its kind. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" || typeof value === "boolean" || value === null || value === undefined)
    return String(value);
  return value.constructor?.name || typeof value;
}

export function givenOf(value: unknown): Given {
  const list = Array.isArray(value) && value.length <= longestList;
  return (list ? value.every(isPlain) : isPlain(value)) ? { value: value as Plain } : { kind: describe(value) };
}

function isPlain(value: unknown): boolean {
  // NaN and infinities are null in JSON.
  return typeof value === "string" || typeof value === "boolean" || value === null || Number.isFinite(value);
}

/** A given value as messages show it: strings in quotes, so that "2" is told from 2; lists in brackets. */
export function formatGiven(given: Given): string {
  if ("kind" in given) return given.kind;
  const { value } = given;
  return Array.isArray(value) ? `[${value.map(describe).join(", ")}]` : describe(value);
}
