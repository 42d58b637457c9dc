const words = new Map([
  ...["true", "t", "yes", "y", "on", "1"].map((word): [string, number] => [word, 1]),
  ...["false", "f", "no", "n", "off", "0"].map((word): [string, number] => [word, 0]),
]);

/** Longer than any truth word with spaces around it that is looked at. */
const longest = 20;

/**
 * 1 for true, t, yes, y, on and 1, 0 for false, f, no, n, off and 0, in any capitals; NaN for
 * anything else.
 */
export function parseTruth(text: string): number {
  if (text.length > longest) return Number.NaN;
  return words.get(text.trim().toLowerCase()) ?? Number.NaN;
}

/**
 * Whether texts are truth words and tell true from false by themselves: 0 and 1 alone are numbers,
 * and T and Y are two texts with one meaning.
 */
export function areTruthWords(texts: Iterable<string>): boolean {
  const seen = [new Set<string>(), new Set<string>()];
  let onlyDigits = true;
  for (const text of texts) {
    const value = parseTruth(text);
    if (Number.isNaN(value)) return false;
    const word = text.trim().toLowerCase();
    seen[value].add(word);
    onlyDigits &&= word === "0" || word === "1";
  }
  const [no, yes] = seen;
  return !onlyDigits && ((no.size > 0 && yes.size > 0) || no.size + yes.size === 1);
}
