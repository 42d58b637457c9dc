/** A list with one item moved to another place; the same list if the place is none of it. */
export function reordered<T>(list: readonly T[], from: number, to: number): readonly T[] {
  if (from === to || from < 0 || to < 0 || from >= list.length || to >= list.length) return list;
  const others = list.filter((_, i) => i !== from);
  return [...others.slice(0, to), list[from], ...others.slice(to)];
}

/** What is said aloud of an item that was moved: its place and its neighbours. */
export function placeInWords(names: readonly string[], at: number): string {
  const place = `${names[at]} is now ${at + 1} of ${names.length}`;
  if (at === 0) return `${place}, before ${names[1]}.`;
  return `${place}, after ${names[at - 1]}.`;
}

/** How far an arrow key moves an item. */
export function stepOfKey(key: string): -1 | 0 | 1 {
  if (key === "ArrowUp" || key === "ArrowLeft") return -1;
  return key === "ArrowDown" || key === "ArrowRight" ? 1 : 0;
}
