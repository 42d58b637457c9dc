import type { ClassesPicture } from "../training/frames.ts";

/** How many of the held-out pictures were taken for another, of which so many are drawn. */
export function wrongInWords({ counts }: Pick<ClassesPicture, "counts">, drawn: number): string {
  const all = counts.flat().reduce((sum, count) => sum + count, 0);
  const wrong = all - counts.reduce((sum, row, digit) => sum + row[digit], 0);
  if (wrong === 0) return `None of ${all} is wrong.`;
  const rest = drawn < wrong && drawn > 0 ? `; the ${drawn} worst` : "";
  return `${wrong} of ${all} ${wrong === 1 ? "is" : "are"} wrong${rest}:`;
}
