import type { Random } from "../../../fuzz/random.ts";
import { word } from "./text.ts";

type Path = readonly (string | number)[];

/** The places of the values of a document, of deep ones those near the top. */
function paths(value: unknown, at: Path = []): Path[] {
  if (typeof value !== "object" || value === null || at.length > 20) return [at];
  const below = Array.isArray(value) ? value.map((one, i) => [i, one] as const) : Object.entries(value);
  return [at, ...below.flatMap(([key, one]) => paths(one, [...at, key]))];
}

/** Text of JSON in the place of a value: not all of it is what JSON.stringify would write. */
function other(random: Random, depth = 0): string {
  const text = () => JSON.stringify(word(random));
  return random.weighted<() => string>([
    [4, text],
    [2, () => random.pick(["null", "true", "false", "0", "-0", "1", "-1", "0.5", "[]", "{}", '""', "[[]]", "[{}]"])],
    [
      2,
      () => random.pick(["1e999", "-1e999", "1e308", "1e-320", "2147483648", "4294967296", "9007199254740993", "1e15"]),
    ],
    [0.5, () => random.pick(["NaN", "Infinity", "01", "+1", ".5", "'a'", "undefined", "\\u0041", "tru", '"\\ud800"'])],
    [depth < 3 ? 1 : 0, () => `[${other(random, depth + 1)},${other(random, depth + 1)}]`],
    [depth < 3 ? 1 : 0, () => `{${text()}:${other(random, depth + 1)},"__proto__":${other(random, depth + 1)}}`],
    [0.3, () => `{"toString":null,"valueOf":null}`],
    [0.3, () => nested(random)],
  ])();
}

function nested(random: Random): string {
  const depth = random.pick([50, 600, 5000, 60_000]);
  return random.chance(0.5) ? "[".repeat(depth) + "]".repeat(depth) : `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
}

/** A text that no document has, for what JSON.stringify would not write. */
const raw = (i: number) => `@raw ${i}@`;

/** Changes a document of JSON at some places; the document as it is if it is no JSON. */
export function changeJson(text: string, random: Random): string {
  // What another change nested deep is left so.
  if (/[[{]{100}|(?:\{"a":){50}/.test(text)) return text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  const written: string[] = [];
  const put = (json: string) => raw(written.push(json) - 1);
  const keys: [string, string][] = [];
  for (let times = random.pick([1, 1, 1, 2, 4]); times > 0; times--) {
    const path = random.pick(paths(value));
    if (path.length === 0) {
      if (random.chance(0.2)) return other(random);
      continue;
    }
    const holder = path.slice(0, -1).reduce((part, key) => (part as Record<string, unknown>)[key], value) as Record<
      string,
      unknown
    >;
    const key = path[path.length - 1];
    random.weighted<() => void>([
      [6, () => Object.assign(holder, { [key]: put(other(random)) })],
      [2, () => (Array.isArray(holder) ? holder.splice(Number(key), 1) : delete holder[key])],
      [
        1,
        () => {
          const name = `@key ${keys.length}@`;
          keys.push([name, word(random)]);
          if (Array.isArray(holder)) holder.push(put(other(random)));
          else Object.assign(holder, { [name]: random.chance(0.5) ? holder[key] : put(other(random)) });
        },
      ],
      [
        1,
        () => {
          // The same key twice.
          const name = `@key ${keys.length}@`;
          keys.push([name, String(key)]);
          if (Array.isArray(holder)) holder.push(holder[Number(key)]);
          else Object.assign(holder, { [name]: random.chance(0.5) ? holder[key] : put(other(random)) });
        },
      ],
      [1, () => Object.assign(holder, { [key]: exchanged(value, random) })],
    ])();
  }
  let json = JSON.stringify(value) ?? "";
  for (const [name, key] of keys) json = json.replace(JSON.stringify(name), () => JSON.stringify(key));
  for (let i = written.length - 1; i >= 0; i--) json = json.replaceAll(JSON.stringify(raw(i)), () => written[i]);
  return json;
}

/** A copy of another part of the document. */
function exchanged(value: unknown, random: Random): unknown {
  const path = random.pick(paths(value));
  return structuredClone(path.reduce((part, key) => (part as Record<string, unknown>)[key], value));
}

/** Changes one document of those that stand line by line. */
export function changeLines(text: string, random: Random): string {
  const lines = text.split("\n");
  const at = random.int(0, Math.max(0, lines.length - 2));
  lines[at] = changeJson(lines[at], random);
  return lines.join("\n");
}
