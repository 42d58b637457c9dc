import { refuseGiven, wrongState } from "../../core/index.ts";
import { Tensor } from "../../tensor/index.ts";
import { Callable, className, entries, isModuleClass } from "./callable.ts";
import { Buffer, Parameter } from "./parameter.ts";

/** The parameters that a module holds itself, by name. */
export function ownParameters(module: Callable): [string, Parameter][] {
  return module[entries]().filter((entry): entry is [string, Parameter] => entry[1] instanceof Parameter);
}

/** The buffers that a module holds itself, by name. */
export function ownBuffers(module: Callable): [string, Buffer][] {
  return module[entries]().filter((entry): entry is [string, Buffer] => entry[1] instanceof Buffer);
}

/** The modules that a module holds itself, by name; one held under two names comes twice. */
export function ownChildren<M extends Callable>(module: M): [string, M][] {
  return module[entries]().filter((entry): entry is [string, M] => entry[1] instanceof Callable);
}

const kinds = { parameter: Parameter, buffer: Buffer, module: Callable } as const;
type Kind = keyof typeof kinds;

/**
 * Checks that `value` may become the member `name` of `module`: a name without a dot, that nothing
 * but a member of the same kind (or nothing at all) has yet.
 *
 * @throws TypeError if the name is no string or the value of another kind
 * @throws RangeError if the name is empty or has a dot in it
 * @throws Error if the name is taken
 */
export function checkMember(module: Callable, kind: Kind, name: string, value: unknown): void {
  checkName(module, kind, name);
  if (value !== null && !(value instanceof kinds[kind])) throw wrongKind(module, kind, name, value);
  const present = (module as unknown as Record<string, unknown>)[name];
  // The value of __proto__ may be a module too, but writing it changes the class.
  const isFree = name !== "__proto__" && (present === undefined || present === null || present instanceof kinds[kind]);
  if (isFree) return;
  throw wrongState(
    "",
    `${className(module)} has a member "${name}" that is no ${kind}`,
    `choose another name for the ${kind}`,
  );
}

/**
 * The part of {@link checkMember} that holds for containers too, whose names clash with nothing.
 */
export function checkName(module: Callable, kind: Kind, name: string): void {
  if (typeof name !== "string") {
    throw refuseGiven("wrong-type", className(module), `the name of a ${kind} must be a string`, name);
  }
  if (name === "" || name.includes(".")) {
    throw refuseGiven(
      "wrong-value",
      className(module),
      `the name of a ${kind} must be at least one character long and have no dot in it`,
      name,
      "dots separate the names along a path",
    );
  }
}

/** Checks that `value` is a module, for containers. */
export function checkModule(module: Callable, name: string, value: unknown): void {
  if (!(value instanceof Callable)) throw wrongKind(module, "module", name, value);
}

function wrongKind(module: Callable, kind: Kind, name: string, value: unknown): Error {
  let cure: string | undefined;
  if (kind === "module" && isModuleClass(value)) cure = `make one: new ${value.name}(...)`;
  if (kind === "parameter" && value instanceof Tensor) cure = "make one: new Parameter(tensor)";
  return refuseGiven("wrong-type", className(module), `"${name}" must be a ${kind}`, value, cure);
}
