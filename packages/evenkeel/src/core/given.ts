/** Data that survives JSON as it is. */
export type Plain = string | number | boolean | null | readonly (string | number | boolean | null)[];

/**
 * A given value as data: the value itself if it is plain, else its kind: "Tensor", "NaN", "the
 * class ReLU".
 */
export type Given = { readonly value: Plain } | { readonly kind: string };

/** Longer lists are named by their kind, to keep messages readable. */
const longestList = 8;

/**
 * A value for messages: a plain one as it is, with strings in quotes; anything else by its kind.
 */
export function describe(value: unknown): string {
  return formatGiven(givenOf(value));
}

/** A value as data: itself where it is plain and short, else a description of its kind. */
export function givenOf(value: unknown): Given {
  const list = Array.isArray(value) && value.length <= longestList;
  return (list ? value.every(isPlain) : isPlain(value)) ? { value: value as Plain } : { kind: kindOf(value) };
}

/** Whether a list can be shown as it is, even if it is not plain data: [1, NaN]. */
function isShort(list: readonly unknown[]): boolean {
  return list.length <= longestList && list.every((item) => item === null || !/object|function/.test(typeof item));
}

/** Texts may come from files, and be of any length. */
const longestText = 500;

function shortened(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}

const formatList = (list: readonly unknown[]) => `[${list.map(describe).join(", ")}]`;

function isPlain(value: unknown): boolean {
  // NaN and infinities are null in JSON.
  return typeof value === "string" || typeof value === "boolean" || value === null || Number.isFinite(value);
}

function kindOf(value: unknown): string {
  if (typeof value === "number" || value === undefined) return String(value);
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return isShort(value) ? formatList(value) : `a list of ${value.length}`;
  if (isPlainObject(value)) return "a plain object";
  // Modules are functions too, but have a class.
  if (typeof value !== "function" || value.constructor !== Function) return value?.constructor?.name || typeof value;
  const isClass = Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false;
  return `the ${isClass ? "class" : "function"} ${value.name}`.trimEnd();
}

/** Whether it is a record such as `{ a: 1 }` rather than an instance of a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * A given value as messages show it: strings in quotes, to distinguish "2" from 2; lists in
 * brackets.
 */
export function formatGiven(given: Given): string {
  if ("kind" in given) return given.kind;
  const { value } = given;
  if (Array.isArray(value)) return formatList(value);
  return typeof value === "string" ? JSON.stringify(shortened(value)) : String(value);
}

/** "1 row", "10,000 rows" */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** Whether objects and lists are nested more than this deep: what goes through them may overflow the stack. */
export function isDeeper(value: unknown, most: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return most === 0 || Object.values(value).some((part) => isDeeper(part, most - 1));
}
