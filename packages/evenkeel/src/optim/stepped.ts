const stepped = /* @__PURE__ */ new WeakSet<object>();

/** Notes that an optimizer has made a step, or that a compiled one was traced that makes them. */
export function noteStep(optimizer: object): void {
  stepped.add(optimizer);
}

export function hasStepped(optimizer: object): boolean {
  return stepped.has(optimizer);
}
