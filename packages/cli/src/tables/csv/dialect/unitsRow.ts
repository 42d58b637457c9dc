import { isNullSpelling } from "../nullSpellings.ts";

/** Numbers in whatever notation begin with a digit, or with a sign or a point before one. */
export function isNumberLike(text: string): boolean {
  return /^\s*[+-]?[.,]?\d/.test(text);
}

const longestUnit = 20;

/**
 * The units that the first of these rows holds: texts above several columns of nothing but numbers,
 * and no number itself. Undefined if it is a row like the others.
 *
 * @param told whether it holds units, whatever it looks like
 */
export function unitsIn([first, ...others]: readonly (readonly string[])[], told: boolean): string[] | undefined {
  if (first === undefined) return undefined;
  const cells = first.map((cell) => cell.trim());
  if (told) return cells;
  if (others.length < 2 || cells.some((cell) => isNumberLike(cell) || cell.length > longestUnit)) return undefined;
  const units = cells.filter((cell, column) => {
    const below = others.map((row) => row[column] ?? "").filter((value) => value.trim() !== "");
    return !isNullSpelling(cell) && below.length >= 2 && below.every(isNumberLike);
  });
  return units.length >= 2 ? units : undefined;
}
