import { guard, refuse, refuseGiven, wrongState } from "../../core/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { className, edits, entries } from "./callable.ts";
import { checkMember, checkModule, checkName } from "./members.ts";
import { type AnyModule, Module } from "./module.ts";

/**
 * Modules in a row, named by their positions unless names were given: what Sequential and
 * ModuleList share.
 */
abstract class ModuleRow<M extends AnyModule, In extends unknown[], Out> extends Module<In, Out> {
  #items: [string, M][] = [];

  override [entries](): [string, unknown][] {
    return [...super[entries](), ...this.#read()];
  }

  /** The list, guarded: a compiled step is traced again when the list has changed. */
  #read(): readonly [string, M][] {
    guard(this[edits], ["count"]);
    return this.#items;
  }

  /** How many modules there are. */
  override get length(): number {
    return this.#read().length;
  }

  [Symbol.iterator](): IterableIterator<M> {
    return this.#read()
      .map(([, module]) => module)
      [Symbol.iterator]();
  }

  /**
   * The module at a position; negative ones count from the end.
   * @throws RangeError if there is none
   */
  at(index: number): M {
    return this.#read()[this.#position(index)][1];
  }

  /**
   * Puts another module in the place of one. Throws as {@link at}, and TypeError if `module` is
   * none.
   */
  set(index: number, module: M): this {
    const position = this.#position(index);
    checkModule(this, String(index), module);
    this.#items[position][1] = module;
    this[edits].count++;
    return this;
  }

  /** Adds a module at the end, named by its position. Throws TypeError if it is none. */
  append(module: M): this {
    let number = this.length;
    while (this.#items.some(([name]) => name === String(number))) number++;
    this.addModule(String(number), module);
    return this;
  }

  /** Adds several modules at the end: all of them or, if one is no module, none. */
  extend(modules: Iterable<M>): this {
    const list = [...modules];
    for (const [i, module] of list.entries()) checkModule(this, String(this.length + i), module);
    for (const module of list) this.append(module);
    return this;
  }

  /**
   * Adds a module before the one at `index`; those behind it are renumbered.
   * @throws RangeError if `index` is not from -length to length
   * @throws Error if the modules have names of their own
   */
  insert(index: number, module: M): this {
    if (!Number.isInteger(index) || Math.abs(index) > this.length) {
      throw refuse(
        "wrong-value",
        className(this),
        `cannot insert at ${index}`,
        `with ${this.length} modules it takes ${-this.length} to ${this.length}`,
      );
    }
    checkModule(this, String(index), module);
    if (!this.#isNumbered()) {
      throw wrongState(
        className(this),
        "insert numbers the modules, but these have names",
        "build a new one with all of them",
      );
    }
    this.#items.splice(index, 0, ["", module]);
    this[edits].count++;
    this.#renumber();
    return this;
  }

  /** Takes the module at `index` (by default the last) out and returns it. Throws as {@link at}. */
  pop(index = -1): M {
    const numbered = this.#isNumbered();
    const [[, module]] = this.#items.splice(this.#position(index), 1);
    this[edits].count++;
    if (numbered) this.#renumber();
    return module;
  }

  /** Adds a module at the end under a name, or replaces the one that has it. */
  override addModule(name: string, module: AnyModule | null): void {
    checkMember(this, "module", name, module);
    checkModule(this, name, module);
    const present = this.#items.find(([other]) => other === name);
    if (present === undefined) this.#items.push([name, module as M]);
    else present[1] = module as M;
    this[edits].count++;
  }

  /** Names and modules from `start` to `end` (excluded), as `Array.slice` takes them. */
  protected range(start?: number, end?: number): [string, M][] {
    return this.#read().slice(start, end);
  }

  #position(index: number): number {
    const position = index < 0 ? index + this.length : index;
    if (Number.isInteger(index) && position >= 0 && position < this.length) return position;
    const range = this.length === 0 ? "it is empty" : `it takes ${-this.length} to ${this.length - 1}`;
    throw refuse("wrong-value", className(this), `there is no module at ${index}`, range);
  }

  #isNumbered(): boolean {
    return this.#items.every(([name]) => /^\d+$/.test(name));
  }

  #renumber(): void {
    this.#items = this.#items.map(([, module], i) => [String(i), module]);
  }
}

/**
 * Modules with names of their own: `{ hidden: ..., out: ... }`, or pairs, which also keep
 * number-like names in order.
 */
export type NamedModules<M extends AnyModule = Module> = Readonly<Record<string, M>> | Iterable<readonly [string, M]>;

/**
 * The module at a position, where both are known: the number is written out, and so were the
 * modules.
 */
type ElementAt<Modules extends readonly Module[], Index extends number> = number extends Modules["length"] | Index
  ? Modules[number]
  : `${Index}` extends keyof Modules
    ? Modules[`${Index}` & keyof Modules]
    : `${Index}` extends `-${infer Back}`
      ? FromEnd<Modules, Back>
      : Module;

/**
 * Types have no subtraction: the last ones are passed one by one. Before the first there may be
 * modules added later.
 */
type FromEnd<
  Modules extends readonly Module[],
  Back extends string,
  Passed extends 0[] = [0],
> = Modules extends readonly [...infer Others extends Module[], infer Last]
  ? `${Passed["length"]}` extends Back
    ? Last
    : FromEnd<Others, Back, [...Passed, 0]>
  : Module;

/**
 * Runs modules one after another, each on the output of the one before. Takes the modules as
 * arguments, or one object or list of pairs with their names. Modules given as arguments keep their
 * types, as the elements of a tuple do: `net.at(0).weight`; modules added later are not in the
 * type. The plain type `Sequential` is that of any modules.
 * https://pytorch.org/docs/stable/generated/torch.nn.Sequential.html
 *
 * @throws TypeError if something given is no module
 */
export class Sequential<Modules extends readonly Module[] = readonly Module[]> extends ModuleRow<
  Module,
  [Tensor],
  Tensor
> {
  constructor();
  constructor(...modules: Modules);
  constructor(modules: NamedModules);
  constructor(...given: readonly Module[] | readonly [NamedModules]) {
    super();
    if (given.length === 1 && typeof given[0] !== "function") {
      for (const [name, module] of pairsOf(this, given[0])) this.addModule(name, module);
    } else {
      this.extend(given as readonly Module[]);
    }
  }

  override at<Index extends number>(index: Index): ElementAt<Modules, Index> {
    return super.at(index) as ElementAt<Modules, Index>;
  }

  override set<Index extends number>(index: Index, module: ElementAt<Modules, Index>): this {
    return super.set(index, module);
  }

  override [Symbol.iterator](): IterableIterator<Modules[number]> {
    return super[Symbol.iterator]();
  }

  override forward(input: Tensor): Tensor {
    let x = input;
    for (const module of this as Iterable<Module>) x = module(x);
    return x;
  }

  /**
   * A new Sequential of the same modules, with the names they have here, from `start` to `end`
   * (excluded).
   */
  slice(start?: number, end?: number): Sequential {
    return new Sequential(this.range(start, end));
  }
}

/**
 * A list of modules whose parameters are found, as those of a plain array are not. It is not called
 * itself. https://pytorch.org/docs/stable/generated/torch.nn.ModuleList.html
 *
 * @throws TypeError if something given is no module
 */
export class ModuleList<M extends AnyModule = Module> extends ModuleRow<M, never, never> {
  constructor(modules: Iterable<M> = []) {
    super();
    this.extend(modules);
  }

  override forward(): never {
    throw notCallable(this, "call its modules: for (const module of list) x = module(x)");
  }

  /** A new list of the same modules from `start` to `end` (excluded). */
  slice(start?: number, end?: number): ModuleList<M> {
    return new ModuleList(this.range(start, end).map(([, module]) => module));
  }
}

/**
 * Modules by name, in the order in which they were added; any name without a dot will do. It is not
 * called itself. https://pytorch.org/docs/stable/generated/torch.nn.ModuleDict.html
 *
 * @throws TypeError if something given is no module
 */
export class ModuleDict<M extends AnyModule = Module> extends Module<never, never> {
  readonly #items = new Map<string, M>();

  constructor(modules: NamedModules<M> = {}) {
    super();
    this.update(modules);
  }

  override [entries](): [string, unknown][] {
    return [...super[entries](), ...this.#read()];
  }

  /** The modules, guarded: a compiled step is traced again when they have changed. */
  #read(): ReadonlyMap<string, M> {
    guard(this[edits], ["count"]);
    return this.#items;
  }

  /** How many modules there are. */
  override get length(): number {
    return this.#read().size;
  }

  /**
   * The module of a name.
   * @throws RangeError if there is none
   */
  get(name: string): M {
    const module = this.#read().get(name);
    if (module !== undefined) return module;
    throw refuse(
      "wrong-value",
      className(this),
      `there is no module "${name}"`,
      `it has ${this.keys().join(", ") || "none"}`,
    );
  }

  has(name: string): boolean {
    return this.#read().has(name);
  }

  /** Adds a module, or replaces the one of that name. */
  set(name: string, module: M): this {
    this.addModule(name, module);
    return this;
  }

  /** Takes a module out and returns it. Throws as {@link get}. */
  pop(name: string): M {
    const module = this.get(name);
    this.#items.delete(name);
    this[edits].count++;
    return module;
  }

  clear(): void {
    this.#items.clear();
    this[edits].count++;
  }

  /** Adds or replaces several modules: all of them or, if one does not fit, none. */
  update(modules: NamedModules<M> | ModuleDict<M>): this {
    const pairs = modules instanceof ModuleDict ? modules.items() : pairsOf(this, modules);
    for (const [name, module] of pairs) this.#check(name, module);
    for (const [name, module] of pairs) this.#items.set(name, module);
    this[edits].count++;
    return this;
  }

  keys(): string[] {
    return [...this.#read().keys()];
  }

  values(): M[] {
    return [...this.#read().values()];
  }

  items(): [string, M][] {
    return [...this.#read()];
  }

  override addModule(name: string, module: AnyModule | null): void {
    this.#check(name, module);
    this.#items.set(name, module as M);
    this[edits].count++;
  }

  override forward(): never {
    throw notCallable(this, 'call one of its modules: dict.get("name")(x)');
  }

  #check(name: string, module: unknown): void {
    checkName(this, "module", name);
    checkModule(this, name, module);
  }
}

function pairsOf<M extends AnyModule>(owner: AnyModule, modules: NamedModules<M>): (readonly [string, M])[] {
  if (typeof modules !== "object" || modules === null) {
    throw refuseGiven("wrong-type", "", `${className(owner)} takes modules`, modules);
  }
  const iterable = Symbol.iterator in modules;
  const pairs = iterable ? [...(modules as Iterable<readonly [string, M]>)] : Object.entries(modules);
  for (const [i, pair] of pairs.entries()) {
    if (Array.isArray(pair) && pair.length === 2) continue;
    throw refuseGiven(
      "wrong-type",
      className(owner),
      `element ${i} must be a pair [name, module]`,
      pair,
      "spread a list of modules: new Sequential(...modules)",
    );
  }
  return pairs;
}

function notCallable(module: AnyModule, cure: string): Error {
  return refuse("not-supported", "", `${className(module)} has no forward: it only holds modules`, cure);
}
