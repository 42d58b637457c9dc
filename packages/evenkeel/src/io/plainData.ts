import { describe, isPlainObject, mismatch, refuse, wrongType } from "../core/index.ts";

/** Deeper data is circular, or an attack. */
const maxDepth = 64;
/** The form of a number that JSON lacks: { "$number": "NaN" }. */
const tag = "$number";

/**
 * JSON of numbers, strings, booleans, null, arrays and plain objects, that also keeps NaN, the
 * infinities and -0. Fields that are undefined are left out.
 * @throws TypeError naming the place of anything else
 */
export function stringifyPlain(value: unknown, what: string): string {
  return JSON.stringify(encoded(value, what, 0));
}

function encoded(value: unknown, path: string, depth: number): unknown {
  if (typeof value === "number") {
    if (Number.isFinite(value) && !Object.is(value, -0)) return value;
    return { [tag]: Object.is(value, -0) ? "-0" : String(value) };
  }
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (depth === maxDepth)
    throw refuse("wrong-type", "", `${path} lies more than ${maxDepth} levels deep`, "does it contain itself?");
  if (Array.isArray(value)) return value.map((item, i) => encoded(item, `${path}[${i}]`, depth + 1));
  if (!isPlainObject(value)) throw wrongType("", path, value, "plain data: numbers, strings, lists");
  const kept = Object.entries(value).filter(([, item]) => item !== undefined);
  for (const [key] of kept) {
    if (key === tag || key === "__proto__")
      throw refuse("wrong-type", "", `${path} has the key "${key}", which cannot be saved`);
  }
  return Object.fromEntries(kept.map(([key, item]) => [key, encoded(item, `${path}.${key}`, depth + 1)]));
}

/** Parses the output of {@link stringifyPlain}. @throws RangeError for anything else */
export function parsePlain(text: string, what: string): unknown {
  checkDepth(text, what);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw refuse("damaged-file", "", `${what} is no valid JSON: ${(error as Error).message}`);
  }
  return decoded(parsed, what);
}

/** Checked before parsing, because parsers and recursive functions may run out of stack. */
function checkDepth(text: string, what: string): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (inString) {
      if (character === "\\") i++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "[" || character === "{") depth++;
    else if (character === "]" || character === "}") depth--;
    if (depth > maxDepth + 1) throw refuse("damaged-file", "", `${what} is nested more than ${maxDepth} levels deep`);
  }
}

const special: ReadonlyMap<unknown, number> = new Map(
  ["NaN", "Infinity", "-Infinity", "-0"].map((n) => [n, Number(n)]),
);

function decoded(value: unknown, path: string): unknown {
  if (Array.isArray(value)) return value.map((item, i) => decoded(item, `${path}[${i}]`));
  if (!isPlainObject(value)) return value;
  if (Object.hasOwn(value, "__proto__"))
    throw refuse("damaged-file", "", `${path} has the key "__proto__", which is not allowed`);
  if (Object.hasOwn(value, tag)) {
    const number = special.get(value[tag]);
    if (number === undefined)
      throw mismatch("damaged-file", "", `${path} has the ${tag} ${describe(value[tag])}`, "NaN or the like");
    return number;
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decoded(item, `${path}.${key}`)]));
}
