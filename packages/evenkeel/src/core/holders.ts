/**
 * The holders of parameters and modules, recorded when `parameters()`, `train()` or `stateDict()`
 * traverses a module. Weak references: nothing is kept alive.
 */
const holders = new WeakMap<object, WeakRef<object>[]>();

/** Records that `holder` has `member` among its fields. */
export function noteHolder(member: object, holder: object): void {
  const known = holders.get(member);
  if (known === undefined) holders.set(member, [new WeakRef(holder)]);
  else if (!known.some((reference) => reference.deref() === holder)) {
    const alive = known.filter((reference) => reference.deref() !== undefined);
    holders.set(member, [...alive, new WeakRef(holder)]);
  }
}

/** The recorded holders of a parameter, a buffer or a module. */
export function holdersOf(member: object): object[] {
  return (holders.get(member) ?? []).flatMap((reference) => reference.deref() ?? []);
}
