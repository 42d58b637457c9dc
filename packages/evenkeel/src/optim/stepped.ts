const stepped = /* @__PURE__ */ new WeakSet<object>();

/** Records that an optimizer has made a step, or that a compiled step with one was traced. */
export function noteStep(optimizer: object): void {
  stepped.add(optimizer);
}

export function hasStepped(optimizer: object): boolean {
  return stepped.has(optimizer);
}
