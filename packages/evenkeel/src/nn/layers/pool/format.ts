/** A size as Python prints it: 2, (2, 3), (5,), None. */
export function formatSize(size: number | null | readonly (number | null)[]): string {
  if (size === null) return "None";
  if (typeof size === "number") return String(size);
  const items = size.map((n) => (n === null ? "None" : String(n)));
  return `(${items.join(", ")}${items.length === 1 ? "," : ""})`;
}

/** A list of the caller's may change. */
export const kept = <T>(size: T): T => (Array.isArray(size) ? ([...size] as T) : size);
