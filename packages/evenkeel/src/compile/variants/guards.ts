import { describe, holdersOf, isPlainObject } from "../../core/index.ts";
import { tensorChanges } from "../../tensor/changes.ts";
import { Tensor } from "../../tensor/index.ts";

/**
 * A field that a program relies on: of a module, an optimizer, a parameter group, a list or a plain
 * object.
 */
interface Setting {
  readonly object: Readonly<Record<string, unknown>>;
  readonly key: string;
  readonly value: unknown;
}

/** An element of a list, which an engine reads faster by its index than by the key of a setting. */
interface Item {
  readonly list: readonly unknown[];
  readonly index: number;
  readonly value: unknown;
}

/**
 * A count of changes, of which every module has one. Read by name, unlike settings, because the
 * objects that hold it are alike.
 */
interface Counter {
  readonly object: { readonly count?: unknown };
  readonly value: unknown;
}

interface Held {
  readonly tensor: Tensor;
  readonly storage: unknown;
  readonly requiresGrad: boolean;
  /** Its hooks while the step was traced. */
  readonly hooks: readonly unknown[];
}

/** A list or plain object in a field, as it was when the step was traced. */
interface Contents {
  readonly object: object;
  readonly keys: readonly string[];
  /** The field it was found in, as `cfg` or `cfg.sizes`. */
  readonly path: string;
  readonly owner: object;
}

/**
 * At most this many values of lists and plain objects in fields are watched; the checks of whole
 * traces cover the rest.
 */
const mostContents = 1000;

/**
 * The assumptions of a program: the settings of modules and optimizers that the step used, and the
 * memory of the tensors it refers to. If one has changed, the step is traced again.
 */
export class Guards {
  /** All of them. {@link holds} checks the three lists that follow, which divide them. */
  readonly #settings: Setting[] = [];
  readonly #fields: Setting[] = [];
  readonly #items: Item[] = [];
  readonly #counters: Counter[] = [];
  readonly #contents: Contents[] = [];
  readonly #tensors: Held[] = [];
  /** Objects, with the keys that are watched; null stands for all. */
  readonly #watched = new Map<object, Set<string> | null>();
  readonly #held = new Set<Tensor>();
  /** How many values of lists and plain objects are watched. */
  #inContents = 0;
  /** The count of `tensorChanges` when the tensors were last looked at. */
  #changes = -1;

  #keep(setting: Setting): void {
    this.#settings.push(setting);
    const { object, key, value } = setting;
    if (Array.isArray(object) && isIndex(key)) this.#items.push({ list: object, index: Number(key), value });
    else if (key === "count") this.#counters.push({ object, value });
    else this.#fields.push(setting);
  }

  /** See `guard` in core/apply.ts. */
  add(target: object, keys?: readonly string[]): void {
    const known = this.#watched.get(target);
    if (known === null) return;
    if (keys !== undefined) this.#watch(target, keys, known ?? new Set());
    else this.#addWhole(target, known);
  }

  #watch(target: object, keys: readonly string[], known: Set<string>): void {
    this.#watched.set(target, known);
    const object = target as Record<string, unknown>;
    for (const key of keys) {
      if (known.has(key)) continue;
      known.add(key);
      this.#keep({ object, key, value: object[key] });
    }
  }

  #addWhole(target: object, known: Set<string> | undefined): void {
    this.#watched.set(target, null);
    const object = target as Record<string, unknown>;
    for (const key of Object.keys(target)) {
      const value = object[key];
      if (!known?.has(key)) this.#keep({ object, key, value });
      this.#look(value, key, target);
    }
    // `forward` belongs to the class, unless the user has set it on the instance.
    if ("forward" in target && !Object.hasOwn(target, "forward")) {
      this.#keep({ object, key: "forward", value: object.forward });
    }
  }

  /**
   * Adds the direct and indirect holders of a tensor: code may use their fields without calling
   * them.
   */
  addHolders(of: object): void {
    const seen = new Set(holdersOf(of));
    // Iteration over a set includes items that are added during it.
    for (const holder of seen) {
      this.add(holder);
      for (const next of holdersOf(holder)) seen.add(next);
    }
  }

  /** Lists and plain objects are watched with their contents. */
  #look(value: unknown, path: string, owner: object): void {
    if (!isPlainContainer(value) || this.#watched.has(value)) return;
    const object = value as Record<string, unknown>;
    const keys = Object.keys(object);
    if (this.#inContents + keys.length > mostContents) return;
    this.#inContents += keys.length;
    this.#watched.set(value, null);
    this.#contents.push({ object, keys, path, owner });
    for (const key of keys) {
      this.#keep({ object, key, value: object[key] });
      this.#look(object[key], `${path}.${key}`, owner);
    }
  }

  /** Watches the memory of a tensor, which changes if its module is converted to another dtype. */
  hold(tensor: Tensor): void {
    if (this.#held.has(tensor)) return;
    this.#held.add(tensor);
    const { storage, requiresGrad, leafHooks } = tensor;
    this.#tensors.push({ tensor, storage, requiresGrad, hooks: [...leafHooks] });
    this.addHolders(tensor);
  }

  /** Whether all assumptions hold: checked before every run. */
  get holds(): boolean {
    // By index: before an engine has optimized this, iterators take twice as long.
    const [counters, items, fields, contents] = [this.#counters, this.#items, this.#fields, this.#contents];
    for (let i = 0; i < counters.length; i++) {
      if (!Object.is(counters[i].object.count, counters[i].value)) return false;
    }
    for (let i = 0; i < items.length; i++) {
      const { list, index, value } = items[i];
      if (!Object.is(list[index], value)) return false;
    }
    for (let i = 0; i < fields.length; i++) {
      const { object, key, value } = fields[i];
      if (!Object.is(object[key], value)) return false;
    }
    for (let i = 0; i < contents.length; i++) if (!hasKeys(contents[i].object, contents[i].keys)) return false;
    if (this.#changes !== tensorChanges.count) {
      for (const held of this.#tensors) if (!isAsHeld(held)) return false;
      this.#changes = tensorChanges.count;
    }
    return true;
  }

  /** The first change, in words; undefined if there is none. */
  get broken(): string | undefined {
    for (const { object, key, value } of this.#settings) {
      if (Object.is(object[key], value)) continue;
      return `${this.#nameOf(object, key)} was ${show(value)} and is ${show(object[key])}`;
    }
    for (const { tensor, storage, requiresGrad, hooks } of this.#tensors) {
      const name = `a tensor of shape [${tensor.shape}]`;
      if (tensor.storage !== storage) return `${name} has other memory`;
      if (tensor.requiresGrad !== requiresGrad) return `requiresGrad of ${name} is ${tensor.requiresGrad} now`;
      if (!isHooked(tensor, hooks)) return `${name} has other hooks`;
    }
    for (const { object, keys, path, owner } of this.#contents) {
      if (!hasKeys(object, keys))
        return `${path} of ${nameOf(owner)} has ${Object.keys(object).length} entries, not ${keys.length}`;
    }
    return undefined;
  }

  /**
   * The fields that hold a tensor of the trace, which has no value outside of it; each with a
   * function that restores the old value.
   */
  leaks(isTraced: (value: unknown) => boolean): { readonly field: string; readonly restore: () => void }[] {
    const containers = new Set(this.#contents.map(({ object }) => object));
    const leaks: { readonly field: string; readonly restore: () => void }[] = [];
    for (const target of this.#watched.keys()) {
      const object = target as Record<string, unknown>;
      for (const key of Object.keys(object)) {
        const value = object[key];
        if (isTraced(value) || (isPlainContainer(value) && !containers.has(value) && containsTraced(value, isTraced))) {
          leaks.push({ field: this.#nameOf(target, key), restore: () => this.#restore(target, key) });
        }
      }
    }
    return leaks;
  }

  /** Gives a field the value that it had when it was first watched; removes one that was not there. */
  #restore(target: object, key: string): void {
    const object = target as Record<string, unknown>;
    const setting = this.#settings.findLast((one) => one.object === target && one.key === key);
    if (setting !== undefined) object[key] = setting.value;
    else if (Array.isArray(object)) object.length = Math.min(object.length, Number(key));
    else delete object[key];
  }

  #nameOf(object: object, key: string): string {
    const contents = this.#contents.find((one) => one.object === object);
    if (contents === undefined) return `the field "${key}" of ${nameOf(object)}`;
    return `"${contents.path}${Array.isArray(object) ? `[${key}]` : `.${key}`}" of ${nameOf(contents.owner)}`;
  }
}

const isIndex = (key: string): boolean => String(Number(key)) === key && Number(key) >= 0;

function nameOf(object: object): string {
  if (Array.isArray(object)) return "a list";
  return object.constructor?.name || "an object";
}

function isAsHeld({ tensor, storage, requiresGrad, hooks }: Held): boolean {
  return tensor.storage === storage && tensor.requiresGrad === requiresGrad && isHooked(tensor, hooks);
}

const isHooked = ({ leafHooks }: Tensor, hooks: readonly unknown[]) =>
  leafHooks.length === hooks.length && hooks.every((hook, i) => leafHooks[i] === hook);

function hasKeys(object: object, keys: readonly string[]): boolean {
  if (Array.isArray(object)) return object.length === keys.length;
  let count = 0;
  for (const key in object) if (Object.hasOwn(object, key)) count++;
  return count === keys.length;
}

function isPlainContainer(value: unknown): value is object {
  return Array.isArray(value) || isPlainObject(value);
}

function containsTraced(container: object, isTraced: (value: unknown) => boolean, depth = 3): boolean {
  return Object.values(container).some(
    (value) => isTraced(value) || (depth > 0 && isPlainContainer(value) && containsTraced(value, isTraced, depth - 1)),
  );
}

function show(value: unknown): string {
  if (value instanceof Tensor) return `a tensor of shape [${value.shape}]`;
  if (typeof value === "function") return "another function";
  return describe(value);
}
