const positions = new WeakMap<object, ReadonlyMap<string, number>>();

/** The item of a name; the positions are remembered, as a table may have thousands of columns. */
export function itemNamed<T extends { readonly name: string }>(items: readonly T[], name: string): T | undefined {
  const known = positions.get(items)?.get(name);
  // The list may have changed since.
  if (known !== undefined && items[known]?.name === name) return items[known];
  const found = items.findIndex((item) => item.name === name);
  if (found >= 0) positions.set(items, new Map(items.map((item, i) => [item.name, i])));
  return items[found];
}
