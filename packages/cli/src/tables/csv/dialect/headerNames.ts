import type { ReadNote } from "../../readError.ts";

/** The names of columns, which stand in one line or in several above each other. */
export function namesIn(file: string, lines: readonly (readonly string[])[], notes: ReadNote[]): string[] {
  const last = lines.at(-1) ?? [];
  const filled = lines.map((cells, i) => (i === lines.length - 1 ? cells.map((cell) => cell.trim()) : spread(cells)));
  const names = last.map((_, column) => {
    const parts = filled.map((cells) => cells[column] ?? "").filter((part) => part !== "");
    return [...new Set(parts)].join(" ");
  });
  return uniqueNames(file, names, notes);
}

/** A name above others stands over the first of them only. */
function spread(cells: readonly string[]): string[] {
  let name = "";
  return cells.map((cell) => {
    name = cell.trim() || name;
    return name;
  });
}

/** What stands twice is told apart as DuckDB does, with _1. */
function uniqueNames(file: string, header: readonly string[], notes: ReadNote[]): string[] {
  const taken = new Set(header);
  const used = new Set<string>();
  /** The next number to try: thousands of columns may have one name. */
  const next = new Map<string, number>();
  return header.map((cell, i) => {
    const wanted = cell || `column${i}`;
    let name = wanted;
    let k = next.get(wanted) ?? 1;
    for (; used.has(name) || (name !== wanted && taken.has(name)); k++) name = `${wanted}_${k}`;
    next.set(wanted, k);
    used.add(name);
    if (name !== wanted) {
      const message = `${file}: column ${i + 1} is called "${wanted}" like another; it is called "${name}" here`;
      notes.push({ severity: "warning", code: "duplicate-name", column: name, message });
    } else if (cell === "") {
      const message = `${file}: column ${i + 1} has no name; it is called "${name}" here`;
      notes.push({ severity: "note", code: "no-name", column: name, message });
    }
    return name;
  });
}
