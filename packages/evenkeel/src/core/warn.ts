const given = /* @__PURE__ */ new Set<string>();

/** Warns on the console, once for each `key` as long as the process lives. */
export function warnOnce(key: string, text: string): void {
  if (given.has(key)) return;
  given.add(key);
  console.warn(text);
}
