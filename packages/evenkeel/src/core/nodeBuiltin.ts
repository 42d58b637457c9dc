/** What of Node is needed; in browsers there is nothing of it. */
interface Host {
  readonly process?: {
    readonly arch?: string;
    readonly versions?: { readonly v8?: string };
    readonly getBuiltinModule?: (id: string) => unknown;
  };
}

/** The process, where there is one. Not imported: the library is loaded by browsers, too. */
export function hostProcess(): NonNullable<Host["process"]> {
  return (globalThis as Host).process ?? {};
}

/** A module of Node's own, such as "node:v8"; undefined in browsers, and in Node before 20.16. */
export function nodeBuiltin<T>(id: string): T | undefined {
  return hostProcess().getBuiltinModule?.(id) as T | undefined;
}
