import { nullSpellings } from "evenkeel/tabular";

const spellings: ReadonlySet<string> = new Set(nullSpellings);

/**
 * Whether a text is one of the usual spellings of a missing value: some may stand among numbers
 * that are too many to keep their texts.
 */
export function isNullSpelling(text: string): boolean {
  return spellings.has(text.trim());
}
