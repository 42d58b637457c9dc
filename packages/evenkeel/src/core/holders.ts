/** Who holds whom, noted where modules are walked: by `parameters()`, `train()`, `stateDict()`. Weak: nothing is kept alive. */
const holders = new WeakMap<object, WeakRef<object>>();

/** Notes that `holder` has `member` among its fields. One that has several holders is known by the last of them. */
export function noteHolder(member: object, holder: object): void {
  if (holders.get(member)?.deref() !== holder) holders.set(member, new WeakRef(holder));
}

/** The object that holds a parameter, a buffer or a module, as far as that has been noted. */
export function holderOf(member: object): object | undefined {
  return holders.get(member)?.deref();
}
