import { isPlainObject, warnOnce } from "../../core/index.ts";
import { Callable, className, edits } from "./callable.ts";
import { traverseModules, traverseParameters } from "./moduleTree.ts";
import { Parameter } from "./parameter.ts";

/**
 * Warns of called modules and of parameters that a module keeps in a plain list, object, Map or
 * Set: no traversal finds them, so they are silently neither trained nor saved. Members that are
 * also held elsewhere in the module are exempt.
 */
export function warnOfStrays(module: Callable): void {
  for (const [name, value] of Object.entries(module)) {
    const found = valuesIn(value).filter(isLearned);
    if (found.length === 0) continue;
    const held = new Set<unknown>(
      [...traverseModules(module), ...traverseParameters(module)].map(([, member]) => member),
    );
    const strays = found.filter((member) => !held.has(member));
    if (strays.length === 0) continue;
    warnOnce(module, `stray ${name}`, () => {
      const what = `${strays.length === 1 ? "" : `${strays.length} members, the first `}a ${className(strays[0])}`;
      const instead = strays[0] instanceof Parameter ? "make each a field of its own" : cureFor(value);
      return (
        `${className(module)}.${name} holds ${what} in ${kindOf(value)}: parameters() and stateDict() do not find what stands ` +
        `there, so it is neither trained nor saved; ${instead}`
      );
    });
  }
}

/** The contents of a plain container, two levels deep; empty for any other value. */
function valuesIn(value: unknown, depth = 2): unknown[] {
  if (depth === 0 || typeof value !== "object" || value === null) return [];
  if (!Array.isArray(value) && !isPlainObject(value) && !(value instanceof Map) && !(value instanceof Set)) return [];
  const values = value instanceof Map || value instanceof Set ? [...value.values()] : Object.values(value);
  return values.flatMap((item) => [item, ...valuesIn(item, depth - 1)]);
}

/** Parameters, and modules with parameters that have been called. */
function isLearned(member: unknown): member is object {
  if (member instanceof Parameter) return member.requiresGrad;
  return member instanceof Callable && member[edits].calls > 0 && traverseParameters(member).length > 0;
}

const kindOf = (value: unknown) =>
  Array.isArray(value)
    ? "a plain list"
    : value instanceof Map || value instanceof Set
      ? `a ${className(value)}`
      : "a plain object";

const cureFor = (value: unknown) =>
  Array.isArray(value) || value instanceof Set ? "use new nn.ModuleList([...])" : "use new nn.ModuleDict({ ... })";
