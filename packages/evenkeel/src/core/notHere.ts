import { refuse } from "./problem.ts";

/**
 * Stands where PyTorch has a class: made, called or derived from, it throws a line that says what to do instead of ending in
 * "is not a constructor". Nothing is of the type `never`, so that TypeScript refuses such a use too.
 */
export function notHere(name: string, instead: string): never {
  function fail(): never {
    throw refuse("not-here", "", `${name} is not here: ${instead}`);
  }
  return fail as never;
}

/** The same for a namespace, which throws as soon as something is read from it. */
export function notHereNamespace(name: string, instead: string): never {
  const get = (_: object, key: string | symbol) => {
    if (typeof key === "symbol") return undefined;
    throw refuse("not-here", "", `${name}.${key}: ${name} is not here`, instead);
  };
  return new Proxy({}, { get }) as never;
}
