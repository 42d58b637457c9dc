import { checkOptions, noteHolder, refuse, wrongState } from "../../core/index.ts";
import { type Callable, className } from "./callable.ts";
import { ownBuffers, ownChildren, ownParameters } from "./members.ts";
import type { Buffer, Parameter } from "./parameter.ts";

export interface TraversalOptions {
  /** Put before every name, with a dot. */
  readonly prefix?: string | undefined;
  /** Whether a member with two holders is reported once, under its first name; true. */
  readonly removeDuplicate?: boolean | undefined;
}

export interface MemberOptions extends TraversalOptions {
  /** Whether the members of submodules are included; true. */
  readonly recurse?: boolean | undefined;
}

/** The path of a member called `name` of the module at `path`. */
export function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

/**
 * A module and all below it, each before its children, with their paths.
 *
 * @throws Error if duplicates are kept and a module contains itself
 */
export function traverseModules<M extends Callable>(root: M, options: TraversalOptions = {}): [string, M][] {
  checkOptions("namedModules", options, ["prefix", "removeDuplicate"]);
  const { prefix = "", removeDuplicate = true } = options;
  const found: [string, M][] = [];
  const seen = new Set<M>();
  const above = new Set<M>();
  const visit = (path: string, module: M): void => {
    if (removeDuplicate && seen.has(module)) return;
    if (above.has(module)) {
      throw wrongState(
        "",
        `the ${className(module)} at "${path}" contains itself: its state would be endless`,
        "remove that field",
      );
    }
    seen.add(module);
    above.add(module);
    found.push([path, module]);
    for (const [name, child] of ownChildren(module)) {
      noteHolder(child, module);
      visit(join(path, name), child);
    }
    above.delete(module);
  };
  visit(prefix, root);
  return found;
}

export function traverseParameters(root: Callable, options: MemberOptions = {}): [string, Parameter][] {
  return traverseMembers(root, ownParameters, options);
}

export function traverseBuffers(root: Callable, options: MemberOptions = {}): [string, Buffer][] {
  return traverseMembers(root, ownBuffers, options);
}

function traverseMembers<T>(
  root: Callable,
  own: (module: Callable) => [string, T][],
  options: MemberOptions,
): [string, T][] {
  checkOptions("parameters and buffers", options, ["recurse", "prefix", "removeDuplicate"]);
  const { prefix = "", recurse = true, removeDuplicate = true } = options;
  const modules: [string, Callable][] = recurse ? traverseModules(root, { prefix, removeDuplicate }) : [[prefix, root]];
  const found: [string, T][] = [];
  const seen = new Set<T>();
  for (const [path, module] of modules) {
    for (const [name, member] of own(module)) {
      if (removeDuplicate && seen.has(member)) continue;
      seen.add(member);
      noteHolder(member as object, module);
      found.push([join(path, name), member]);
    }
  }
  return found;
}

/** The children, each once. */
export function uniqueChildren<M extends Callable>(module: M): [string, M][] {
  const seen = new Set<M>();
  return ownChildren(module).filter(([, child]) => {
    noteHolder(child, module);
    return !seen.has(child) && seen.add(child);
  });
}

/**
 * The module at a path such as `"features.0"`; `""` is the root itself.
 *
 * @throws RangeError naming the first step that leads nowhere, and what there is instead
 */
export function findModule<M extends Callable>(root: M, target: string): M {
  let module = root;
  const steps = target === "" ? [] : target.split(".");
  for (const [i, step] of steps.entries()) {
    const child = ownChildren(module).find(([name]) => name === step);
    if (child === undefined) {
      throw notThere(module, "submodule", target, steps.slice(0, i).join("."), step, ownChildren(module));
    }
    module = child[1];
  }
  return module;
}

/** The parameter or buffer at a path such as `"layer1.weight"`. Throws as {@link findModule}. */
export function findMember<T>(
  root: Callable,
  target: string,
  kind: string,
  own: (module: Callable) => [string, T][],
): T {
  const dot = target.lastIndexOf(".");
  const path = target.slice(0, Math.max(dot, 0));
  const step = target.slice(dot + 1);
  const module = findModule(root, path);
  const member = own(module).find(([name]) => name === step);
  if (member === undefined) throw notThere(module, kind, target, path, step, own(module));
  return member[1];
}

function notThere(
  module: Callable,
  kind: string,
  target: string,
  path: string,
  step: string,
  present: [string, unknown][],
): Error {
  const where = path === "" ? className(module) : `${className(module)} at "${path}"`;
  const names = present.length === 0 ? "it has none" : `it has ${present.map(([name]) => `"${name}"`).join(", ")}`;
  return refuse("wrong-value", "", `there is no ${kind} "${target}": ${where} has no ${kind} "${step}"`, names);
}
