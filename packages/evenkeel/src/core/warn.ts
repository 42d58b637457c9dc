const warned = new WeakMap<object, Set<string>>();

/**
 * Tells the developer of something that works, but hardly as meant, by console.warn: once for each
 * `about` (a module, a compiled function) and `kind`.
 */
export function warnOnce(about: object, kind: string, text: () => string): void {
  const kinds = warned.get(about) ?? new Set();
  if (kinds.has(kind)) return;
  warned.set(about, kinds.add(kind));
  console.warn(`evenkeel: ${text()}`);
}
