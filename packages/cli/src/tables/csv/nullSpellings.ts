/**
 * Spellings of a missing value, of which some may stand among numbers that are too many to keep
 * their texts.
 */
const spellings: ReadonlySet<string> = new Set([
  ...["", "NA", "N/A", "n/a", "na", "#N/A", "#N/A N/A", "#NA", "<NA>", "NULL", "Null", "null", "None", "none"],
  ...["?", "-", "."],
  ...["NaN", "nan", "NAN", "-NaN", "-nan", "1.#QNAN", "-1.#QNAN", "1.#IND", "-1.#IND"],
]);

export function isNullSpelling(text: string): boolean {
  return spellings.has(text.trim());
}
