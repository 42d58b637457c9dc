import * as evenkeel from "evenkeel";
import { blockClass, imports } from "./source.ts";

/** What the code of compositions may name. */
export const scope: Readonly<Record<string, unknown>> = Object.fromEntries(
  imports.map((name) => [name, (evenkeel as unknown as Record<string, unknown>)[name]]),
);

/** A function of JavaScript's own, over the names of the scope and those given. */
export function functionOf(code: string, names: readonly string[]): (...values: unknown[]) => unknown {
  const free = imports.filter((name) => !names.includes(name));
  const made = new Function(...free, ...names, code);
  return (...values) => made(...free.map((name) => scope[name]), ...values);
}

const Block = functionOf(`${blockClass}\nreturn Block;`, [])();
const cache = new Map<string, (...values: unknown[]) => unknown>();

/** The value of an expression in float32, with operands A, B and what other names stand for. */
export function evaluate(code: string, values: Readonly<Record<string, unknown>>): unknown {
  const names = ["Block", ...Object.keys(values)];
  const key = `${names} ${code}`;
  let made = cache.get(key);
  if (made === undefined) {
    made = functionOf(`return (${code.replaceAll("@", "")});`, names);
    cache.set(key, made);
  }
  return made(Block, ...Object.values(values));
}
