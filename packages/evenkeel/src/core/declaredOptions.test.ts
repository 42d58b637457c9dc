import { expect, it } from "vitest";
import { flag, numberAtLeast, wholeNumber } from "./checks.ts";
import { defaultsOf, type GivenOptions, optional, required, resolveOptions } from "./declaredOptions.ts";
import { problemOf } from "./problem.ts";

const declared = {
  size: required(wholeNumber(1)),
  rate: optional(numberAtLeast(0), 0.5),
  quiet: optional(flag(), false),
  seed: optional(wholeNumber()),
};

const resolve = (given: GivenOptions<typeof declared>) => resolveOptions("f", given, declared);

function caught(given: object): unknown {
  try {
    resolve(given as GivenOptions<typeof declared>);
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

it("completes the given options by the constant defaults", () => {
  expect(resolve({ size: 2 })).toEqual({ size: 2, rate: 0.5, quiet: false });
  expect(resolve({ size: 2, rate: 0, quiet: undefined, seed: -1 })).toEqual({
    size: 2,
    rate: 0,
    quiet: false,
    seed: -1,
  });
  expect(defaultsOf(declared)).toEqual({ rate: 0.5, quiet: false });
});

it("types what is given and what comes of it", () => {
  // @ts-expect-error: size is required
  expect(() => resolve({})).toThrow();
  // @ts-expect-error: of another kind
  expect(() => resolve({ size: 1, quiet: 1 })).toThrow();
  // @ts-expect-error: a default of another kind
  optional(flag(), 1);
  const { rate, seed } = resolve({ size: 2 });
  const sum: number = rate + (seed ?? 1);
  expect(sum).toBe(1.5);
});

it.each<[string, object, string]>([
  ["a missing one", {}, "f: size is undefined, expected a whole number of at least 1"],
  ["an unknown one", { size: 1, sise: 2 }, 'f: unknown option "sise", expected size, rate, quiet, seed'],
  ["a name of every object", { size: 1, constructor: 2 }, 'f: unknown option "constructor"'],
  ["another kind", { size: 1, rate: "1" }, 'f: rate is "1", expected a finite number of at least 0'],
  ["a wrong value", { size: 0 }, "f: size is 0, expected a whole number of at least 1"],
  ["null, which is no undefined", { size: 1, seed: null }, "f: seed is null, expected a whole number"],
])("refuses %s", (_, given, message) => {
  expect(String(caught(given))).toContain(message);
});

it("says which option it is, as data", () => {
  expect(problemOf(caught({ size: 1, rate: -1 }))?.where).toEqual({ caller: "f", option: "rate" });
});
