import { refuse } from "./problem.ts";

/**
 * A stand-in for a class of PyTorch that this library lacks: constructing, calling or extending it
 * throws an error that names the alternative, rather than "is not a constructor". Its type is
 * `never`, so TypeScript refuses such a use too.
 */
export function notHere(name: string, instead: string): never {
  function fail(): never {
    throw refuse("not-here", "", `${name} is not here: ${instead}`);
  }
  return fail as never;
}

/** The same for a namespace, which throws as soon as a member is read. */
export function notHereNamespace(name: string, instead: string): never {
  const get = (_: object, key: string | symbol) => {
    if (typeof key === "symbol") return undefined;
    throw refuse("not-here", "", `${name}.${key}: ${name} is not here`, instead);
  };
  return new Proxy({}, { get }) as never;
}
