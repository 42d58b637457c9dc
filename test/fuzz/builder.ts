import { noGrad, Tensor } from "evenkeel";
import type { Row } from "./catalogue/row.ts";
import type { Statement } from "./composition.ts";
import { evaluate } from "./evaluate.ts";
import type { Random } from "./random.ts";

/** A value that later statements may use. */
export interface Named {
  readonly name: string;
  readonly tensor: Tensor;
}

const mostElements = 600;
const largestNumber = 60;

/**
 * A step in the making. Every statement is run as it is added, eagerly and on real numbers: shapes
 * need no rules of their own here, and what would throw or leave the range where float32 says
 * something is never added.
 */
export class Builder {
  readonly random: Random;
  readonly noGrad: boolean;
  readonly members: Statement[] = [];
  readonly inputs: Statement[] = [];
  readonly body: Statement[] = [];
  readonly batch: number;
  readonly #values = new Map<string, unknown>();
  /** Floats, the last one made last. */
  readonly floats: Named[] = [];
  #count = 0;

  constructor(random: Random, batch: number, noGradients: boolean) {
    this.random = random;
    this.batch = batch;
    this.noGrad = noGradients;
  }

  value(name: string): unknown {
    return this.#values.get(name);
  }

  /** Adds an argument; its code may say N. */
  input(code: string): string | undefined {
    return this.#outside("x", code, this.inputs);
  }

  /** Adds a layer or a tensor outside the step. */
  member(kind: "p" | "l", code: string): string | undefined {
    return this.#outside(kind, code, this.members);
  }

  #outside(kind: string, code: string, list: Statement[]): string | undefined {
    const name = `${kind}${list.filter((other) => other.name?.startsWith(kind)).length}`;
    const value = this.attempt(code.replace(/\bN\b/g, String(this.batch)));
    if (value === undefined) return undefined;
    list.push({ name, code });
    this.#values.set(name, value);
    if (value instanceof Tensor && value.isFloatingPoint) this.floats.push({ name, tensor: value });
    return name;
  }

  /** Takes back a member that turned out to fit nothing. */
  dropMember(name: string): void {
    this.members.splice(
      this.members.findIndex((member) => member.name === name),
      1,
    );
    const at = this.floats.findIndex((float) => float.name === name);
    if (at >= 0) this.floats.splice(at, 1);
  }

  /** A float to work on: half of the time the one made last. */
  pick(): Named {
    const { floats, random } = this;
    return random.chance(0.55) ? floats[floats.length - 1] : random.pick(floats);
  }

  /** Adds what a row makes of operands; false if it does not fit them. */
  row(row: Row, a: Named = this.pick(), b: Named = this.random.pick(this.floats)): boolean {
    const code = typeof row === "string" ? row : row(a.tensor, this.random, b.tensor);
    return this.add(code, a, b) !== undefined;
  }

  /** Adds `const v = code`, with A and B replaced; gives the new value if it is there. */
  add(code: string, a: Named, b: Named = a): Named | undefined {
    const value = this.attempt(code, { A: a.tensor, B: b.tensor });
    if (!(value instanceof Tensor) || !isSound(value)) return undefined;
    const name = `v${this.#count++}`;
    this.body.push({ name, code: substitute(code, a, b) });
    this.#values.set(name, value);
    const made = { name, tensor: value };
    if (value.isFloatingPoint) this.floats.push(made);
    return made;
  }

  /** Adds a statement for its effect; false if it throws. */
  effect({ code, in64 }: Statement, a: Named, b: Named = a): boolean {
    if (this.attempt(`(${code}, true)`, { A: a.tensor, B: b.tensor }) === undefined) return false;
    this.body.push({ code: substitute(code, a, b), ...(in64 && { in64: substitute(in64, a, b) }) });
    return true;
  }

  /** The value of code over the names there are, or undefined if it throws. */
  attempt(code: string, operands: Readonly<Record<string, unknown>> = {}): unknown {
    const used = [...new Set(code.match(/\b[xplv]\d+\b/g) ?? [])].map((name) => [name, this.#values.get(name)]);
    const values = { ...operands, ...Object.fromEntries(used) };
    try {
      return this.noGrad ? noGrad(() => evaluate(code, values)) : evaluate(code, values);
    } catch {
      return undefined;
    }
  }
}

function substitute(code: string, a: Named, b: Named): string {
  return code.replace(/\b[AB]\b/g, (letter) => (letter === "A" ? a.name : b.name));
}

/** Small, and numbers that rounding does not drown. */
function isSound(tensor: Tensor): boolean {
  const size = tensor.numel();
  if (size === 0 || size > mostElements || tensor.ndim > 4) return false;
  return !tensor.isFloatingPoint || tensor.data.every((value) => Math.abs(value) <= largestNumber);
}
