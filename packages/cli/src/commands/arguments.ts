import { InvalidArgumentError } from "@commander-js/extra-typings";

/** Parsers of option values; what they refuse, commander reports with the option's name. */

export function wholeNumber(lowest: number, highest = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^-?\d+$/.test(text) && value >= lowest && value <= highest) return value;
    const range = highest === Number.MAX_SAFE_INTEGER ? `of at least ${lowest}` : `from ${lowest} to ${highest}`;
    throw new InvalidArgumentError(`Expected a whole number ${range}.`);
  };
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("Expected a number above 0, such as 0.001 or 1e-3.");
}

/** A share from 0 up to, but not including, 1. */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value < 1) return value;
  throw new InvalidArgumentError("Expected a share from 0 up to 1, such as 0.2.");
}

/** "a,b" or the option given several times; a comma in a name is written \, */
export function names(text: string, before: string[] | undefined): string[] {
  const given = text.split(/(?<!\\),/).map((name) => name.trim().replaceAll("\\,", ","));
  if (given.some((name) => name === "")) throw new InvalidArgumentError("Expected names separated by commas.");
  return [...(before ?? []), ...given];
}

/** "64,32"; "none" for no hidden layer. */
export function widths(text: string): number[] {
  if (text === "none") return [];
  return text.split(",").map((part) => wholeNumber(1, 65_536)(part.trim()));
}

/** "name=value", the option given several times or separated by commas. */
export function pairs(text: string, before: Record<string, string> | undefined): Record<string, string> {
  const given = names(text, undefined).map((pair): [string, string] => {
    const at = pair.lastIndexOf("=");
    if (at < 1 || at === pair.length - 1) {
      throw new InvalidArgumentError(`Expected NAME=VALUE, got "${pair}".`);
    }
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return { ...before, ...Object.fromEntries(given) };
}
