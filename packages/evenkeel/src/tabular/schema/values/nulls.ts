import { plainNumber } from "./numberFormat.ts";

/** The texts that mean that there is no value. Nothing at all, "", always does. */
export const nullSpellings: readonly string[] = [
  ...["NA", "N/A", "n/a", "na", "#N/A", "#N/A N/A", "#NA", "<NA>", "NULL", "Null", "null", "None", "none"],
  ...["?", "-", ".", "NaN", "nan", "NAN", "-NaN", "-nan", "1.#QNAN", "-1.#QNAN", "1.#IND", "-1.#IND"],
];

/** Those that are a category among categories: no damage, no dessert. */
export const noneWords: readonly string[] = ["None", "none"];

/** The texts that mean that there is no value, and the numbers among them, such as -999. */
export interface Nulls {
  readonly texts: ReadonlySet<string>;
  readonly numbers: ReadonlySet<number>;
}

const made = new WeakMap<readonly string[], Nulls>();

/** Spellings, prepared for comparisons; `missing` are those of a table's schema. */
export function nullsOf(missing: readonly string[] = nullSpellings): Nulls {
  let nulls = made.get(missing);
  if (nulls === undefined) {
    const texts = missing.map((text) => text.trim());
    // Digits with a leading zero are a code.
    const numbers = texts.filter((text) => plainNumber.test(text) && !/^[+-]?0\d/.test(text)).map(Number);
    nulls = { texts: new Set(["", ...texts]), numbers: new Set(numbers) };
    made.set(missing, nulls);
  }
  return nulls;
}

/** Whether a text means that there is no value, spaces around it aside. */
export function isNull(text: string, { texts }: Nulls): boolean {
  return texts.has(text) || texts.has(text.trim());
}
