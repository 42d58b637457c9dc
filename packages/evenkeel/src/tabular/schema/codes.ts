import { noneWords } from "./values/nulls.ts";

/** Texts that look like numbers or like missing values, and are names. */

const digits = /^[+-]?\d+$/;
const leadingZero = /^[+-]?0\d/;
/** The digits of 2^53. */
const longest = 16;

/**
 * The first text that shows a column of whole numbers to be codes: one with leading zeros, such as
 * 02116, or one beyond 2^53, which no double holds. Undefined if there is none, or a number that is
 * not whole stands beside it, or most of the texts are none.
 */
export function codeAmong(texts: Iterable<string>): string | undefined {
  let [code, whole, others] = [undefined as string | undefined, 0, 0];
  for (const text of texts) {
    const trimmed = text.trim();
    if (!digits.test(trimmed)) {
      if (/^[+-]?\d*[.,]\d/.test(trimmed)) return undefined;
      others++;
      continue;
    }
    whole++;
    if (code === undefined && (leadingZero.test(trimmed) || isBeyondDoubles(trimmed))) code = trimmed;
  }
  return others > whole ? undefined : code;
}

function isBeyondDoubles(text: string): boolean {
  return text.length >= longest && !Number.isSafeInteger(Number(text));
}

/** Spellings of a missing value that are names as well: NA is Namibia. */
const letters = /^[A-Z]{2,3}$/;

/**
 * The spellings among `missing` that are values of a column: those that look like all others, short
 * codes of capitals in the same number; and "None", which is a category, unless it was said to be
 * missing.
 * @param texts what the column holds, without spaces around it
 * @param asked spellings that were said to be missing
 */
export function valuesAmong(
  texts: readonly string[],
  missing: ReadonlySet<string>,
  asked: ReadonlySet<string>,
): string[] {
  const found = texts.filter((text) => text !== "" && missing.has(text) && !asked.has(text));
  const others = texts.filter((text) => !missing.has(text));
  return found.filter((text) => {
    if (noneWords.includes(text)) return true;
    const isLike = (other: string) => other.length === text.length && letters.test(other);
    return letters.test(text) && others.length > 0 && others.every(isLike);
  });
}
