/** The known name nearest to a misspelt one, if at most a third of the letters are wrong. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  let best: { readonly name: string; readonly mistakes: number } | undefined;
  for (const candidate of known) {
    const allowed = Math.max(1, Math.min(name.length, candidate.length) / 3);
    if (Math.abs(candidate.length - name.length) > allowed) continue;
    const mistakes = countMistakes(wanted, candidate.toLowerCase());
    if (mistakes <= allowed && (best === undefined || mistakes < best.mistakes)) best = { name: candidate, mistakes };
  }
  return best?.name;
}

/** Letters to insert, delete or replace (Levenshtein); swapped letters are one mistake. */
function countMistakes(a: string, b: string): number {
  if (a === b) return 0;
  if (a.length > 200 || b.length > 200) return Number.POSITIVE_INFINITY;
  if (sorted(a) === sorted(b)) return 1;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}

const sorted = (text: string) => [...text].sort().join("");
