import { distance } from "fastest-levenshtein";

/** The known name that a misspelt one most likely meant, if any is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  const near = known
    .map((candidate) => ({ candidate, far: farness(wanted, candidate.toLowerCase()) }))
    .filter(({ candidate, far }) => far <= Math.max(1, Math.min(wanted.length, candidate.length) / 3))
    .sort((a, b) => a.far - b.far);
  return near[0]?.candidate;
}

/** Letters to insert, delete or replace; letters in another order are one mistake. */
function farness(a: string, b: string): number {
  const sorted = (text: string) => [...text].sort().join("");
  return Math.min(distance(a, b), sorted(a) === sorted(b) ? 1 : Number.POSITIVE_INFINITY);
}

/** "a, b, c and 4 more" */
export function listed(names: readonly string[], shown = 12): string {
  const rest = names.length - shown;
  return rest > 0 ? `${names.slice(0, shown).join(", ")} and ${rest} more` : names.join(", ");
}
