/** Who holds whom, noted where modules are walked: by `parameters()`, `train()`, `stateDict()`. Weak: nothing is kept alive. */
const holders = new WeakMap<object, WeakRef<object>[]>();

/** Notes that `holder` has `member` among its fields. */
export function noteHolder(member: object, holder: object): void {
  const known = holders.get(member);
  if (known === undefined) holders.set(member, [new WeakRef(holder)]);
  else if (!known.some((reference) => reference.deref() === holder)) {
    const alive = known.filter((reference) => reference.deref() !== undefined);
    holders.set(member, [...alive, new WeakRef(holder)]);
  }
}

/** The objects that hold a parameter, a buffer or a module, as far as that has been noted. */
export function holdersOf(member: object): object[] {
  return (holders.get(member) ?? []).flatMap((reference) => reference.deref() ?? []);
}
