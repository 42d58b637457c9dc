import { hourOf, midnightOf, months, yearOf, zoneOf } from "./dates.ts";

interface Directive {
  /** The texts that it stands for, as a regular expression. */
  readonly text: string;
  readonly part: Part;
}

/** What a directive of a pattern such as "%d.%m.%Y" stands for, as in C's strptime. */
const directives: Readonly<Record<string, Directive>> = {
  Y: { text: "\\d{4}", part: "year" },
  y: { text: "\\d\\d", part: "year" },
  m: { text: "\\d{1,2}", part: "month" },
  b: { text: "[a-z]{3,9}\\.?", part: "monthName" },
  B: { text: "[a-z]{3,9}\\.?", part: "monthName" },
  d: { text: "\\d{1,2}", part: "day" },
  e: { text: " ?\\d{1,2}", part: "day" },
  H: { text: "\\d{1,2}", part: "hour" },
  I: { text: "\\d{1,2}", part: "hour" },
  p: { text: "[ap]\\.?m\\.?", part: "half" },
  M: { text: "\\d{1,2}", part: "minute" },
  S: { text: "\\d{1,2}", part: "second" },
  f: { text: "\\d{1,9}", part: "fraction" },
  z: { text: "Z|[+-]\\d\\d(?::?\\d\\d)?", part: "zone" },
};

/** The letters that may follow a percent sign, for messages. */
export const directiveLetters = Object.keys(directives).map((letter) => `%${letter}`);

type Part = "year" | "month" | "monthName" | "day" | "hour" | "half" | "minute" | "second" | "fraction" | "zone";

/**
 * Reads dates of a pattern as milliseconds since 1970-01-01 UTC, NaN for what does not fit. What
 * the pattern leaves out is the first: of "%Y" the first of January. Undefined if it is no pattern,
 * names a part twice or no year.
 */
export function patternParser(pattern: string): ((text: string) => number) | undefined {
  const tokens = pattern.match(/%.?|[^%]+/gs) ?? [];
  const found = tokens.map((token) => directiveOf(token));
  const isUnknown = tokens.some((token, i) => token[0] === "%" && token !== "%%" && found[i] === undefined);
  const parts = found.flatMap((directive) => directive?.part ?? []);
  if (isUnknown || new Set(parts).size !== parts.length || !parts.includes("year")) return undefined;
  const isNumber = (directive: Directive | undefined) => directive?.text.startsWith("\\d") ?? false;
  const sources = tokens.map((token, i) => {
    const directive = found[i];
    if (directive === undefined) return token === "%%" ? "%" : literal(token);
    // Where one number follows another, both have all their digits: "%Y%m%d".
    const isTight = isNumber(found[i - 1]) || isNumber(found[i + 1]);
    return `(${isTight && directive.text === "\\d{1,2}" ? "\\d\\d" : directive.text})`;
  });
  const shape = new RegExp(`^${sources.join("")}$`, "i");
  return (text) => {
    const match = shape.exec(text.trim());
    return match === null ? Number.NaN : timeOf(new Map(parts.map((part, i) => [part, match[i + 1]])));
  };
}

function directiveOf(token: string): Directive | undefined {
  const letter = token.slice(1);
  return token[0] === "%" && Object.hasOwn(directives, letter) ? directives[letter] : undefined;
}

function literal(token: string): string {
  return token.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&").replace(/\s+/g, "\\s+");
}

function timeOf(parts: ReadonlyMap<Part, string>): number {
  const number = (part: Part, otherwise: number) => Number(parts.get(part) ?? otherwise);
  const name = parts.get("monthName")?.toLowerCase().replace(".", "");
  const month = name === undefined ? number("month", 1) : (months.get(name) ?? 0);
  const hour = hourOf(number("hour", 0), parts.get("half")?.[0].toLowerCase());
  const [minute, second] = [number("minute", 0), number("second", 0)];
  if (hour === undefined || minute > 59 || second > 60) return Number.NaN;
  const day = midnightOf(yearOf(parts.get("year")!), month, number("day", 1));
  const milliseconds = Number((parts.get("fraction") ?? "").padEnd(3, "0").slice(0, 3));
  return day + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds - zoneOf(parts.get("zone")?.toUpperCase());
}
