import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limits } from "./fields.ts";
import { readLink, writeLink } from "./link.ts";
import { builtinTables, defaultSetup, heads, inputScales, optimizers, parts, type Setup } from "./setup.ts";

const between = ({ least, most }: { least: number; most: number }) =>
  fc.double({ min: least, max: most, noNaN: true }).map((value) => (value === 0 ? 0 : value));
const setups: fc.Arbitrary<Setup> = fc.record({
  table: fc.constantFrom(...builtinTables, "own" as const),
  target: fc.string(),
  seed: fc.integer({ min: limits.seed.least, max: limits.seed.most }),
  hidden: fc.array(fc.integer({ min: 1, max: limits.width.most }), { maxLength: limits.layers.most }),
  order: fc.shuffledSubarray([...parts], { minLength: parts.length }),
  head: fc.constantFrom(...heads),
  left: fc.constantFrom("none" as const, "batch" as const, "layer" as const),
  right: fc.constantFrom("none" as const, "batch" as const, "layer" as const),
  activation: fc.constantFrom("relu" as const, "tanh" as const),
  dropout: between(limits.dropout),
  biasBeforeNorm: fc.boolean(),
  scale: fc.constantFrom(...inputScales),
  optimizer: fc.constantFrom(...optimizers),
  batchSize: fc.integer({ min: 1, max: limits.batchSize.most }),
  steps: fc.integer({ min: limits.steps.least, max: limits.steps.most }),
  lr: between(limits.lr),
  momentum: between(limits.momentum),
  times: fc.string({ unit: "grapheme" }),
  constant: fc.boolean(),
});

describe("a link", () => {
  it("gives back every set-up, to the last digit", () => {
    fc.assert(
      fc.property(setups, (setup) => {
        expect(readLink(`#${writeLink(setup)}`)).toEqual({ setup, problems: [] });
      }),
    );
  });

  it("is empty for the default, and holds only what differs", () => {
    expect(writeLink(defaultSetup)).toBe("");
    expect(writeLink({ ...defaultSetup, lr: 0.01, hidden: [] })).toBe("hidden=&lr=0.01");
  });

  it("that says what cannot be leaves that at its default, and says so", () => {
    const { setup, problems } = readLink(
      "#lr=fast&batchSize=0&hidden=50-x&constructor=1&order=linear-linear&seed=7&left=",
    );
    expect(setup).toEqual({ ...defaultSetup, seed: 7 });
    expect(problems).toHaveLength(6);
    expect(problems[3]).toBe("The link sets “constructor”, which this page does not have.");
  });

  it("is never an error", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (hash) => void readLink(hash)));
  });
});
