import { expect, it } from "vitest";
import { refuseMisspellings } from "../core/index.ts";
import { Tensor, tensor } from "./index.ts";

const descriptors: Record<string, PropertyDescriptor> = {
  ...Object.getOwnPropertyDescriptors(Object.getPrototypeOf(Tensor.prototype)),
  ...Object.getOwnPropertyDescriptors(Tensor.prototype),
};
const names = Object.keys(descriptors);

it("every member in camelCase refuses its name in snake_case, and says what to write", () => {
  const camel = names.filter((name) => /^[a-z]+([A-Z][a-z]+)+_?$/.test(name));
  expect(camel.length).toBeGreaterThan(25);
  for (const name of camel) {
    const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    expect(() => Reflect.get(tensor([1]), snake), snake).toThrow(new TypeError(`x.${snake} is x.${name} here`));
  }
});

it("what a message says to write is there", () => {
  const wrong = names.filter(
    (name) => descriptors[name].get !== undefined && descriptors[name].get === descriptors[name].set,
  );
  expect(wrong.length).toBeGreaterThanOrEqual(50);
  for (const name of wrong) {
    let message = "";
    try {
      Reflect.get(tensor([1]), name);
    } catch (error) {
      message = (error as Error).message;
    }
    const first = /is x\.(\w+)/.exec(message)?.[1] as string;
    expect(first in tensor([1]), message).toBe(true);
  }
});

it("no right name is among the wrong ones, and nothing shows them", () => {
  const x = tensor([1]);
  for (const name of ["add_", "T", "toJSON", "to_json", "t_o_j_s_o_n", "constructor", "then", "length"]) {
    expect(() => Reflect.get(x, name), name).not.toThrow();
  }
  const seen: string[] = [];
  for (const name in x) seen.push(name);
  expect(seen.filter((name) => name.includes("_"))).toEqual([]);
  expect(() => ({ ...x })).not.toThrow();
  expect(() => structuredClone(JSON.parse(JSON.stringify(x)))).not.toThrow();
});

it("a class keeps what it has under such a name", () => {
  class Own {
    indexSelect() {}
    index_select() {
      return 1;
    }
  }
  refuseMisspellings(Own.prototype, "own", { others: { clip: "own.clamp" } });
  expect(new Own().index_select()).toBe(1);
  expect(() => Reflect.get(new Own(), "clip")).toThrow(TypeError);
});
